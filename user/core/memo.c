/* SPDX-License-Identifier: BSD-2-Clause */
#include "memo.h"

#include "details.h"

static struct memo *memo_for(struct details *details, const struct hearing *hearing)
{
	struct memo *oldest = &details->memos[0];

	for (int i = 0; i < MEMOS; i++) {
		struct memo *at = &details->memos[i];

		if (at->rule == hearing->rule_number + 1 &&
		    at->second_hand == hearing->report->second_hand)
			return at;
		if (at->last_at < oldest->last_at)
			oldest = at;
	}
	*oldest = (struct memo){0};
	return oldest;
}

static uint16_t sum(uint16_t a, unsigned int b)
{
	return a + b > UINT16_MAX ? UINT16_MAX : (uint16_t)(a + b);
}

void memo_add(struct policy *self, struct past *past, const struct hearing *hearing,
	      unsigned int points)
{
	struct details *details = hearing->rule->class == EVIDENCE_GOOD
					  ? details_spare(self, past, hearing->at_ns)
					  : details_want(self, past, hearing->at_ns);
	struct memo *memo = details ? memo_for(details, hearing) : NULL;

	if (!memo)
		return;
	if (!moment_is_within(memo->last_at, DAY_S, hearing->at_ns))
		*memo = (struct memo){.first_at = moment_of(hearing->at_ns)};
	memo->rule = (uint8_t)(hearing->rule_number + 1);
	memo->second_hand = hearing->report->second_hand;
	memo->count = sum(memo->count, 1);
	memo->points = sum(memo->points, points);
	moment_later(&memo->last_at, hearing->at_ns);
}
