/* SPDX-License-Identifier: BSD-2-Clause */
/* accused: a finding may be of its author; of another only what is no blame; and a place is told of the peer that is there. */
#ifndef ACCUSED_H
#define ACCUSED_H

#include "forgery.h"

static inline bool is_accusing(const struct news *news)
{
	bool is_bad = news->result && strcmp(news->result, "ok");
	bool is_cut =
		!strcmp(news->event, "goodbye") && news->said == WAY_OUTBOUND && news->code != 129;

	return is_bad || is_cut;
}

/* Of a line that was cut within the peer's ID: whose ID begins so is nobody's name. */
static inline bool is_of_author(const char *peer)
{
	return !strncmp(peer, AUTHOR, strlen(peer));
}

/* What is torn where only order tells fields apart is another line by chance: that is fuzz_court's. */
static inline void check_news(void *context, const struct news *news)
{
	const struct forgery *self = context;
	bool is_author = is_of_author(news->peer);
	const char *host = is_author ? AUTHOR_HOST : VICTIM_HOST;
	char addr[ADDR_TEXT_MAX];

	if (self->is_torn)
		return;
	if (news->has_addr && strcmp(addr_text(&news->addr.addr, addr), host))
		FAULT("a place is named that is another's");
	if (!is_author && (strcmp(news->peer, VICTIM) || is_accusing(news)))
		FAULT("a third party is named");
}

#endif
