/* SPDX-License-Identifier: BSD-2-Clause */
/* hold: what the kernel is to hold for a place, and telling only what differs from what it holds. */
#include <stdlib.h>

#include "places.h"
#include "protect.h"
#include "room.h"

enum {
	SCORES_LOOKED_AT = 64,
	SCORE_STEP = 5, /* a score is told again when it has moved so far */
	ALL_SERVICES = 0xff,
};

static void say(struct decision *ret, const struct ruling *verdict)
{
	ret->until_ns = moment_ns(verdict->until_at);
	ret->standing = verdict->standing;
	ret->reason = verdict->reason;
	ret->services = verdict->services;
}

static bool wants_verdict(const struct policy *self, const struct place *place, uint64_t now_ns,
			  struct decision *ret)
{
	const struct ruling trust = {.until_at = place->trust_until_at,
				     .standing = STANDING_TRUSTED,
				     .services = ALL_SERVICES};
	const struct ruling *automatic = place_automatic(self, place);
	const struct prefix *prefix = &ret->prefix;

	ret->by_operator = ruling_is_live(place_said(place), now_ns);
	if (ret->by_operator)
		say(ret, place_said(place));
	else if (!ruling_is_live(&trust, now_ns) && !ruling_is_live(automatic, now_ns))
		return false;
	else if (place_overruled_by(self, prefix, now_ns))
		return false;
	else if (ruling_is_live(&trust, now_ns))
		say(ret, &trust);
	else if (!prefix_is_protected(self, prefix, NULL))
		say(ret, automatic);
	else
		return false;
	return true;
}

bool place_wants(const struct policy *self, const struct place *place, uint64_t now_ns,
		 struct decision *ret)
{
	const struct source *source = place_source(self, place);
	enum standing band;
	bool has_verdict;

	*ret = (struct decision){.prefix = place_prefix(self, place)};
	if (source) {
		ret->score = (int8_t)ledger_score(&source->past.ledger, &self->settings, now_ns);
		ret->standing = ledger_band(&source->past.ledger, &self->settings, now_ns);
	}
	band = ret->standing;
	has_verdict = wants_verdict(self, place, now_ns, ret);
	/* A backoff leaves no stain: the standing beside it is the score's. */
	if (has_verdict && ret->standing != STANDING_TRUSTED && ret->standing != STANDING_BANNED)
		ret->standing = band;
	return has_verdict || (source && source->past.known);
}

static struct held held_of(const struct decision *decision)
{
	return (struct held){.until_at = moment_end(decision->until_ns),
			     .score = decision->score,
			     .standing = (uint8_t)decision->standing,
			     .reason = (uint8_t)decision->reason,
			     .services = decision->services};
}

static bool differs(const struct place *place, const struct decision *want)
{
	const struct held *is = &place->held, other = held_of(want);

	return !place->is_held || is->until_at != other.until_at ||
	       place->held_by_operator != want->by_operator || is->standing != other.standing ||
	       is->reason != other.reason || is->services != other.services ||
	       abs(is->score - other.score) >= SCORE_STEP;
}

/* Which of policy_counts' numbers a held record is counted in; NULL: none. */
static uint32_t *counter_of(struct policy *self, const struct place *place)
{
	if (!place->is_held || !place->held.until_at)
		return NULL;
	if (place->held.standing == STANDING_TRUSTED)
		return &self->counts.trusted;
	return place->held.standing == STANDING_BANNED ? &self->counts.bans
						       : &self->counts.backoffs;
}

/* What the kernel's table of sources has: wider prefixes have their own. */
static void count_held(struct policy *self, const struct place *place, int by)
{
	uint32_t *counter = counter_of(self, place);

	if (counter)
		*counter += (uint32_t)by;
	if (!place->is_held || !place_is_source(self, place))
		return;
	self->held += (uint32_t)by;
	if (!place->held.until_at)
		self->held_scores += (uint32_t)by;
}

static void hold(struct policy *self, struct place *place, const struct decision *want)
{
	count_held(self, place, -1);
	place->is_held = !want->remove;
	place->held_by_operator = want->by_operator;
	place->held = held_of(want);
	count_held(self, place, 1);
}

void place_unhold(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	const struct decision none = {.prefix = place_prefix(self, place), .remove = true};

	if (!place->is_held)
		return;
	hold(self, place, &none);
	self->output.decide(self->output.context, &none);
}

void place_adopt(struct policy *self, uint32_t number, const struct decision *held)
{
	hold(self, place_at(self, number), held);
}

/* A score tells the kernel least: a quarter of its table is for verdicts alone, which push scores out of the rest, too. */
static bool forget_a_score(struct policy *self, uint32_t besides)
{
	for (int i = 0; i < SCORES_LOOKED_AT && self->held_scores; i++) {
		const struct place *place;

		self->held_hand = self->held_hand % self->source_pool.used + 1;
		place = place_at(self, self->held_hand);
		if (!place->is_held || place->held.until_at || self->held_hand == besides)
			continue;
		place_unhold(self, self->held_hand);
		return true;
	}
	return false;
}

bool place_may_be_held(struct policy *self, uint32_t number, bool is_verdict)
{
	const struct place *place = place_at(self, number);
	uint32_t max = self->settings.held_max;

	if (place->is_held || !place_is_source(self, place))
		return true;
	if (!is_verdict)
		return self->held < max && self->held_scores < max / 4 * 3;
	return self->held < max || forget_a_score(self, number) || lift_ending(self, number);
}

static void tell(struct policy *self, uint32_t number, uint64_t now_ns)
{
	struct place *place = place_at(self, number);
	struct decision want;
	bool wanted;

	if (self->quiet)
		return;
	wanted = place_wants(self, place, now_ns, &want);

	if (!wanted) {
		place_unhold(self, number);
	} else if (differs(place, &want) && place_may_be_held(self, number, want.until_ns)) {
		want.fresh = !place->is_held;
		hold(self, place, &want);
		self->output.decide(self->output.context, &want);
	}
}

static void earlier(uint32_t *best_at, uint32_t at)
{
	if (at && at != MOMENT_FOREVER && (!*best_at || at < *best_at))
		*best_at = at;
}

static void wake_again(struct policy *self, uint32_t number)
{
	const struct place *place = place_at(self, number);
	uint32_t wake_at = 0;

	earlier(&wake_at, place->ruling.until_at);
	earlier(&wake_at, place->trust_until_at);
	if (place->has_shadow)
		earlier(&wake_at, place_automatic(self, place)->until_at);
	if (!wake_at)
		heap_remove(&self->ends, number);
	else if (!place->end_slot || heap_when(&self->ends, number) != wake_at)
		heap_put(&self->ends, number, wake_at);
}

static void end_what_ended(struct policy *self, uint32_t number, uint64_t now_ns)
{
	struct place *place = place_at(self, number);
	const struct ruling *automatic;
	bool said_ended = place->is_said && !ruling_is_live(&place->ruling, now_ns);
	bool trust_ended = place->trust_until_at && place->trust_until_at <= moment_of(now_ns);

	if (said_ended || trust_ended)
		dirty_set(&self->dirty_places, number);
	if (said_ended)
		place_say(self, number, NULL);
	if (trust_ended)
		place->trust_until_at = 0;
	automatic = place_automatic(self, place);
	if (automatic->until_at && !ruling_is_live(automatic, now_ns))
		place_refuse(self, number, NULL);
}

static bool is_empty(const struct place *place)
{
	return !place->has_source && !place->ruling.until_at && !place->trust_until_at;
}

void place_look(struct policy *self, uint32_t number, uint64_t now_ns)
{
	struct place *place = place_at(self, number);

	end_what_ended(self, number, now_ns);
	tell(self, number, now_ns);
	if (is_empty(place)) {
		place_forget(self, number);
		return;
	}
	wake_again(self, number);
	place_shelve(self, number);
}

void place_sync(struct policy *self, uint32_t number, uint64_t now_ns)
{
	dirty_set(&self->dirty_places, number);
	place_look(self, number, now_ns);
}
