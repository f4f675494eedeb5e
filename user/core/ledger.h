/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ledger: a score in two halves. Penalties fade with their half-life, rewards with theirs and stay small; bans read
 * penalties only, so that a farmed score buys no cushion. In millionths of a point, whole numbers throughout (law 11).
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdint.h>

#include <peergate/abi.h>

#include "moment.h"
#include "policy_settings.h"

/* BAND_DISCOURAGED: Lighthouse's MIN_SCORE_BEFORE_DISCONNECT, -20. */
enum { POINT = 1000000, PENALTY_MAX = 100 * POINT, REWARD_MAX = 30 * POINT, BAND_DISCOURAGED = 20 };

struct ledger {
	int32_t penalty;     /* millionths of a point, 0 .. their maximum */
	int32_t reward : 28; /* the same */
	uint32_t
		band : 4; /* enum standing, as last judged; leaving a band takes more than entering it */
	uint32_t at;	  /* the moment for which they are written */
};

_Static_assert(sizeof(struct ledger) == 12, "a ledger has 12 bytes");

/* A moment in whole seconds: enough for what is kept a million times. */
static inline uint32_t seconds_of(uint64_t ns)
{
	uint64_t seconds = ns / UINT64_C(1000000000);

	return seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX;
}

/* What is left of @value after @seconds with @half_life_s. */
int32_t ledger_fade(int32_t value, uint64_t seconds, uint32_t half_life_s);

/* Writes the halves for @at_ns. A moment before the last one changes nothing. */
void ledger_settle(struct ledger *self, const struct policy_settings *settings, uint64_t at_ns);

/* Both settle first. @points 0 .. 100. */
void ledger_debit(struct ledger *self, const struct policy_settings *settings, unsigned int points,
		  uint64_t at_ns);
void ledger_credit(struct ledger *self, const struct policy_settings *settings, unsigned int points,
		   uint64_t at_ns);

/* Rewards are at least, or exactly, so many millionths. Both settle first. */
void ledger_raise(struct ledger *self, const struct policy_settings *settings, int32_t reward,
		  uint64_t at_ns);
void ledger_reward(struct ledger *self, const struct policy_settings *settings, int32_t reward,
		   uint64_t at_ns);

/* As of @now_ns, nothing written. Scores -100 .. 30; penalties in points, 0 .. 100. */
int ledger_score(const struct ledger *self, const struct policy_settings *settings,
		 uint64_t now_ns);
int ledger_penalty(const struct ledger *self, const struct policy_settings *settings,
		   uint64_t now_ns);
enum standing ledger_band(const struct ledger *self, const struct policy_settings *settings,
			  uint64_t now_ns);

#endif
