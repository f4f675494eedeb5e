/* SPDX-License-Identifier: BSD-2-Clause */
#include "ledger.h"

#include "ledger_roots.h"

#include <stdbool.h>

enum { PART_BITS = 24, STEP_BITS = 8 };

/* ln 2 in 2^-32: the last part of a half-life is so small that its root is a straight line. */
#define LN_2 UINT64_C(2977044472)

/* 2^-part, in 2^-32; @part of a half-life in 2^-24, exact to 2^-31. */
static uint64_t root_of(uint32_t part)
{
	uint64_t left = coarse_roots[part >> (2 * STEP_BITS)];
	uint64_t last = (UINT64_C(1) << 32) - (LN_2 * (part & 0xff) >> PART_BITS);

	left = (left * fine_roots[part >> STEP_BITS & 0xff] + (UINT64_C(1) << 31)) >> 32;
	return (left * (last >> 1) + (UINT64_C(1) << 30)) >> 31;
}

int32_t ledger_fade(int32_t value, uint64_t seconds, uint32_t half_life_s)
{
	uint64_t halves = seconds / half_life_s;
	uint32_t part = (uint32_t)((seconds % half_life_s << PART_BITS) / half_life_s);

	if (!value || halves >= 31)
		return 0;
	return (int32_t)((((uint64_t)value * root_of(part) >> halves) + (UINT64_C(1) << 31)) >> 32);
}

void ledger_settle(struct ledger *self, const struct policy_settings *settings, uint64_t at_ns)
{
	uint32_t at = moment_of(at_ns);
	/* In whole seconds: roundings of many small steps would add up. */
	uint32_t seconds = moment_seconds(self->at, at);

	if (!self->penalty && !self->reward)
		self->at = at > self->at ? at : self->at;
	if (!seconds || self->at == at)
		return;
	self->penalty = ledger_fade(self->penalty, seconds, settings->penalty_half_life_s);
	self->reward = ledger_fade(self->reward, seconds, settings->reward_half_life_s);
	self->at = moment_after(self->at, seconds);
}

static int32_t sum_up_to(int32_t sum, unsigned int points, int32_t most)
{
	int64_t wide = (int64_t)sum + (int64_t)points * POINT;

	return wide > most ? most : (int32_t)wide;
}

void ledger_debit(struct ledger *self, const struct policy_settings *settings, unsigned int points,
		  uint64_t at_ns)
{
	ledger_settle(self, settings, at_ns);
	self->penalty = sum_up_to(self->penalty, points, PENALTY_MAX);
	self->band = ledger_band(self, settings, at_ns);
}

void ledger_credit(struct ledger *self, const struct policy_settings *settings, unsigned int points,
		   uint64_t at_ns)
{
	ledger_settle(self, settings, at_ns);
	self->reward = sum_up_to(self->reward, points, REWARD_MAX);
	self->band = ledger_band(self, settings, at_ns);
}

void ledger_raise(struct ledger *self, const struct policy_settings *settings, int32_t reward,
		  uint64_t at_ns)
{
	ledger_settle(self, settings, at_ns);
	if (reward > self->reward)
		ledger_reward(self, settings, reward, at_ns);
}

void ledger_reward(struct ledger *self, const struct policy_settings *settings, int32_t reward,
		   uint64_t at_ns)
{
	ledger_settle(self, settings, at_ns);
	self->reward = reward < REWARD_MAX ? reward : REWARD_MAX;
	self->band = ledger_band(self, settings, at_ns);
}

static int points_of(int32_t millionths)
{
	return (millionths + (millionths < 0 ? -POINT : POINT) / 2) / POINT;
}

int ledger_penalty(const struct ledger *self, const struct policy_settings *settings,
		   uint64_t now_ns)
{
	struct ledger copy = *self;

	ledger_settle(&copy, settings, now_ns);
	return points_of(copy.penalty);
}

int ledger_score(const struct ledger *self, const struct policy_settings *settings, uint64_t now_ns)
{
	struct ledger copy = *self;

	ledger_settle(&copy, settings, now_ns);
	return points_of(copy.reward - copy.penalty);
}

/*
 * Bands of the score and where one leaves them again. Good begins above 20 since a floor may rise to 20 and good always
 * passes. Discouraged goes by penalties alone.
 */
static const struct {
	enum standing band;
	bool by_penalty;
	int enter, leave;
} bands[] = {
	{STANDING_DISCOURAGED, true, -BAND_DISCOURAGED, -15},
	{STANDING_POOR, false, -5, -2},
};

enum { GOOD_ENTER = 25, GOOD_LEAVE = 20 };

enum standing ledger_band(const struct ledger *self, const struct policy_settings *settings,
			  uint64_t now_ns)
{
	int score = ledger_score(self, settings, now_ns);
	int penalty = ledger_penalty(self, settings, now_ns);

	for (unsigned int i = 0; i < sizeof(bands) / sizeof(bands[0]); i++) {
		int measure = bands[i].by_penalty ? -penalty : score;

		if (measure <= (self->band == bands[i].band ? bands[i].leave : bands[i].enter))
			return bands[i].band;
	}
	if (score >= (self->band == STANDING_GOOD ? GOOD_LEAVE : GOOD_ENTER))
		return STANDING_GOOD;
	return STANDING_NEUTRAL;
}
