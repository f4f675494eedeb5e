/* SPDX-License-Identifier: BSD-2-Clause */
/* save: copies out of the book. */
#include "save.h"

#include "book.h"
#include "evidence.h"
#include "links.h"

static uint64_t to_unix(uint64_t boot_ns, const struct saved_clock *now)
{
	if (!boot_ns || boot_ns == FOREVER_NS)
		return boot_ns;
	return now->unix_ns + (boot_ns - now->boot_ns);
}

static struct saved_ruling save_ruling(const struct ruling *ruling, const struct saved_clock *now)
{
	if (!ruling_is_live(ruling, now->boot_ns))
		return (struct saved_ruling){0};
	return (struct saved_ruling){.until = to_unix(ruling->until_ns, now),
				     .since = to_unix(ruling->since_ns, now),
				     .standing = (uint8_t)ruling->standing,
				     .reason = (uint8_t)ruling->reason,
				     .services = ruling->services};
}

static struct saved_ladder save_ladder(const struct ladder *ladder, const struct saved_clock *now)
{
	return (struct saved_ladder){.raised = to_unix(ladder->raised_ns, now),
				     .end = to_unix(ladder->end_ns, now),
				     .level = ladder->level};
}

static void save_memos(const struct past *past, const struct saved_clock *now,
		       struct saved_memo *ret)
{
	for (int i = 0; i < MEMOS; i++) {
		const struct memo *memo = &past->memos[i];

		if (!memo->rule)
			continue;
		*ret++ = (struct saved_memo){.first = to_unix(memo->first_ns, now),
					     .last = to_unix(memo->last_ns, now),
					     .rule = evidence_name(memo->rule - 1u),
					     .count = memo->count,
					     .points = memo->points,
					     .second_hand = memo->second_hand};
	}
}

static void save_past(const struct past *past, const struct saved_clock *now,
		      struct saved_past *ret)
{
	*ret = (struct saved_past){.at = to_unix(past->ledger.at_ns, now),
				   .penalty = past->ledger.penalty,
				   .reward = past->ledger.reward,
				   .band = (uint8_t)past->ledger.band,
				   .tried = past->tried,
				   .bans = save_ladder(&past->bans, now),
				   .backoffs = save_ladder(&past->backoffs, now),
				   .capacity = save_ladder(&past->capacity, now),
				   .seen = to_unix(past->seen_ns, now),
				   .success = to_unix(past->success_ns, now),
				   .failure = to_unix(past->failure_ns, now),
				   .unseen_at = to_unix(past->unseen_ns, now),
				   .unseen = past->unseen};
	save_memos(past, now, ret->memos);
}

static bool save_place(const struct policy *self, uint32_t number, const struct saved_clock *now,
		       struct saved_place *ret)
{
	const struct place *place = place_at(self, number);
	const struct source *source;

	if (!place->shelf)
		return false;
	source = place_source(self, place);
	*ret = (struct saved_place){.prefix = place->prefix,
				    .said = save_ruling(&place->said, now),
				    .automatic = save_ruling(&place->automatic, now),
				    .trust_until = to_unix(place->trust_until_ns, now),
				    .has_source = source != NULL};
	if (!source)
		return true;
	ret->known = source->known;
	ret->run = source->run;
	save_past(&source->past, now, &ret->past);
	return true;
}

/* Nobody is connected when the book comes back: an hour that is full by then was good until now. */
static struct saved_link save_link(const struct policy *self, const struct link *link,
				   const struct saved_clock *now)
{
	bool is_good = link->online && link_is_tenured(link, now->boot_ns);

	return (struct saved_link){.source = place_at(self, link->place)->prefix,
				   .since = to_unix(link->since_ns, now),
				   .seen = to_unix(link->seen_ns, now),
				   .success = to_unix(link->success_ns, now),
				   .tenured =
					   is_good ? now->unix_ns : to_unix(link->tenured_ns, now),
				   .vouched = to_unix(link->vouched_ns, now)};
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
				   .direction = (uint8_t)peer->direction,
				   .service = (uint8_t)(peer->service + 1),
				   .ruling = save_ruling(&peer->ruling, now)};
	memcpy(ret->id, peer->id, sizeof(ret->id));
	save_past(&peer->past, now, &ret->past);
	ret->quality = save_quality(&peer->quality, now);
	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		const struct link *at = link_at(self, link_number(number, slot));

		if (at->place)
			*link++ = save_link(self, at, now);
	}
	return true;
}

bool policy_save_peek(const struct policy *self, enum saved_kind kind, uint32_t number,
		      const struct saved_clock *now, struct saved *ret)
{
	ret->kind = kind;
	ret->number = number;
	ret->taken = now->unix_ns;
	ret->gone =
		kind == SAVED_PLACE
			? number > self->places.used || !save_place(self, number, now, &ret->place)
			: number > self->peers.used || !save_peer(self, number, now, &ret->peer);
	return !ret->gone;
}

uint32_t policy_save_end(const struct policy *self, enum saved_kind kind)
{
	return kind == SAVED_PLACE ? self->places.used : self->peers.used;
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
	for (uint32_t number = 1; number <= self->places.used; number++)
		dirty_set(&self->dirty_places, number);
	for (uint32_t number = 1; number <= self->peers.used; number++)
		dirty_set(&self->dirty_peers, number);
}
