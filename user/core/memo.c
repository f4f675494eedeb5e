/* SPDX-License-Identifier: BSD-2-Clause */
#include "memo.h"

static struct memo *memo_for(struct past *past, const struct hearing *hearing)
{
	struct memo *oldest = &past->memos[0];

	for (int i = 0; i < MEMOS; i++) {
		struct memo *at = &past->memos[i];

		if (at->rule == hearing->rule_number + 1 &&
		    at->second_hand == hearing->report->second_hand)
			return at;
		if (at->last_ns < oldest->last_ns)
			oldest = at;
	}
	*oldest = (struct memo){0};
	return oldest;
}

static uint16_t sum(uint16_t a, unsigned int b)
{
	return a + b > UINT16_MAX ? UINT16_MAX : (uint16_t)(a + b);
}

void memo_add(struct past *past, const struct hearing *hearing, unsigned int points)
{
	struct memo *memo = memo_for(past, hearing);

	if (!is_within_s(memo->last_ns, DAY_S, hearing->at_ns))
		*memo = (struct memo){.first_ns = hearing->at_ns};
	memo->rule = (uint8_t)(hearing->rule_number + 1);
	memo->second_hand = hearing->report->second_hand;
	memo->count = sum(memo->count, 1);
	memo->points = sum(memo->points, points);
	if (hearing->at_ns > memo->last_ns)
		memo->last_ns = hearing->at_ns;
}
