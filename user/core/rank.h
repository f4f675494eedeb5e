/* SPDX-License-Identifier: BSD-2-Clause */
/* rank: the steps of policy_rank(): each candidate is weighed by itself, then all are ordered, then a batch is chosen. */
#ifndef RANK_H
#define RANK_H

#include "book.h"
#include "questions.h"

/* One question, the same for all its candidates. */
struct ranking {
	const struct policy *policy;
	const struct candidate *candidates;
	size_t count, want;
	int service;
	uint64_t seed, now_ns;
	uint32_t target; /* of the service while it is contested; 0: networks have no cap */
	struct yardstick yardstick;
	uint32_t success; /* of first contacts, in 1/65536 */
	struct ranked *ret;
};

/*
 * Fills ret[] in the candidates' order: key, address, why; .order is an identity of the peer, or of its first address: alike for
 * the same one named twice.
 */
void rank_weigh(const struct ranking *self);

/* Ascending by .order, and by .candidate where it is the same. In place, O(count). */
void rank_sort(struct ranked *ranked, size_t count);

/* Whether the candidate is dialled at an address that only the operator's own network routes. */
bool rank_is_private(const struct candidate *candidate, unsigned int addr);

static inline bool rank_why_dials(enum rank_why why)
{
	return why <= RANK_EXPLORE;
}

#endif
