/* SPDX-License-Identifier: BSD-2-Clause */
/* moment: when the world is looked at, and what a scenario does to it. */
#include "world.h"

enum {
	MOMENT_LOOK,
	MOMENT_MARK,
	MOMENT_BEFORE, /* just before the attacker betrays */
	MOMENT_BETRAY,
	MOMENT_AFTER_10,
	MOMENT_AFTER_30,
	MOMENT_TWIST,
	MOMENT_TWIST_ENDS,
	MOMENT_TWIST_AFTER,
	MOMENT_BANS, /* who bans whom after it */
};

enum { LOOK_MS = 600000, MINUTE_MS = 60000 };

static void plan(struct world *self, double minute, uint32_t what)
{
	world_later(self, (uint64_t)(minute * MINUTE_MS), DEED_MOMENT, 0, what, 0);
}

static void plan_twist(struct world *self)
{
	double ends = TWIST_AT_MIN + self->scenario.twist_s / 60.;

	plan(self, TWIST_AT_MIN, MOMENT_TWIST);
	plan(self, ends, MOMENT_TWIST_ENDS);
	for (double later = .5; later < 40; later *= 3)
		plan(self, ends + later, MOMENT_BANS);
	plan(self, TWIST_AT_MIN + 60, MOMENT_TWIST_AFTER);
}

void moments_plan(struct world *self)
{
	uint32_t betray = self->scenario.betray_min;

	for (uint32_t minute = 60; minute < self->scenario.minutes; minute += 10)
		plan(self, minute + .5, MOMENT_LOOK);
	plan(self, 60 + 60 * dice_unit(&self->dice), MOMENT_MARK);
	if (self->scenario.twist)
		plan_twist(self);
	if (!self->scenario.attack || !betray)
		return;
	plan(self, betray - .01, MOMENT_BEFORE);
	plan(self, betray, MOMENT_BETRAY);
	plan(self, betray + 10, MOMENT_AFTER_10);
	plan(self, betray + 30, MOMENT_AFTER_30);
}

void moment_comes(struct world *self, uint32_t what)
{
	struct history *history = &self->history;

	switch (what) {
	case MOMENT_LOOK:
		history_look(self);
		break;
	case MOMENT_MARK:
		history_mark(self);
		break;
	case MOMENT_BEFORE:
		history_shares(self);
		history->slots_before = history_slots(self);
		break;
	case MOMENT_BETRAY:
		self->has_betrayed = true;
		break;
	case MOMENT_TWIST:
		history->good_before = history_good(self, false);
		history->struck_ms = self->now_ms;
		twist_begin(self);
		break;
	case MOMENT_TWIST_ENDS:
		twist_end(self);
		break;
	case MOMENT_TWIST_AFTER:
		history->good_after = history_good(self, false);
		history->behind_good = history_good(self, true);
		history_held(self);
		twist_after(self);
		break;
	case MOMENT_BANS:
		history_bans(self);
		break;
	case MOMENT_AFTER_10:
		history->slots_10 = history_slots(self);
		break;
	case MOMENT_AFTER_30:
		history->slots_30 = history_slots(self);
		break;
	}
}
