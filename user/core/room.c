/* SPDX-License-Identifier: BSD-2-Clause */
#include "room.h"

#include "links.h"
#include "peers.h"
#include "shares.h"
#include "throngs.h"

/* How many of those kept because they are connected are looked at: a node that died never said goodbye. */
enum { LOOKS = 16, ENDS_LOOKED_AT = 64, ONLINE_BELIEVED_S = DAY_S };

static bool is_stale(const struct policy *self, const struct place *place)
{
	const struct source *source = place_source(self, place);

	return source && !ruling_is_live(place_said(place), self->now_ns) &&
	       !ruling_is_live(place_automatic(self, place), self->now_ns) &&
	       place->trust_until_at <= moment_of(self->now_ns) &&
	       !moment_is_within(source->past.seen_at, ONLINE_BELIEVED_S, self->now_ns);
}

static bool forget_stale_source(struct policy *self)
{
	struct list *kept = &self->place_shelves[SHELF_KEPT];

	for (int i = 0; i < LOOKS && kept->oldest; i++) {
		uint32_t number = kept->oldest;

		if (is_stale(self, place_at(self, number))) {
			place_forget(self, number);
			return true;
		}
		list_remove(kept, number);
		list_append(kept, number);
	}
	return false;
}

static bool forget_oldest_source(struct policy *self, enum shelf shelf)
{
	uint32_t number = self->place_shelves[shelf].oldest;

	if (number)
		place_forget(self, number);
	return number;
}

/* A refusal that reports made, where nobody is connected or trusted and no operator has spoken. */
static bool may_lift(const struct policy *self, const struct place *place)
{
	const struct source *source = place_source(self, place);

	return place->in_share && place->trust_until_at <= moment_of(self->now_ns) &&
	       !(source && source->online);
}

/*
 * The automatic refusal nearest its end leaves. The heap has the ends of operators' words, too: its first slots are the
 * earliest, so a look at some of them finds it, or nothing that ends soon.
 */
static uint32_t ending_refusal(const struct policy *self, uint32_t besides)
{
	const struct heap *ends = &self->ends;
	struct heap_slot best = {.number = 0};

	for (uint32_t i = 1; i <= ends->count && i <= ENDS_LOOKED_AT; i++) {
		struct heap_slot slot = ends->slots[i];

		if (slot.number != besides && may_lift(self, place_at(self, slot.number)) &&
		    (!best.number || slot.when < best.when))
			best = slot;
	}
	return best.number;
}

static bool forget_ending_refusal(struct policy *self)
{
	uint32_t number = ending_refusal(self, 0);

	if (number)
		place_forget(self, number);
	return number;
}

bool lift_ending(struct policy *self, uint32_t besides)
{
	uint32_t number = ending_refusal(self, besides);

	if (!number)
		return false;
	self->counts.evicted++;
	place_refuse(self, number, NULL);
	place_unhold(self, number);
	place_sync(self, number, self->now_ns);
	return true;
}

static bool forget_untried_source(struct policy *self, const struct prefix *newcomer)
{
	const struct source_key key = addr_source(&newcomer->addr);
	uint32_t number = throng_leaving(self, THRONG_SOURCES, share_find(self, &key));

	if (number)
		place_forget(self, number);
	return number;
}

bool room_for_source(struct policy *self, const struct prefix *source, enum claim claim)
{
	bool made = forget_untried_source(self, source);

	/* Tried ones have three quarters of the room; beyond that they make room among themselves. */
	if (!made && (claim != CLAIM_NEWCOMER ||
		      self->place_shelves[SHELF_TRIED].count > self->settings.sources_max / 4 * 3))
		made = forget_oldest_source(self, SHELF_TRIED);
	made = made || forget_stale_source(self);
	if (!made && claim != CLAIM_NEWCOMER)
		made = forget_ending_refusal(self);
	self->counts.evicted += made;
	return made;
}

bool room_for_prefix(struct policy *self, enum claim claim)
{
	if (claim != CLAIM_OPERATOR || !self->place_shelves[SHELF_FOLDS].oldest)
		return false;
	place_forget(self, self->place_shelves[SHELF_FOLDS].oldest);
	self->counts.evicted++;
	return true;
}

static bool may_leave(const struct policy *self, const struct peer *peer)
{
	bool online = peer->online &&
		      moment_is_within(peer->past.seen_at, ONLINE_BELIEVED_S, self->now_ns);

	return !online && !peer->trusted && !ruling_is_live(&peer->ruling, self->now_ns);
}

static bool forget_oldest_peer(struct policy *self, enum shelf shelf)
{
	struct list *list = &self->peer_shelves[shelf];

	for (int i = 0; i < LOOKS && list->oldest; i++) {
		uint32_t number = list->oldest;

		if (may_leave(self, peer_at(self, number))) {
			peer_forget(self, number);
			return true;
		}
		list_remove(list, number);
		list_append(list, number);
	}
	return false;
}

/* Nobody in a throng was connected, trusted or refused when he was put there: that may have come since. */
static bool forget_untried_peer(struct policy *self, uint32_t share)
{
	for (int i = 0; i < LOOKS; i++) {
		uint32_t number = throng_leaving(self, THRONG_PEERS, share);

		if (!number)
			return false;
		if (may_leave(self, peer_at(self, number))) {
			peer_forget(self, number);
			return true;
		}
		peer_shelve(self, number);
	}
	return false;
}

bool room_for_peer(struct policy *self, uint32_t share)
{
	bool made = forget_untried_peer(self, share);

	if (!made && self->peer_shelves[SHELF_TRIED].count > self->settings.peers_max / 4 * 3)
		made = forget_oldest_peer(self, SHELF_TRIED);
	made = made || forget_oldest_peer(self, SHELF_KEPT) ||
	       forget_oldest_peer(self, SHELF_ONLINE);
	self->counts.evicted += made;
	return made;
}
