/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cuts: connections that we ended ourselves for fullness, source by source, so that they are not taken for churn: an honest node
 * that a full one cuts within seconds, time and again, makes a row of short connections, too. A few are remembered, the one
 * cut longest ago makes room; who is forgotten is judged as ever. A NAT with more honest nodes than ours takes from one address is
 * cut the same way, mostly before anything is logged.
 */
#ifndef CUTS_H
#define CUTS_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>

struct policy;
struct hearing;

enum { CUTS_MAX = 256 };

struct cut_record {
	struct source_key source;
	uint32_t at;	   /* of the last cut, whoever told; 0: no record */
	uint32_t heard_at; /* of the last one that a follower told; 0: none */
	uint32_t cuts;	   /* since the row was last forgiven */
	uint32_t
		forgiven; /* so long was the row then: what is more is judged by what was cut since */
};

struct cuts {
	struct cut_record records[CUTS_MAX];
};

/* The node says that it ended a connection there because it is full; or a follower does, whose line may be a peer's own words. */
void cut_hear(struct policy *self, const struct hearing *hearing);

/*
 * Whether at least half of what is new in a row of @short_lived was cut by us: then so much of the row is forgiven. Or whether a follower
 * told of a cut within the minute, where somebody got in and nobody has failed since: words alone excuse nobody.
 */
bool cut_excuses(struct policy *self, const struct source_key *source, uint32_t short_lived,
		 uint64_t at_ns);

#endif
