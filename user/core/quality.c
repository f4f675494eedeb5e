/* SPDX-License-Identifier: BSD-2-Clause */
#include "quality.h"

#include "ledger.h"

enum {
	MILLI = 1000, /* millionths in a thousandth */
	EVIDENCE_MAX =
		100 * 1000 * MILLI, /* a hundred contacts: more says nothing more, and fits */
	COUNTED_EVERY_S = 300,	    /* at most twelve good answers an hour: one in five minutes */
	PRIOR_MILLI = 1000,	    /* one contact that went as well as not */
	ANSWERS_FULL = 4,	    /* so many answers make a latency that counts in full */
	STEP_MAX = 8,		    /* a later answer moves it by an eighth */
	SLOW_TIMES = 4,		    /* so many times the median is worth nothing */
	HEAD_FRESH_S = 15 * 60,	    /* three of Lighthouse's status intervals (300 s) */
	HEAD_MOVES_S = 10 * 60,	    /* a head that stood still for so long does not move */
	HEAD_NEAR_SLOTS = 2,	    /* a status is seconds old and a block may be late: no lag */
	HEAD_FAR_SLOTS = 64,	    /* two epochs: law 13's own measure */
};

/* A moment before the last one changes nothing: late reports and clocks that go back age nobody. */
static void settle(struct quality *self, const struct policy_settings *settings, uint32_t at_s)
{
	if (at_s <= self->at_s)
		return;
	self->good = ledger_fade(self->good, at_s - self->at_s, settings->reward_half_life_s);
	self->bad = ledger_fade(self->bad, at_s - self->at_s, settings->reward_half_life_s);
	self->at_s = at_s;
}

static int32_t sum(int32_t millionths, unsigned int milli)
{
	int64_t wide = (int64_t)millionths + (int64_t)milli * MILLI;

	return wide < EVIDENCE_MAX ? (int32_t)wide : EVIDENCE_MAX;
}

void quality_good(struct quality *self, const struct policy_settings *settings, uint64_t at_ns)
{
	uint32_t at_s = seconds_of(at_ns);

	if (self->counted_s && at_s < (uint64_t)self->counted_s + COUNTED_EVERY_S)
		return;
	self->counted_s = at_s;
	settle(self, settings, at_s);
	self->good = sum(self->good, EVIDENCE_GOOD_MILLI);
}

void quality_bad(struct quality *self, const struct policy_settings *settings, unsigned int milli,
		 uint64_t at_ns)
{
	settle(self, settings, seconds_of(at_ns));
	self->bad = sum(self->bad, milli);
}

struct odds quality_evidence(const struct quality *self, const struct policy_settings *settings,
			     uint64_t now_ns)
{
	struct quality copy = *self;

	settle(&copy, settings, seconds_of(now_ns));
	return (struct odds){.good_milli = (uint32_t)copy.good / MILLI,
			     .bad_milli = (uint32_t)copy.bad / MILLI};
}

unsigned int odds_share(const struct odds *self)
{
	uint64_t all = (uint64_t)self->good_milli + self->bad_milli + PRIOR_MILLI;

	if (self->good_milli <= self->bad_milli)
		return 0;
	return (unsigned int)((uint64_t)(self->good_milli - self->bad_milli) * 1000 / all);
}

/* Winsorised: one answer counts as at most twice and at least half of what is known, so that no single one moves much. */
void quality_latency(struct quality *self, uint32_t latency_us)
{
	uint32_t least = self->latency_us / 2, step;
	uint64_t most = (uint64_t)self->latency_us * 2;
	int64_t distance;

	if (!self->latency_us) {
		self->latency_us = latency_us;
		self->answers = latency_us != 0;
		return;
	}
	if (latency_us < least)
		latency_us = least;
	else if (latency_us > most)
		latency_us = (uint32_t)most;
	if (self->answers < UINT8_MAX)
		self->answers++;
	step = self->answers < STEP_MAX ? self->answers : STEP_MAX;
	distance = ((int64_t)latency_us - (int64_t)self->latency_us) / (int64_t)step;
	self->latency_us = (uint32_t)((int64_t)self->latency_us + distance);
}

void quality_head(struct quality *self, uint64_t head_slot, uint64_t at_ns)
{
	uint32_t at_s = seconds_of(at_ns);

	if (at_s < self->head_s)
		return;
	if (head_slot > self->head_slot)
		self->moved_s = at_s;
	self->head_slot = head_slot;
	self->head_s = at_s;
}

static bool is_among(uint32_t protocol, const uint32_t *protocols, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (protocols[i] == protocol)
			return true;
	}
	return false;
}

void quality_protocols(struct quality *self, const uint32_t *theirs, unsigned int their_count,
		       const uint32_t *ours, unsigned int our_count)
{
	unsigned int shared = 0;

	for (unsigned int i = 0; i < our_count; i++)
		shared += is_among(ours[i], theirs, their_count);
	self->shared = (uint8_t)shared;
	self->ours = (uint8_t)our_count;
}

void quality_reconnect(struct quality *self)
{
	self->answers /= 2;
	self->gave_status = false;
}

void quality_betray(struct quality *self)
{
	*self = (struct quality){.bad = self->bad, .at_s = self->at_s};
}

/* All of @points at @value <= @best, nothing from @worst on, in proportion between. */
static int32_t between(unsigned int points, uint64_t value, uint64_t best, uint64_t worst)
{
	uint64_t whole = (uint64_t)points * POINT;

	if (value <= best)
		return (int32_t)whole;
	return value >= worst ? 0 : (int32_t)(whole * (worst - value) / (worst - best));
}

static int32_t latency_worth(const struct quality *self, const struct yardstick *yardstick,
			     unsigned int points)
{
	uint64_t median = yardstick->latency_us;
	unsigned int answers = self->answers < ANSWERS_FULL ? self->answers : ANSWERS_FULL;

	if (!median || !answers)
		return 0;
	return between(points, self->latency_us, median, SLOW_TIMES * median) / ANSWERS_FULL *
	       (int32_t)answers;
}

static int32_t head_worth(const struct quality *self, const struct yardstick *yardstick,
			  unsigned int points, uint32_t now_s)
{
	uint64_t lag =
		yardstick->head_slot > self->head_slot ? yardstick->head_slot - self->head_slot : 0;

	if (!yardstick->has_head || !self->head_slot || now_s > self->head_s + HEAD_FRESH_S ||
	    now_s > self->moved_s + HEAD_MOVES_S)
		return 0;
	return between(points, lag, HEAD_NEAR_SLOTS, HEAD_FAR_SLOTS);
}

void quality_worth(const struct quality *self, const struct yardstick *yardstick,
		   const struct policy_settings *settings, uint64_t now_ns, struct worth *ret)
{
	const struct odds odds = quality_evidence(self, settings, now_ns);

	ret->success = (int32_t)(settings->reward_success * odds_share(&odds)) * (POINT / 1000);
	ret->latency = latency_worth(self, yardstick, settings->reward_latency);
	ret->head = head_worth(self, yardstick, settings->reward_head, seconds_of(now_ns));
	ret->protocols = self->ours ? (int32_t)(settings->reward_protocols * POINT / self->ours) *
					      self->shared
				    : 0;
}

int32_t worth_sum(const struct worth *self)
{
	int32_t sum = self->latency + self->success + self->protocols + self->head;

	return sum < REWARD_MAX ? sum : REWARD_MAX;
}
