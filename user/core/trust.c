/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust.h"

#include "places.h"

/* A trust's end is told anew when it has moved by so much, not for each answer. */
enum { RENEW_S = HOUR_S };

bool place_is_trusted(const struct policy *self, const struct place *place, uint64_t now_ns)
{
	uint32_t above;

	if (ruling_is_live(&place->said, now_ns))
		return place->said.standing == STANDING_TRUSTED;
	above = place_overruled_by(self, &place->prefix, now_ns);
	if (above)
		return place_at(self, above)->said.standing == STANDING_TRUSTED;
	return place->trust_until_ns > now_ns;
}

void trust_renew(struct policy *self, uint32_t peer, uint32_t number, uint64_t at_ns)
{
	struct place *place = place_at(self, number);
	uint64_t until_ns = after_s(at_ns, GOOD_FOR_S);

	if (peer_at(self, peer)->trusted && until_ns >= after_s(place->trust_until_ns, RENEW_S))
		place->trust_until_ns = until_ns;
}

void trust_peer(struct policy *self, uint32_t number, uint64_t at_ns)
{
	struct peer *peer = peer_at(self, number);

	peer->trusted = true;
	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		const struct link *link = &peer->links[slot];

		if (!link->place || !is_within_s(link->vouched_ns, GOOD_FOR_S, at_ns))
			continue;
		trust_renew(self, number, link->place, link->vouched_ns);
		place_sync(self, link->place, self->now_ns);
	}
}

static void clear_past(struct past *past)
{
	past->ledger.penalty = 0;
	past->bans = past->backoffs = past->capacity = (struct ladder){0};
}

static bool has_other_trust(const struct policy *self, const struct source *source, uint64_t at_ns)
{
	for (uint32_t at = source->first_link; at; at = link_at(self, at)->next) {
		if (link_peer(self, at)->trusted &&
		    is_within_s(link_at(self, at)->vouched_ns, GOOD_FOR_S, at_ns))
			return true;
	}
	return false;
}

void trust_withdraw(struct policy *self, uint32_t number, uint64_t at_ns)
{
	struct place *place = place_at(self, number);

	if (!place->trust_until_ns || has_other_trust(self, place_source(self, place), at_ns))
		return;
	place->trust_until_ns = 0;
	place_sync(self, number, self->now_ns);
}

static void clear_place(struct policy *self, uint32_t number, uint64_t at_ns)
{
	struct place *place = place_at(self, number);
	struct source *source = place_source(self, place);

	trust_withdraw(self, number, at_ns);
	clear_past(&source->past);
	source->run = 0;
	place_refuse(self, number, NULL);
	place_sync(self, number, self->now_ns);
}

void trust_clear(struct policy *self, uint32_t number, uint64_t at_ns)
{
	struct peer *peer = peer_at(self, number);

	peer->trusted = false;
	peer->ruling = (struct ruling){0};
	clear_past(&peer->past);
	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		if (peer->links[slot].place)
			clear_place(self, peer->links[slot].place, at_ns);
	}
}
