/* SPDX-License-Identifier: BSD-2-Clause */
/* hold: what the kernel is to hold for a place, and telling only what differs from what it holds. */
#include <stdlib.h>

#include "places.h"
#include "protect.h"

enum {
	SCORE_STEP = 5,	   /* a score is told again when it has moved so far */
	FADING_S = 5 * 60, /* how often a fading score is looked at: half of a half-life */
	ALL_SERVICES = 0xff,
};

static void say(struct decision *ret, const struct ruling *verdict)
{
	ret->until_ns = verdict->until_ns;
	ret->standing = verdict->standing;
	ret->reason = verdict->reason;
	ret->services = verdict->services;
}

static bool wants_verdict(const struct policy *self, const struct place *place, uint64_t now_ns,
			  struct decision *ret)
{
	const struct ruling trust = {.until_ns = place->trust_until_ns,
				     .standing = STANDING_TRUSTED,
				     .services = ALL_SERVICES};

	ret->by_operator = ruling_is_live(&place->said, now_ns);
	if (ret->by_operator)
		say(ret, &place->said);
	else if (!ruling_is_live(&trust, now_ns) && !ruling_is_live(&place->automatic, now_ns))
		return false;
	else if (place_overruled_by(self, &place->prefix, now_ns))
		return false;
	else if (ruling_is_live(&trust, now_ns))
		say(ret, &trust);
	else if (!prefix_is_protected(self, &place->prefix, NULL))
		say(ret, &place->automatic);
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

	*ret = (struct decision){.prefix = place->prefix};
	if (source) {
		ret->score = (int8_t)ledger_score(&source->past.ledger, &self->settings, now_ns);
		ret->standing = ledger_band(&source->past.ledger, &self->settings, now_ns);
	}
	band = ret->standing;
	has_verdict = wants_verdict(self, place, now_ns, ret);
	/* A backoff leaves no stain: the standing beside it is the score's. */
	if (has_verdict && ret->standing != STANDING_TRUSTED && ret->standing != STANDING_BANNED)
		ret->standing = band;
	return has_verdict || (source && source->known);
}

static bool differs(const struct place *place, const struct decision *want)
{
	return !place->is_held || place->held_until_ns != want->until_ns ||
	       place->held_by_operator != want->by_operator ||
	       place->held_standing != want->standing || place->held_reason != want->reason ||
	       place->held_services != want->services ||
	       abs(place->held_score - want->score) >= SCORE_STEP;
}

/* Which of policy_counts' numbers a held record is counted in; NULL: none. */
static uint32_t *counter_of(struct policy *self, const struct place *place)
{
	if (!place->is_held || !place->held_until_ns)
		return NULL;
	if (place->held_standing == STANDING_TRUSTED)
		return &self->counts.trusted;
	return place->held_standing == STANDING_BANNED ? &self->counts.bans
						       : &self->counts.backoffs;
}

static void hold(struct policy *self, struct place *place, const struct decision *want)
{
	uint32_t *counter = counter_of(self, place);

	if (counter)
		--*counter;
	place->is_held = !want->remove;
	place->held_by_operator = want->by_operator;
	place->held_until_ns = want->until_ns;
	place->held_score = want->score;
	place->held_standing = want->standing;
	place->held_reason = want->reason;
	place->held_services = want->services;
	counter = counter_of(self, place);
	if (counter)
		++*counter;
}

void place_unhold(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	const struct decision none = {.prefix = place->prefix, .remove = true};

	if (!place->is_held)
		return;
	hold(self, place, &none);
	self->output.decide(self->output.context, &none);
}

void place_adopt(struct policy *self, uint32_t number, const struct decision *held)
{
	hold(self, place_at(self, number), held);
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
	} else if (differs(place, &want)) {
		want.fresh = !place->is_held;
		hold(self, place, &want);
		self->output.decide(self->output.context, &want);
	}
}

static void earlier(uint64_t *best_ns, uint64_t when_ns)
{
	if (when_ns && when_ns != FOREVER_NS && (!*best_ns || when_ns < *best_ns))
		*best_ns = when_ns;
}

static void wake_again(struct policy *self, uint32_t number, uint64_t now_ns)
{
	const struct place *place = place_at(self, number);
	const struct source *source = place_source(self, place);
	uint64_t wake_ns = 0;

	earlier(&wake_ns, place->said.until_ns);
	earlier(&wake_ns, place->trust_until_ns);
	if (!prefix_is_source(&place->prefix))
		earlier(&wake_ns, place->automatic.until_ns);
	if (place->is_held && source && (source->past.ledger.penalty || source->past.ledger.reward))
		earlier(&wake_ns, after_s(now_ns, FADING_S));
	if (wake_ns)
		heap_put(&self->wakes, number, wake_ns);
	else
		heap_remove(&self->wakes, number);
}

static void end_what_ended(struct policy *self, uint32_t number, uint64_t now_ns)
{
	struct place *place = place_at(self, number);

	bool said_ended = place->said.until_ns && !ruling_is_live(&place->said, now_ns);
	bool trust_ended = place->trust_until_ns && place->trust_until_ns <= now_ns;

	if (said_ended || trust_ended)
		dirty_set(&self->dirty_places, number);
	if (said_ended)
		place->said = (struct ruling){0};
	if (trust_ended)
		place->trust_until_ns = 0;
	if (place->automatic.until_ns && !ruling_is_live(&place->automatic, now_ns))
		place_refuse(self, number, NULL);
}

static bool is_empty(const struct place *place)
{
	return !place->source && !place->said.until_ns && !place->automatic.until_ns &&
	       !place->trust_until_ns;
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
	wake_again(self, number, now_ns);
	place_shelve(self, number);
}

void place_sync(struct policy *self, uint32_t number, uint64_t now_ns)
{
	dirty_set(&self->dirty_places, number);
	place_look(self, number, now_ns);
}
