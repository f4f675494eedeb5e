/* SPDX-License-Identifier: BSD-2-Clause */
#include "recall.h"

#include <errno.h>

#include "details.h"
#include "evidence.h"

enum { AGE_MAX_S = 30 * DAY_S };

#define AGE_MAX_NS (AGE_MAX_S * NS_PER_S)

/* How long ago @unix_ns was: not in the future, not beyond what anybody believes of a clock. */
static uint64_t age_ns(uint64_t unix_ns, const struct saved_clock *now)
{
	uint64_t age = now->unix_ns > unix_ns ? now->unix_ns - unix_ns : 0;

	return age < AGE_MAX_NS ? age : AGE_MAX_NS;
}

/* A moment in the past; there is room for those before the boot. */
uint32_t recall_past(uint64_t unix_ns, const struct saved_clock *now)
{
	uint32_t boot = moment_of(now->boot_ns);

	return unix_ns ? boot - (uint32_t)(age_ns(unix_ns, now) / MOMENT_NS) : 0;
}

/* As recall_past(), for what counts for @seconds only: 0 when that is over. */
uint32_t recall_recent(uint64_t unix_ns, uint64_t seconds, const struct saved_clock *now)
{
	return unix_ns && age_ns(unix_ns, now) <= seconds * NS_PER_S ? recall_past(unix_ns, now)
								     : 0;
}

/* An end: what it had left when it was @taken, less what has passed; 0: over. */
uint32_t recall_end(uint64_t until, uint64_t taken, const struct saved_clock *now)
{
	uint64_t passed = age_ns(taken, now);

	if (!until || until == FOREVER_NS)
		return moment_end(until);
	if (until <= taken || until - taken <= passed)
		return 0;
	return moment_end(now->boot_ns + (until - taken - passed));
}

struct ruling recall_ruling(const struct saved_ruling *saved, uint64_t taken,
			    const struct saved_clock *now)
{
	uint32_t until_at = recall_end(saved->until, taken, now);

	if (!until_at || saved->standing >= STANDINGS || saved->reason >= REASONS)
		return (struct ruling){0};
	return (struct ruling){.until_at = until_at,
			       .since_at = recall_past(saved->since, now),
			       .standing = saved->standing,
			       .reason = saved->reason,
			       .services = saved->services};
}

/* Levels are forgotten here as ladder.c does by and by: a level for each @forget_s after the end, or all at once. */
static struct ladder load_ladder(const struct saved_ladder *saved, bool by_levels, uint64_t taken,
				 const struct saved_clock *now)
{
	uint32_t left_at = recall_end(saved->end, taken, now);
	uint64_t days = left_at ? 0 : age_ns(saved->end, now) / NS_PER_S / DAY_S;
	struct ladder ladder = {.level = saved->level};

	if (days && (!by_levels || days >= saved->level))
		return (struct ladder){0};
	ladder.level -= (uint8_t)days;
	ladder.end_at = left_at ? left_at : recall_past(saved->end + days * DAY_S * NS_PER_S, now);
	return ladder;
}

static void load_memos(struct details *details, const struct saved_past *saved,
		       const struct saved_clock *now)
{
	struct memo *memo = details->memos;

	memset(details->memos, 0, sizeof(details->memos));
	for (int i = 0; i < SAVED_MEMOS; i++) {
		const struct saved_memo *at = &saved->memos[i];
		int rule = at->rule ? evidence_named(at->rule) : -ENOENT;

		if (rule < 0)
			continue;
		*memo++ = (struct memo){.first_at = recall_past(at->first, now),
					.last_at = recall_past(at->last, now),
					.count = at->count,
					.points = at->points,
					.rule = (uint8_t)(rule + 1),
					.second_hand = at->second_hand};
	}
}

static int32_t within(int32_t value, int32_t max)
{
	return value < 0 ? 0 : value > max ? max : value;
}

static void load_ledger(const struct policy *self, struct ledger *ledger,
			const struct saved_past *saved, const struct saved_clock *now)
{
	uint64_t seconds = age_ns(saved->at, now) / NS_PER_S;

	*ledger = (struct ledger){
		.penalty = ledger_fade(within(saved->penalty, PENALTY_MAX), seconds,
				       self->settings.penalty_half_life_s),
		.reward = ledger_fade(within(saved->reward, REWARD_MAX), seconds,
				      self->settings.reward_half_life_s),
		.at = moment_of(now->boot_ns),
		.band = saved->band < STANDINGS ? (enum standing)saved->band : STANDING_NEUTRAL};
	ledger->band = ledger_band(ledger, &self->settings, now->boot_ns);
}

/* The evidence of the last day: older counts in the ledger at most. */
static bool has_details(const struct saved_past *saved, const struct saved_clock *now)
{
	bool any = recall_recent(saved->unseen_at, DAY_S, now);

	for (int i = 0; i < SAVED_MEMOS; i++)
		any |= saved->memos[i].rule && recall_recent(saved->memos[i].last, DAY_S, now);
	return any;
}

static void load_details(struct policy *self, struct past *past, const struct saved_past *saved,
			 const struct saved_clock *now)
{
	struct details *details =
		has_details(saved, now) ? details_spare(self, past, now->boot_ns) : NULL;

	if (!details)
		return;
	details->unseen_at = recall_recent(saved->unseen_at, DAY_S, now);
	details->unseen = details->unseen_at ? saved->unseen : 0;
	load_memos(details, saved, now);
}

void recall_account(struct policy *self, struct past *past, const struct saved_past *saved,
		    uint64_t taken, const struct saved_clock *now)
{
	load_ledger(self, &past->ledger, saved, now);
	past->bans = load_ladder(&saved->bans, true, taken, now);
	past->backoffs = load_ladder(&saved->backoffs, false, taken, now);
	past->capacity = load_ladder(&saved->capacity, false, taken, now);
	past->raised_at = past->backoffs.level ? recall_past(saved->backoffs.raised, now) : 0;
	past->seen_at = recall_past(saved->seen, now);
	past->tried = saved->tried;
	load_details(self, past, saved, now);
}

static uint32_t past_s(uint64_t unix_ns, const struct saved_clock *now)
{
	uint64_t age = unix_ns ? age_ns(unix_ns, now) : 0;

	/* What was before the boot counts as of the boot: qualities are counted from there. */
	if (!unix_ns)
		return 0;
	return age < now->boot_ns ? (uint32_t)((now->boot_ns - age) / NS_PER_S) : 1;
}

void recall_quality(const struct policy *self, struct quality *quality,
		    const struct saved_quality *saved, const struct saved_clock *now)
{
	uint64_t seconds = age_ns(saved->at, now) / NS_PER_S;
	uint32_t half_life_s = self->settings.reward_half_life_s;

	*quality = (struct quality){
		.head_slot = saved->head_slot,
		.good = ledger_fade(within(saved->good, INT32_MAX), seconds, half_life_s),
		.bad = ledger_fade(within(saved->bad, INT32_MAX), seconds, half_life_s),
		.at_s = (uint32_t)(now->boot_ns / NS_PER_S),
		.counted_s = past_s(saved->counted, now),
		.latency_us = saved->latency_us,
		.head_s = past_s(saved->head_at, now),
		.moved_s = past_s(saved->moved, now),
		.answers = saved->answers,
		.shared = saved->shared,
		.ours = saved->ours};
}
