/* SPDX-License-Identifier: BSD-2-Clause */
/* load: copies back into the book. */
#include <errno.h>

#include "book.h"
#include "evidence.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "save.h"
#include "shares.h"

enum { AGE_MAX_S = 30 * DAY_S };

#define AGE_MAX_NS (AGE_MAX_S * NS_PER_S)

/* How long ago @unix_ns was: not in the future, not beyond what anybody believes of a clock. */
static uint64_t age_ns(uint64_t unix_ns, const struct saved_clock *now)
{
	uint64_t age = now->unix_ns > unix_ns ? now->unix_ns - unix_ns : 0;

	return age < AGE_MAX_NS ? age : AGE_MAX_NS;
}

/*
 * A moment in the past on boot time. What was before the boot has no number there: it is squeezed into the boot's first
 * second, in its order, and so counts as of the boot.
 */
static uint64_t past_ns(uint64_t unix_ns, const struct saved_clock *now)
{
	uint64_t age, over, squeezed;

	if (!unix_ns)
		return 0;
	age = age_ns(unix_ns, now);
	if (age + NS_PER_S <= now->boot_ns)
		return now->boot_ns - age;
	over = age + NS_PER_S - now->boot_ns;
	over = over < AGE_MAX_NS ? over : AGE_MAX_NS;
	squeezed = (AGE_MAX_NS - over) / AGE_MAX_S + 1;
	return squeezed < now->boot_ns ? squeezed : now->boot_ns;
}

/* As past_ns(), for what counts for @seconds only: 0 when that is over. */
static uint64_t recent_ns(uint64_t unix_ns, uint64_t seconds, const struct saved_clock *now)
{
	return unix_ns && age_ns(unix_ns, now) <= seconds * NS_PER_S ? past_ns(unix_ns, now) : 0;
}

/* An end: what it had left when it was @taken, less what has passed; 0: over. */
static uint64_t end_ns(uint64_t until, uint64_t taken, const struct saved_clock *now)
{
	uint64_t passed = age_ns(taken, now);

	if (!until || until == FOREVER_NS)
		return until;
	if (until <= taken || until - taken <= passed)
		return 0;
	return now->boot_ns + (until - taken - passed);
}

static struct ruling load_ruling(const struct saved_ruling *saved, uint64_t taken,
				 const struct saved_clock *now)
{
	uint64_t until_ns = end_ns(saved->until, taken, now);

	if (!until_ns || saved->standing >= STANDINGS || saved->reason >= REASONS)
		return (struct ruling){0};
	return (struct ruling){.until_ns = until_ns,
			       .since_ns = past_ns(saved->since, now),
			       .standing = (enum standing)saved->standing,
			       .reason = (enum reason)saved->reason,
			       .services = saved->services};
}

/* Levels are forgotten here as ladder.c does by and by: a level for each @forget_s after the end, or all at once. */
static struct ladder load_ladder(const struct saved_ladder *saved, bool by_levels, uint64_t taken,
				 const struct saved_clock *now)
{
	uint64_t left_ns = end_ns(saved->end, taken, now);
	uint64_t days = left_ns ? 0 : age_ns(saved->end, now) / NS_PER_S / DAY_S;
	struct ladder ladder = {.raised_ns = past_ns(saved->raised, now), .level = saved->level};

	if (days && (!by_levels || days >= saved->level))
		return (struct ladder){0};
	ladder.level -= (uint8_t)days;
	ladder.end_ns = left_ns ? left_ns : past_ns(saved->end + days * DAY_S * NS_PER_S, now);
	return ladder;
}

static void load_memos(struct past *past, const struct saved_past *saved,
		       const struct saved_clock *now)
{
	struct memo *memo = past->memos;

	memset(past->memos, 0, sizeof(past->memos));
	for (int i = 0; i < SAVED_MEMOS; i++) {
		const struct saved_memo *at = &saved->memos[i];
		int rule = at->rule ? evidence_named(at->rule) : -ENOENT;

		if (rule < 0)
			continue;
		*memo++ = (struct memo){.first_ns = past_ns(at->first, now),
					.last_ns = past_ns(at->last, now),
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
		.at_ns = now->boot_ns,
		.band = saved->band < STANDINGS ? (enum standing)saved->band : STANDING_NEUTRAL};
	ledger->band = ledger_band(ledger, &self->settings, now->boot_ns);
}

static void load_past(const struct policy *self, struct past *past, const struct saved_past *saved,
		      uint64_t taken, const struct saved_clock *now)
{
	load_ledger(self, &past->ledger, saved, now);
	past->bans = load_ladder(&saved->bans, true, taken, now);
	past->backoffs = load_ladder(&saved->backoffs, false, taken, now);
	past->capacity = load_ladder(&saved->capacity, false, taken, now);
	past->seen_ns = past_ns(saved->seen, now);
	past->success_ns = past_ns(saved->success, now);
	past->failure_ns = past_ns(saved->failure, now);
	past->unseen_ns = recent_ns(saved->unseen_at, DAY_S, now);
	past->unseen = past->unseen_ns ? saved->unseen : 0;
	past->tried = saved->tried;
	load_memos(past, saved, now);
}

static void load_source(struct policy *self, uint32_t number, const struct saved *saved,
			const struct saved_clock *now)
{
	struct source *source = place_know(self, number);

	if (!source)
		return;
	load_past(self, &source->past, &saved->place.past, saved->taken, now);
	source->run = saved->place.run;
	if (saved->place.known && !source->known)
		neighbours_count(self, place_at(self, number), true);
	source->known |= saved->place.known;
}

/* What holds there by the copy; false: nothing that is worth a place. */
static bool fill_place(struct policy *self, uint32_t number, const struct saved *saved,
		       const struct saved_clock *now)
{
	const struct ruling automatic = load_ruling(&saved->place.automatic, saved->taken, now);
	struct place *place = place_at(self, number);

	place->said = load_ruling(&saved->place.said, saved->taken, now);
	place->trust_until_ns = end_ns(saved->place.trust_until, saved->taken, now);
	if (saved->place.has_source)
		load_source(self, number, saved, now);
	place_refuse(self, number, automatic.until_ns ? &automatic : NULL);
	place_sync(self, number, self->now_ns);
	return place_at(self, number)->shelf;
}

static bool is_live(const struct saved *saved, const struct saved_clock *now)
{
	return saved->place.has_source || end_ns(saved->place.said.until, saved->taken, now) ||
	       end_ns(saved->place.automatic.until, saved->taken, now) ||
	       end_ns(saved->place.trust_until, saved->taken, now);
}

/* The later of two words; one that holds beats one that does not. */
static bool is_newer(const struct ruling *word, const struct ruling *than, uint64_t now_ns)
{
	return ruling_is_live(word, now_ns) &&
	       (!ruling_is_live(than, now_ns) || word->since_ns > than->since_ns);
}

/* What is newer in the copy than in the book. */
static void merge_place(struct policy *self, uint32_t number, const struct saved *saved,
			const struct saved_clock *now)
{
	const struct ruling said = load_ruling(&saved->place.said, saved->taken, now);
	const struct ruling automatic = load_ruling(&saved->place.automatic, saved->taken, now);
	uint64_t trust_ns = end_ns(saved->place.trust_until, saved->taken, now);
	struct place *place = place_at(self, number);
	const struct source *source = place_source(self, place);

	if (is_newer(&said, &place->said, now->boot_ns)) {
		place->said = said;
		dirty_set(&self->dirty_words, number);
	}
	if (trust_ns > place->trust_until_ns)
		place->trust_until_ns = trust_ns;
	if (saved->place.has_source &&
	    (!source || past_ns(saved->place.past.seen, now) > source->past.seen_ns))
		load_source(self, number, saved, now);
	if (is_newer(&automatic, &place->automatic, now->boot_ns))
		place_refuse(self, number, &automatic);
	place_sync(self, number, self->now_ns);
}

/* A prefix may be there twice: its number was given back and taken again when the process died. */
static void load_place(struct policy *self, const struct saved *saved)
{
	const struct saved_clock *now = &self->loading;
	uint32_t number = 0, found = place_find(self, &saved->place.prefix);

	if (found)
		merge_place(self, found, saved, now);
	else if (is_live(saved, now))
		number = place_make_at(self, &saved->place.prefix, saved->number);
	if (number && fill_place(self, number, saved, now) && number == saved->number)
		dirty_clear(&self->dirty_places, number);
	else if (saved->number <= self->places.max)
		dirty_set(&self->dirty_places, saved->number);
}

static void later(uint64_t *moment_ns, uint64_t at_ns)
{
	if (at_ns > *moment_ns)
		*moment_ns = at_ns;
}

static void load_links(struct policy *self, uint32_t number, const struct saved *saved,
		       const struct saved_clock *now)
{
	for (int i = SAVED_LINKS; i-- > 0;) {
		const struct saved_link *at = &saved->peer.links[i];
		uint32_t place = at->source.length ? place_find(self, &at->source) : 0;
		struct link *link;

		if (!place || !place_at(self, place)->source)
			continue;
		link = link_obtain(self, number, place, past_ns(at->seen, now));
		later(&link->tenured_ns, recent_ns(at->tenured, GOOD_FOR_S, now));
		later(&link->vouched_ns, recent_ns(at->vouched, GOOD_FOR_S, now));
		if (link->online)
			continue;
		later(&link->since_ns, past_ns(at->since, now));
		later(&link->success_ns, past_ns(at->success, now));
	}
}

static void fill_peer(struct policy *self, uint32_t number, const struct saved *saved,
		      const struct saved_clock *now)
{
	struct peer *peer = peer_at(self, number);

	load_past(self, &peer->past, &saved->peer.past, saved->taken, now);
	peer->trusted = saved->peer.trusted;
	peer->ruling = load_ruling(&saved->peer.ruling, saved->taken, now);
	if (!peer->online) {
		peer->service =
			(int8_t)(saved->peer.service <= SERVICES_MAX ? saved->peer.service - 1
								     : -1);
		if (saved->peer.direction <= DIRECTION_OUTBOUND)
			peer->direction = (enum direction)saved->peer.direction;
	}
	load_links(self, number, saved, now);
	peer_shelve(self, number);
}

static void load_peer(struct policy *self, const struct saved *saved)
{
	uint32_t number = peer_obtain_at(self, saved->peer.id, saved->number);

	if (number)
		fill_peer(self, number, saved, &self->loading);
	if (number && number == saved->number)
		dirty_clear(&self->dirty_peers, number);
	else if (saved->number <= self->peers.max)
		dirty_set(&self->dirty_peers, saved->number);
}

void policy_load_begin(struct policy *self, const struct saved_clock *now, bool quiet)
{
	self->loading = *now;
	self->quiet = quiet;
	if (now->boot_ns > self->now_ns)
		self->now_ns = now->boot_ns;
}

void policy_load(struct policy *self, const struct saved *saved)
{
	if (saved->kind == SAVED_PLACE)
		load_place(self, saved);
	else
		load_peer(self, saved);
}

/* A word on a prefix may have come after what it overrules. */
static bool has_words_on_prefixes(const struct policy *self)
{
	uint32_t number = self->place_shelves[SHELF_PREFIXES].oldest;

	for (; number; number = place_at(self, number)->link.newer)
		if (place_at(self, number)->said.until_ns)
			return true;
	return false;
}

void policy_load_end(struct policy *self)
{
	if (self->quiet || has_words_on_prefixes(self)) {
		self->quiet = false;
		self->sweep_left = self->places.used;
		places_sweep(self, UINT32_MAX);
	}
	self->loading = (struct saved_clock){0};
	neighbours_tell(self);
}

static int merge_into_place(struct policy *self, const struct saved *saved,
			    const struct saved_clock *now, struct why *why)
{
	const struct prefix *prefix = &saved->place.prefix;
	char text[ADDR_TEXT_MAX];
	uint32_t number;

	if (!is_live(saved, now))
		return 0;
	number = place_obtain(self, prefix, CLAIM_OPERATOR);
	if (!number)
		return why_fill(why, -ENOSPC, "%s: no room in the book; raise %s",
				prefix_text(prefix, text),
				prefix_is_source(prefix) ? "sources_max" : "prefixes_max");
	merge_place(self, number, saved, now);
	places_sync_below(self, prefix, saved->place.said.standing == STANDING_TRUSTED);
	return 0;
}

static int merge_into_peer(struct policy *self, const struct saved *saved,
			   const struct saved_clock *now, struct why *why)
{
	uint32_t number = peer_find(self, saved->peer.id);

	if (number && peer_at(self, number)->past.seen_ns >= past_ns(saved->peer.past.seen, now))
		return 0;
	number = peer_obtain(self, saved->peer.id);
	if (!number)
		return why_fill(why, -ENOSPC, "%s: no room in the book; raise peers_max",
				saved->peer.id);
	fill_peer(self, number, saved, now);
	return 0;
}

int policy_merge(struct policy *self, const struct saved *saved, const struct saved_clock *now,
		 struct why *why)
{
	if (now->boot_ns > self->now_ns)
		self->now_ns = now->boot_ns;
	return saved->kind == SAVED_PLACE ? merge_into_place(self, saved, now, why)
					  : merge_into_peer(self, saved, now, why);
}
