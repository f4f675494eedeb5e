/* SPDX-License-Identifier: BSD-2-Clause */
/* judge: what follows from one piece of evidence: points, backoffs, bans, trust. The laws 1 to 5 meet here. */
#ifndef JUDGE_H
#define JUDGE_H

#include "book.h"
#include "evidence.h"

/* One report as it is judged: who, where, what, when. */
struct hearing {
	const struct report *report;
	const struct rule *rule;
	uint8_t rule_number;
	uint64_t at_ns;
	uint32_t peer, place;	      /* 0: not told, or no room in the book */
	struct link *link;	      /* between the two; NULL when either is missing */
	uint32_t connection;	      /* of the peer when it happened: see struct peer */
	bool is_released;	      /* was held for a minute: see breaker.h */
	bool moves_peer, moves_place; /* to the young end of their shelves */
	bool is_unseen; /* a follower's word about a connection that the kernel did not see: of the peer only */
};

/* What is known of the source; NULL: nowhere. */
static inline struct source *hearing_source(const struct policy *self,
					    const struct hearing *hearing)
{
	return hearing->place ? place_source(self, place_at(self, hearing->place)) : NULL;
}

static inline struct peer *hearing_peer(const struct policy *self, const struct hearing *hearing)
{
	return hearing->peer ? peer_at(self, hearing->peer) : NULL;
}

/* Whether the node had dialled: as told, else as the peer's connection is known. */
static inline bool hearing_is_outbound(const struct policy *self, const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);

	if (hearing->report->direction != DIRECTION_UNKNOWN)
		return hearing->report->direction == DIRECTION_OUTBOUND;
	return peer && peer->online && peer->direction == DIRECTION_OUTBOUND;
}

/* The place is synced by the caller afterwards. */
void judge(struct policy *self, struct hearing *hearing);

#endif
