/* SPDX-License-Identifier: BSD-2-Clause */
/* load: copies back into the book. */
#include <errno.h>

#include "book.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "recall.h"
#include "save.h"
#include "sites.h"

/* Clocks that were asked twice differ by less than this. */
enum { SAME_MOMENT = MOMENTS_A_SECOND };

static void load_source(struct policy *self, uint32_t number, const struct saved *saved,
			const struct saved_clock *now)
{
	struct source *source = place_know(self, number);

	if (!source)
		return;
	recall_account(self, &source->past, &saved->place.past, saved->taken, now);
	source->run = (uint16_t)(saved->place.run < UINT16_MAX ? saved->place.run : UINT16_MAX);
	if (saved->place.known && !source->past.known)
		neighbours_count(self, place_at(self, number), true);
	source->past.known |= saved->place.known;
}

/* What holds there by the copy; false: nothing that is worth a place. */
static bool fill_place(struct policy *self, uint32_t number, const struct saved *saved,
		       const struct saved_clock *now)
{
	const struct ruling automatic = recall_ruling(&saved->place.automatic, saved->taken, now);
	const struct ruling said = recall_ruling(&saved->place.said, saved->taken, now);

	place_say(self, number, said.until_at ? &said : NULL);
	place_at(self, number)->trust_until_at =
		recall_end(saved->place.trust_until, saved->taken, now);
	if (saved->place.has_source)
		load_source(self, number, saved, now);
	place_refuse(self, number, automatic.until_at ? &automatic : NULL);
	place_sync(self, number, self->now_ns);
	return place_at(self, number)->shelf;
}

static bool is_live(const struct saved *saved, const struct saved_clock *now)
{
	return saved->place.has_source || recall_end(saved->place.said.until, saved->taken, now) ||
	       recall_end(saved->place.automatic.until, saved->taken, now) ||
	       recall_end(saved->place.trust_until, saved->taken, now);
}

/* The later of two words, by more than clocks differ; one that holds beats one that does not. */
static bool is_newer(const struct ruling *word, const struct ruling *than, uint64_t now_ns)
{
	return ruling_is_live(word, now_ns) &&
	       (!ruling_is_live(than, now_ns) || word->since_at > than->since_at + SAME_MOMENT);
}

static bool merge_words(struct policy *self, uint32_t number, const struct saved *saved,
			const struct saved_clock *now)
{
	const struct ruling said = recall_ruling(&saved->place.said, saved->taken, now);
	const struct ruling automatic = recall_ruling(&saved->place.automatic, saved->taken, now);
	struct place *place = place_at(self, number);
	bool newer = is_newer(&said, place_said(place), now->boot_ns);

	if (newer) {
		place_say(self, number, &said);
		dirty_set(&self->dirty_words, number);
	}
	if (!is_newer(&automatic, place_automatic(self, place), now->boot_ns))
		return newer;
	place_refuse(self, number, &automatic);
	return true;
}

/* What is newer in the copy than in the book; false: nothing. */
static bool merge_place(struct policy *self, uint32_t number, const struct saved *saved,
			const struct saved_clock *now)
{
	uint32_t trust_at = recall_end(saved->place.trust_until, saved->taken, now);
	struct place *place = place_at(self, number);
	const struct source *source = place_source(self, place);
	bool newer = merge_words(self, number, saved, now);

	if (trust_at > place->trust_until_at + SAME_MOMENT) {
		place->trust_until_at = trust_at;
		newer = true;
	}
	if (saved->place.has_source && (!source || recall_past(saved->place.past.seen, now) >
							   source->past.seen_at + SAME_MOMENT)) {
		load_source(self, number, saved, now);
		newer = true;
	}
	if (newer)
		place_sync(self, number, self->now_ns);
	return newer;
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

static void later(uint32_t *at, uint32_t other)
{
	if (other > *at)
		*at = other;
}

static void load_links(struct policy *self, uint32_t number, const struct saved *saved,
		       const struct saved_clock *now)
{
	for (int i = SAVED_LINKS; i-- > 0;) {
		const struct saved_link *at = &saved->peer.links[i];
		uint32_t place = at->source.length ? place_find(self, &at->source) : 0;
		struct link *link;

		if (!place || !place_at(self, place)->has_source)
			continue;
		link = link_obtain_at(self, number, place, recall_past(at->seen, now));
		if (!link)
			continue;
		later(&link->tenured_at, recall_recent(at->tenured, GOOD_FOR_S, now));
		later(&link->vouched_at, recall_recent(at->vouched, GOOD_FOR_S, now));
		if (link->online)
			continue;
		later(&link->since_at, recall_past(at->since, now));
		link->good |= at->success != 0;
	}
}

static void fill_peer(struct policy *self, uint32_t number, const struct saved *saved,
		      const struct saved_clock *now)
{
	struct peer *peer = peer_at(self, number);

	recall_account(self, &peer->past, &saved->peer.past, saved->taken, now);
	if (!peer->online)
		recall_quality(self, &peer->quality, &saved->peer.quality, now);
	peer->success_at = recall_past(saved->peer.past.success, now);
	peer->failure_at = recall_past(saved->peer.past.failure, now);
	peer->trusted = saved->peer.trusted;
	peer->ruling = recall_ruling(&saved->peer.ruling, saved->taken, now);
	if (!peer->online) {
		peer->service =
			(int8_t)(saved->peer.service <= SERVICES_MAX ? saved->peer.service - 1
								     : -1);
		if (saved->peer.direction <= DIRECTION_OUTBOUND)
			peer->direction = saved->peer.direction;
	}
	load_links(self, number, saved, now);
	peer_shelve(self, number);
}

/* Whose share of the untried the peer would take: that of the address where it was seen last. */
static bool first_source(const struct saved *saved, struct source_key *ret)
{
	const struct prefix *source = &saved->peer.links[0].source;

	if (source->length)
		*ret = addr_source(&source->addr);
	return source->length;
}

static void load_peer(struct policy *self, const struct saved *saved)
{
	struct source_key key;
	bool has_source = first_source(saved, &key);
	uint32_t number =
		peer_obtain_at(self, saved->peer.id, has_source ? &key : NULL, saved->number);

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
		if (place_at(self, number)->is_said)
			return true;
	return false;
}

void policy_load_end(struct policy *self)
{
	if (self->quiet || has_words_on_prefixes(self)) {
		self->quiet = false;
		self->sweep_left = self->source_pool.used + self->wides.used;
		places_sweep(self, UINT32_MAX);
	}
	self->loading = (struct saved_clock){0};
	neighbours_tell(self);
}

static int merge_into_place(struct policy *self, const struct saved *saved,
			    const struct saved_clock *now, struct why *why)
{
	const struct prefix *prefix = &saved->place.prefix;
	uint32_t number = place_find(self, prefix);
	char text[ADDR_TEXT_MAX];
	bool newer;

	if (!number && !is_live(saved, now))
		return 0;
	if (!number)
		number = place_obtain(self, prefix, CLAIM_OPERATOR);
	if (!number)
		return why_fill(why, -ENOSPC, "%s: no room in the book; raise %s",
				prefix_text(prefix, text),
				prefix_is_source(prefix) ? "sources-max" : "prefixes-max");
	newer = merge_place(self, number, saved, now);
	if (newer && saved->place.said.until)
		places_sync_below(self, prefix, saved->place.said.standing == STANDING_TRUSTED);
	return newer;
}

static int merge_into_peer(struct policy *self, const struct saved *saved,
			   const struct saved_clock *now, struct why *why)
{
	uint32_t seen_at = recall_past(saved->peer.past.seen, now);
	uint32_t number = peer_find(self, saved->peer.id);
	struct source_key key;
	bool has_source = first_source(saved, &key);

	if (number && peer_at(self, number)->past.seen_at + SAME_MOMENT >= seen_at)
		return 0;
	number = peer_obtain(self, saved->peer.id, has_source ? &key : NULL);
	if (!number)
		return why_fill(why, -ENOSPC, "%s: no room in the book; raise peers-max",
				saved->peer.id);
	fill_peer(self, number, saved, now);
	return 1;
}

int policy_merge(struct policy *self, const struct saved *saved, const struct saved_clock *now,
		 struct why *why)
{
	if (now->boot_ns > self->now_ns)
		self->now_ns = now->boot_ns;
	return saved->kind == SAVED_PLACE ? merge_into_place(self, saved, now, why)
					  : merge_into_peer(self, saved, now, why);
}
