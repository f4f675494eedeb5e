/* SPDX-License-Identifier: BSD-2-Clause */
#include "book.h"

#include <errno.h>
#include <peergate/words.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"

enum { PAGE = 1000 };

static int read_page(struct peergate *peergate, const char *standing, int64_t at, json_t **ret,
		     struct why *why)
{
	json_t *params = json_pack("{s:I, s:i}", "at", (json_int_t)at, "count", PAGE);
	int error = params ? 0 : -ENOMEM;

	if (!error && standing && json_object_set_new(params, "standing", json_string(standing)))
		error = -ENOMEM;
	if (!error)
		error = peergate_call(peergate, "gate_peers", params, ret, why);
	json_decref(params);
	return error;
}

int book_read(struct peergate *peergate, const char *standing,
	      int (*take)(void *context, json_t *peers), void *context, struct why *why)
{
	int64_t at = 0;
	int error;

	do {
		json_t *page = NULL, *peers;

		error = read_page(peergate, standing, at, &page, why);
		if (error)
			return error;
		peers = json_object_get(page, "peers");
		at = answer_integer(page, "next", 0);
		error = json_is_array(peers) ? take(context, peers)
					     : why_fill(why, -EPROTO, "gate_peers gave no list");
		json_decref(page);
	} while (!error && at);
	return error;
}

struct search {
	const char *typed;
	char best[ADDR_TEXT_MAX]; /* "": none yet */
	bool refused;
};

static bool counts(const struct search *self, const json_t *peer)
{
	if (!self->refused)
		return !strcmp(answer_text(peer, "standing", ""), "trusted");
	return !strcmp(answer_text(peer, "verdict", ""), "refuse");
}

/* The nearest of this page and of the best before. */
static int search_page(void *context, json_t *peers)
{
	const char *words[PAGE + 1], *nearest;
	struct search *self = context;
	unsigned int count = 0;
	json_t *peer;
	size_t i;

	if (self->best[0])
		words[count++] = self->best;
	json_array_foreach (peers, i, peer)
		if (counts(self, peer) && answer_text(peer, "addr", NULL) && count <= PAGE)
			words[count++] = answer_text(peer, "addr", "");
	nearest = count ? nearest_word(self->typed, words, count) : NULL;
	if (nearest && nearest != self->best)
		snprintf(self->best, sizeof(self->best), "%s", nearest);
	return 0;
}

bool book_nearest(struct peergate *peergate, bool refused, const char *typed,
		  char ret_addr[ADDR_TEXT_MAX])
{
	struct search search = {.typed = typed, .refused = refused};

	if (book_read(peergate, NULL, search_page, &search, NULL) || !search.best[0])
		return false;
	memcpy(ret_addr, search.best, ADDR_TEXT_MAX);
	return true;
}
