/* SPDX-License-Identifier: BSD-2-Clause */
#include "room.h"

#include "links.h"
#include "peers.h"

/* How many of those kept because they are connected are looked at: a node that died never said goodbye. */
enum { LOOKS = 16, ONLINE_BELIEVED_S = DAY_S };

static bool is_stale(const struct policy *self, const struct place *place)
{
	const struct source *source = place_source(self, place);

	return source && !ruling_is_live(&place->said, self->now_ns) &&
	       !ruling_is_live(&place->automatic, self->now_ns) &&
	       place->trust_until_ns <= self->now_ns &&
	       !is_within_s(source->past.seen_ns, ONLINE_BELIEVED_S, self->now_ns);
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

/* The automatic refusal nearest its end leaves; a place with an operator's word keeps that. */
static bool forget_ending_refusal(struct policy *self)
{
	uint64_t end_ns;
	uint32_t number = heap_first(&self->ends, &end_ns);
	struct place *place = number ? place_at(self, number) : NULL;
	const struct source *source;

	if (!place)
		return false;
	source = place_source(self, place);
	if (ruling_is_live(&place->said, self->now_ns) || (source && source->online))
		return false;
	place_forget(self, number);
	return true;
}

bool room_for_source(struct policy *self, enum claim claim)
{
	bool made = forget_oldest_source(self, SHELF_UNTRIED);

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
	bool online =
		peer->online && is_within_s(peer->past.seen_ns, ONLINE_BELIEVED_S, self->now_ns);

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

bool room_for_peer(struct policy *self)
{
	bool made = forget_oldest_peer(self, SHELF_UNTRIED);

	if (!made && self->peer_shelves[SHELF_TRIED].count > self->settings.peers_max / 4 * 3)
		made = forget_oldest_peer(self, SHELF_TRIED);
	made = made || forget_oldest_peer(self, SHELF_KEPT);
	self->counts.evicted += made;
	return made;
}
