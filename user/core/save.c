/* SPDX-License-Identifier: BSD-2-Clause */
/* save: copies out of the book. */
#include "save.h"

#include <stdio.h>

#include "book.h"
#include "details.h"
#include "evidence.h"
#include "links.h"
#include "peers.h"
#include "places.h"

/* Modulo 2^64: what was before boot comes out right, too. */
static uint64_t to_unix(uint32_t at, const struct saved_clock *now)
{
	if (!at || at == MOMENT_FOREVER)
		return at ? FOREVER_NS : 0;
	return now->unix_ns - now->boot_ns + (at - (uint64_t)MOMENTS_BEFORE_BOOT) * MOMENT_NS;
}

static struct saved_ruling save_ruling(const struct ruling *ruling, const struct saved_clock *now)
{
	if (!ruling_is_live(ruling, now->boot_ns))
		return (struct saved_ruling){0};
	return (struct saved_ruling){.until = to_unix(ruling->until_at, now),
				     .since = to_unix(ruling->since_at, now),
				     .standing = ruling->standing,
				     .reason = ruling->reason,
				     .services = ruling->services};
}

static struct saved_ladder save_ladder(const struct ladder *ladder, const struct saved_clock *now)
{
	return (struct saved_ladder){.end = to_unix(ladder->end_at, now), .level = ladder->level};
}

static void save_details(const struct details *details, const struct saved_clock *now,
			 struct saved_past *ret)
{
	struct saved_memo *to = ret->memos;

	ret->unseen_at = to_unix(details->unseen_at, now);
	ret->unseen = details->unseen;
	for (int i = 0; i < MEMOS; i++) {
		const struct memo *memo = &details->memos[i];

		if (!memo->rule)
			continue;
		*to++ = (struct saved_memo){.first = to_unix(memo->first_at, now),
					    .last = to_unix(memo->last_at, now),
					    .rule = evidence_name(memo->rule - 1u),
					    .count = memo->count,
					    .points = memo->points,
					    .second_hand = memo->second_hand};
	}
}

static void save_past(const struct policy *self, const struct past *past,
		      const struct saved_clock *now, struct saved_past *ret)
{
	const struct details *details = details_of(self, past);

	*ret = (struct saved_past){.at = to_unix(past->ledger.at, now),
				   .penalty = past->ledger.penalty,
				   .reward = past->ledger.reward,
				   .band = past->ledger.band,
				   .tried = past->tried,
				   .bans = save_ladder(&past->bans, now),
				   .backoffs = save_ladder(&past->backoffs, now),
				   .capacity = save_ladder(&past->capacity, now),
				   .seen = to_unix(past->seen_at, now)};
	ret->backoffs.raised = to_unix(past->raised_at, now);
	if (details)
		save_details(details, now, ret);
}

static bool save_place(const struct policy *self, uint32_t number, const struct saved_clock *now,
		       struct saved_place *ret)
{
	const struct place *place = place_at(self, number);
	const struct source *source;

	if (!place->shelf)
		return false;
	source = place_source(self, place);
	*ret = (struct saved_place){.prefix = place_prefix(self, place),
				    .said = save_ruling(place_said(place), now),
				    .automatic = save_ruling(place_automatic(self, place), now),
				    .trust_until = to_unix(place->trust_until_at, now),
				    .has_source = source != NULL};
	if (!source)
		return true;
	ret->known = source->past.known;
	ret->run = source->run;
	save_past(self, &source->past, now, &ret->past);
	return true;
}

/* Nobody is connected when the book comes back: an hour that is full by then was good until now. */
static struct saved_link save_link(const struct policy *self, const struct link *link,
				   const struct saved_clock *now)
{
	bool is_good = link->online && link_is_tenured(link, now->boot_ns);

	return (struct saved_link){.source = place_prefix(self, place_at(self, link->place)),
				   .since = to_unix(link->since_at, now),
				   .seen = to_unix(link->seen_at, now),
				   .success = link->good ? to_unix(link->seen_at, now) : 0,
				   .tenured =
					   is_good ? now->unix_ns : to_unix(link->tenured_at, now),
				   .vouched = to_unix(link->vouched_at, now)};
}

static struct saved_quality save_quality(const struct quality *quality,
					 const struct saved_clock *now)
{
	return (struct saved_quality){.at = to_unix(quality->at_s * NS_PER_S, now),
				      .counted = to_unix(quality->counted_s * NS_PER_S, now),
				      .head_at = to_unix(quality->head_s * NS_PER_S, now),
				      .moved = to_unix(quality->moved_s * NS_PER_S, now),
				      .head_slot = quality->head_slot,
				      .good = quality->good,
				      .bad = quality->bad,
				      .latency_us = quality->latency_us,
				      .answers = quality->answers,
				      .shared = quality->shared,
				      .ours = quality->ours};
}

static bool save_peer(const struct policy *self, uint32_t number, const struct saved_clock *now,
		      struct saved_peer *ret)
{
	const struct peer *peer = peer_at(self, number);
	struct saved_link *link = ret->links;

	if (!peer->shelf)
		return false;
	*ret = (struct saved_peer){.trusted = peer->trusted,
				   .direction = peer->direction,
				   .service = (uint8_t)(peer->service + 1),
				   .ruling = save_ruling(&peer->ruling, now)};
	snprintf(ret->id, sizeof(ret->id), "%s", peer_id(self, peer));
	save_past(self, &peer->past, now, &ret->past);
	ret->past.success = to_unix(peer->success_at, now);
	ret->past.failure = to_unix(peer->failure_at, now);
	ret->quality = save_quality(&peer->quality, now);
	for (uint32_t at = peer->first_link; at; at = link_next_of_peer(self, at))
		*link++ = save_link(self, link_at(self, at), now);
	return true;
}

/* Places are numbered in two parts: sources, and what is none. */
static bool is_place(const struct policy *self, uint32_t number)
{
	uint32_t sources = self->source_pool.max;

	return number <= sources ? number <= self->source_pool.used
				 : number - sources <= self->wides.used;
}

bool policy_save_peek(const struct policy *self, enum saved_kind kind, uint32_t number,
		      const struct saved_clock *now, struct saved *ret)
{
	ret->kind = kind;
	ret->number = number;
	ret->taken = now->unix_ns;
	ret->gone =
		kind == SAVED_PLACE
			? !is_place(self, number) || !save_place(self, number, now, &ret->place)
			: number > self->peers.used || !save_peer(self, number, now, &ret->peer);
	return !ret->gone;
}

uint32_t policy_save_end(const struct policy *self, enum saved_kind kind)
{
	return kind == SAVED_PLACE ? self->places.max : self->peers.used;
}

uint32_t policy_save_max(const struct policy *self, enum saved_kind kind)
{
	return kind == SAVED_PLACE ? self->places.max : self->peers.max;
}

/* The next number above *@at that is marked, no longer so; 0, and *@at begins anew: no more. */
static uint32_t take(struct dirty *dirty, uint32_t *at)
{
	*at = dirty_next(dirty, *at);
	if (*at)
		dirty_clear(dirty, *at);
	return *at;
}

static void take_copy(struct policy *self, enum saved_kind kind, uint32_t number,
		      const struct saved_clock *now, struct saved *ret)
{
	memset(ret, 0, sizeof(*ret));
	policy_save_peek(self, kind, number, now, ret);
	if (kind == SAVED_PEER)
		return;
	dirty_clear(&self->dirty_places, number);
	dirty_clear(&self->dirty_words, number);
}

bool policy_save_next(struct policy *self, enum saved_choice choice, struct saved_cursor *cursor,
		      const struct saved_clock *now, struct saved *ret)
{
	uint32_t number = take(&self->dirty_words, &cursor->word);
	enum saved_kind kind = SAVED_PLACE;

	if (!number && choice == SAVE_ALL)
		number = take(&self->dirty_places, &cursor->place);
	if (!number && choice == SAVE_ALL) {
		kind = SAVED_PEER;
		number = take(&self->dirty_peers, &cursor->peer);
	}
	if (number)
		take_copy(self, kind, number, now, ret);
	return number;
}

bool policy_save_waits(const struct policy *self, enum saved_choice choice)
{
	return dirty_next(&self->dirty_words, 0) ||
	       (choice == SAVE_ALL &&
		(dirty_next(&self->dirty_places, 0) || dirty_next(&self->dirty_peers, 0)));
}

static uint32_t count(const struct dirty *dirty)
{
	uint32_t sum = 0;

	for (uint32_t word = 0; word < (dirty->max + 63) / 64; word++)
		sum += (uint32_t)__builtin_popcountll(dirty->bits[word]);
	return sum;
}

uint32_t policy_save_pending(const struct policy *self)
{
	return count(&self->dirty_places) + count(&self->dirty_peers);
}

void policy_save_again(struct policy *self)
{
	for (uint32_t number = place_next(self, 0); number; number = place_next(self, number))
		dirty_set(&self->dirty_places, number);
	for (uint32_t number = 1; number <= self->peers.used; number++)
		dirty_set(&self->dirty_peers, number);
}
