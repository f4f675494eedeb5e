/* SPDX-License-Identifier: BSD-2-Clause */
#include "quality.h"

#include "ledger.h"

#define NS_PER_S UINT64_C(1000000000)

enum {
	MILLI = 1000, /* millionths in a thousandth */
	EVIDENCE_MAX =
		100 * 1000 * MILLI, /* a hundred contacts: more says nothing more, and fits */
	COUNTED_EVERY_S = 300,	    /* at most twelve good answers an hour: one in five minutes */
	PRIOR_MILLI = 1000,	    /* one contact that went as well as not */
};

static uint32_t seconds_of(uint64_t ns)
{
	return ns / NS_PER_S < UINT32_MAX ? (uint32_t)(ns / NS_PER_S) : UINT32_MAX;
}

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
