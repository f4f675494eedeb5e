/* SPDX-License-Identifier: BSD-2-Clause */
/* operator: an operator's words, and what a restart finds in the kernel. Law 2: they beat whatever reports said. */
#include <errno.h>

#include "places.h"
#include "protect.h"
#include "sites.h"

enum { ALL_SERVICES = 0xff };

static uint64_t advance(struct policy *self, uint64_t now_ns)
{
	if (now_ns > self->now_ns)
		self->now_ns = now_ns;
	return self->now_ns;
}

static int no_room(const struct prefix *prefix, struct why *why)
{
	char text[ADDR_TEXT_MAX];

	return why_fill(why, -ENOSPC,
			"%s: no room, the table is full of operators' words; raise %s",
			prefix_text(prefix, text),
			prefix_is_source(prefix) ? "sources_max" : "prefixes_max");
}

static int say(struct policy *self, const struct prefix *prefix, const struct ruling *word,
	       struct why *why)
{
	uint32_t number = place_obtain(self, prefix, CLAIM_OPERATOR);

	if (!number)
		return no_room(prefix, why);
	if (!place_may_be_held(self, number, true)) {
		place_sync(self, number, self->now_ns); /* forgets it when there is nothing else */
		return no_room(prefix, why);
	}
	place_say(self, number, word);
	dirty_set(&self->dirty_words, number);
	place_sync(self, number, self->now_ns);
	places_sync_below(self, prefix, word->standing == STANDING_TRUSTED);
	return 0;
}

int policy_ban(struct policy *self, const struct prefix *prefix, uint64_t until_ns,
	       enum reason reason, uint64_t now_ns, struct why *why)
{
	const struct ruling word = {.until_at = moment_end(until_ns),
				    .since_at = moment_of(advance(self, now_ns)),
				    .standing = STANDING_BANNED,
				    .reason = (uint8_t)reason,
				    .services = ALL_SERVICES};

	if (reason == REASON_NONE || (unsigned int)reason >= (unsigned int)REASONS)
		return why_fill(why, -EINVAL, "reason: a ban needs one; \"operator\" will do");
	if (until_ns <= self->now_ns)
		return why_fill(why, -EINVAL, "until: a ban must end later than now");
	return say(self, prefix, &word, why);
}

int policy_allow(struct policy *self, const struct prefix *prefix, uint64_t now_ns, struct why *why)
{
	const struct ruling word = {.until_at = MOMENT_FOREVER,
				    .since_at = moment_of(advance(self, now_ns)),
				    .standing = STANDING_TRUSTED,
				    .reason = REASON_NONE,
				    .services = ALL_SERVICES};

	return say(self, prefix, &word, why);
}

/* What an operator pardons starts again from nothing: else the next small thing would refuse it at once. */
static void pardon(struct policy *self, struct place *place)
{
	struct source *source = place_source(self, place);

	if (!source)
		return;
	source->run = 0;
	source->past.ledger.penalty = 0;
	source->past.bans = source->past.backoffs = source->past.capacity = (struct ladder){0};
	source->past.raised_at = 0;
}

static int take_back(struct policy *self, uint32_t number, const struct prefix *prefix)
{
	dirty_set(&self->dirty_words, number);
	place_say(self, number, NULL);
	place_sync(self, number, self->now_ns);
	places_sync_below(self, prefix, false);
	return 0;
}

/* Nothing to take back at @prefix itself: the sentence names the wider prefix that refuses it, when there is one. */
static int not_banned(const struct policy *self, const struct prefix *prefix, struct why *why)
{
	char text[ADDR_TEXT_MAX], wider[ADDR_TEXT_MAX];

	for (unsigned int length = prefix->length; length-- > 0;) {
		struct prefix above = prefix_cut(prefix, length);
		uint32_t number = self->lengths[length] ? place_find(self, &above) : 0;
		struct decision held;

		if (number && place_wants(self, place_at(self, number), self->now_ns, &held) &&
		    held.until_ns > self->now_ns && held.standing != STANDING_TRUSTED)
			return why_fill(
				why, -ENOENT, "%s is refused by %s: unban that, or allow %s",
				prefix_text(prefix, text), prefix_text(&above, wider), text);
	}
	return why_fill(why, -ENOENT, "%s is not banned; explain it to see what holds there",
			prefix_text(prefix, text));
}

int policy_unban(struct policy *self, const struct prefix *prefix, uint64_t now_ns, struct why *why)
{
	uint64_t now = advance(self, now_ns);
	uint32_t number = place_find(self, prefix);
	struct place *place = number ? place_at(self, number) : NULL;
	bool said = place && place_said(place)->standing == STANDING_BANNED &&
		    ruling_is_live(place_said(place), now);

	if (!said && !(place && ruling_is_live(place_automatic(self, place), now)))
		return not_banned(self, prefix, why);
	dirty_set(&self->dirty_words, number);
	place_refuse(self, number, NULL);
	pardon(self, place);
	if (said)
		return take_back(self, number, prefix);
	place_sync(self, number, now);
	return 0;
}

int policy_disallow(struct policy *self, const struct prefix *prefix, uint64_t now_ns,
		    struct why *why)
{
	uint64_t now = advance(self, now_ns);
	uint32_t number = place_find(self, prefix);
	char text[ADDR_TEXT_MAX];

	if (!number || place_said(place_at(self, number))->standing != STANDING_TRUSTED ||
	    !ruling_is_live(place_said(place_at(self, number)), now))
		return why_fill(why, -ENOENT, "%s is not on the operator's list of allowed ones",
				prefix_text(prefix, text));
	return take_back(self, number, prefix);
}

/*
 * Records of before the mark do not say who wrote them. What no report can have made is an operator's: a reason "operator", no end, more than
 * a day to go, an address that law 5 protects, a prefix that is neither a source nor a /56.
 */
static bool is_operators(const struct policy *self, const struct decision *held, uint64_t now_ns)
{
	bool is_fold = held->prefix.length == 56;

	if (held->by_operator)
		return true;
	if (held->standing == STANDING_TRUSTED)
		return held->until_ns > after_s(now_ns, DAY_S) || !prefix_is_source(&held->prefix);
	return held->reason == REASON_OPERATOR ||
	       held->until_ns > after_s(now_ns, self->settings.ban_network_max_s) ||
	       (!prefix_is_source(&held->prefix) && !is_fold) ||
	       prefix_is_protected(self, &held->prefix, NULL);
}

static void restore_source(struct policy *self, uint32_t number, const struct decision *held,
			   uint64_t now_ns)
{
	struct source *source = place_know(self, number);

	if (source->past.known)
		return; /* told twice */
	source->past.known = !held->until_ns;
	source->past.tried = source->past.known;
	source->past.seen_at = moment_of(now_ns);
	source->past.ledger = (struct ledger){.at = moment_of(now_ns)};
	if (held->score < 0)
		ledger_debit(&source->past.ledger, &self->settings, (unsigned int)-held->score,
			     now_ns);
	else
		ledger_credit(&source->past.ledger, &self->settings, (unsigned int)held->score,
			      now_ns);
	if (held->standing != STANDING_TRUSTED && held->standing != STANDING_BANNED)
		source->past.ledger.band = held->standing;
	if (source->past.known)
		neighbours_count(self, place_at(self, number), true);
}

/* Two clocks never say quite the same: an end that went over the wall clock and back is the same end. */
static bool is_same(const struct ruling *old, const struct ruling *new)
{
	uint32_t apart = old->until_at > new->until_at ? old->until_at - new->until_at
						       : new->until_at - old->until_at;

	return old->until_at && apart <= 2 * MOMENTS_A_SECOND && old->standing == new->standing &&
	       old->reason == new->reason && old->services == new->services;
}

/* Two words on one place that came back from the store: the kernel's is the later one. */
static bool correct_verdict(struct policy *self, uint32_t number, const struct ruling *ruling,
			    bool operators)
{
	const struct place *place = place_at(self, number);
	const struct ruling old = operators ? *place_said(place) : *place_automatic(self, place);
	struct ruling new = *ruling;

	if (ruling_is_live(&old, self->now_ns))
		new.since_at = old.since_at;
	if (operators)
		place_say(self, number, &new);
	else
		place_refuse(self, number, &new);
	return !is_same(&old, ruling);
}

/* The kernel's word on a place that has come back from the store: the end is newer there, the rest is known better here. */
static bool correct_place(struct policy *self, uint32_t number, const struct ruling *ruling,
			  bool operators)
{
	struct place *place = place_at(self, number);
	const struct prefix prefix = place_prefix(self, place);
	bool is_trust = ruling->standing == STANDING_TRUSTED && !operators;
	bool differs = !operators && ruling_is_live(place_said(place), self->now_ns);

	if (differs)
		place_say(self, number, NULL);
	if (is_trust && ruling->until_at) {
		differs |= place->trust_until_at + 2 * MOMENTS_A_SECOND < ruling->until_at;
		place->trust_until_at = ruling->until_at;
	} else if (!ruling->until_at && place_automatic(self, place)->until_at &&
		   !place_overruled_by(self, &prefix, self->now_ns)) {
		place_refuse(self, number, NULL);
		differs = true;
	} else if (ruling->until_at) {
		differs |= correct_verdict(self, number, ruling, operators);
	}
	return differs;
}

static void restore_known(struct policy *self, uint32_t number, const struct decision *held,
			  const struct ruling *ruling)
{
	struct place *place = place_at(self, number);
	struct source *source = place_source(self, place);
	bool differs = correct_place(self, number, ruling, held->by_operator);

	if (source && !held->until_ns && !source->past.known) {
		source->past.known = source->past.tried = differs = true;
		neighbours_count(self, place, true);
	}
	place_adopt(self, number, held);
	if (differs)
		place_sync(self, number, self->now_ns);
	else
		place_look(self, number, self->now_ns);
}

/* A place that nobody knew: it is what the kernel says. */
static int restore_new(struct policy *self, const struct decision *held,
		       const struct ruling *ruling)
{
	uint32_t number = place_obtain(self, &held->prefix, CLAIM_OPERATOR);

	if (!number)
		return -ENOSPC;
	place_adopt(self, number, held);
	/* A refusal alone needs no more than its place. */
	if (prefix_is_source(&held->prefix) && (held->score || !held->until_ns))
		restore_source(self, number, held, self->now_ns);
	if (held->by_operator)
		place_say(self, number, ruling);
	else if (held->until_ns && held->standing == STANDING_TRUSTED)
		place_at(self, number)->trust_until_at = ruling->until_at;
	else if (held->until_ns)
		place_refuse(self, number, ruling);
	place_sync(self, number, self->now_ns);
	return 0;
}

int policy_restore(struct policy *self, const struct decision *held, uint64_t now_ns)
{
	const struct ruling ruling = {.until_at = moment_end(held->until_ns),
				      .since_at = moment_of(advance(self, now_ns)),
				      .standing = (uint8_t)held->standing,
				      .reason = (uint8_t)held->reason,
				      .services = held->services};
	uint32_t number = place_find(self, &held->prefix);
	struct decision known = *held;

	known.by_operator = held->until_ns && is_operators(self, held, self->now_ns);
	if (!number || !self->quiet)
		return restore_new(self, &known, &ruling);
	restore_known(self, number, &known, &ruling);
	return 0;
}
