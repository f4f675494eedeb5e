/* SPDX-License-Identifier: BSD-2-Clause */
#include "ledger.h"

#include <stdbool.h>

/* 2^32 * 2^-(1/2), 2^32 * 2^-(1/4), 2^32 * 2^-(1/8) …: a part of a half-life is taken bit by bit, exact to 2^-24 of one. */
static const uint32_t roots[] = {
	3037000500U, 3611622603U, 3938502376U, 4112874773U, 4202935003U, 4248701965U,
	4271771996U, 4283353945U, 4289156690U, 4292061010U, 4293513907U, 4294240540U,
	4294603903U, 4294785595U, 4294876445U, 4294921870U, 4294944583U, 4294955939U,
	4294961618U, 4294964457U, 4294965876U, 4294966586U, 4294966941U, 4294967119U,
};

enum { ROOTS = sizeof(roots) / sizeof(roots[0]) };

int32_t ledger_fade(int32_t value, uint64_t seconds, uint32_t half_life_s)
{
	uint64_t halves = seconds / half_life_s, left = UINT64_C(1) << 32;
	uint64_t part = (seconds % half_life_s << ROOTS) / half_life_s;

	if (halves >= 31)
		return 0;
	for (int i = 0; i < ROOTS; i++) {
		if (part >> (ROOTS - 1 - i) & 1)
			left = (left * roots[i] + (UINT64_C(1) << 31)) >> 32;
	}
	return (int32_t)((((uint64_t)value * left >> halves) + (UINT64_C(1) << 31)) >> 32);
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
