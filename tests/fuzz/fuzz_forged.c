/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer's words, whatever they are, on lines that a node writes of it, in every form, with and without the node's API, beside a
 * victim that is really there: nobody but the author is ever accused, and no place is told that is not its peer's. In plain
 * text a line that is torn is another line: that is fuzz_court's, which asks what follows from it.
 */
#include "forgery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_accusing(const struct news *news)
{
	bool is_bad = news->result && strcmp(news->result, "ok");
	bool is_cut =
		!strcmp(news->event, "goodbye") && news->said == WAY_OUTBOUND && news->code != 129;

	return is_bad || is_cut;
}

static void check(void *context, const struct news *news)
{
	const struct forgery *self = context;
	bool is_author = !strcmp(news->peer, AUTHOR);
	const char *host = is_author ? AUTHOR_HOST : VICTIM_HOST;
	char addr[ADDR_TEXT_MAX];

	if (self->is_torn)
		return;
	if (news->has_addr && strcmp(addr_text(&news->addr.addr, addr), host))
		abort();
	if (!is_author && (strcmp(news->peer, VICTIM) || is_accusing(news)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct forgery forgery;

	forgery.follower = follower_once(check, &forgery);
	forgery_play(&forgery, data, size);
	return 0;
}
