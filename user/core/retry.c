/* SPDX-License-Identifier: BSD-2-Clause */
#include "retry.h"

#include "book.h"
#include "ladder.h"

enum { LEVEL_SHIFT = 28, LEVEL_MAX = 15 }; /* 28 bits of seconds: eight years of uptime */

#define SECONDS_MASK ((UINT32_C(1) << LEVEL_SHIFT) - 1)

unsigned int dial_failures(uint32_t ladder)
{
	return ladder >> LEVEL_SHIFT;
}

uint32_t dial_failed(uint32_t ladder, uint64_t at_ns)
{
	unsigned int level = dial_failures(ladder);
	uint64_t until_s;

	if (dial_until(ladder, at_ns))
		return ladder;
	if (at_ns >= after_s((ladder & SECONDS_MASK) * NS_PER_S, DAY_S))
		level = 0;
	until_s = (at_ns + NS_PER_S - 1) / NS_PER_S + ladder_grow(DIAL_FIRST_S, level, DIAL_MAX_S);
	if (level < LEVEL_MAX)
		level++;
	return level << LEVEL_SHIFT | (uint32_t)(until_s & SECONDS_MASK);
}

uint64_t dial_until(uint32_t ladder, uint64_t now_ns)
{
	uint64_t until_ns = (ladder & SECONDS_MASK) * NS_PER_S;

	return until_ns > now_ns ? until_ns : 0;
}
