/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust.h"

#include "links.h"
#include "places.h"

/* A trust's end is told anew when it has moved by so much, not for each answer. */
enum { RENEW_S = HOUR_S };

bool place_is_trusted(const struct policy *self, const struct place *place, uint64_t now_ns)
{
	const struct prefix prefix = place_prefix(self, place);
	uint32_t above;

	if (ruling_is_live(place_said(place), now_ns))
		return place_said(place)->standing == STANDING_TRUSTED;
	above = place_overruled_by(self, &prefix, now_ns);
	if (above)
		return place_said(place_at(self, above))->standing == STANDING_TRUSTED;
	return place->trust_until_at > moment_of(now_ns);
}

static void renew(struct policy *self, uint32_t number, uint32_t vouched_at)
{
	struct place *place = place_at(self, number);
	uint32_t until_at = moment_after(vouched_at, GOOD_FOR_S);

	if (until_at >= moment_after(place->trust_until_at, RENEW_S))
		place->trust_until_at = until_at;
}

void trust_renew(struct policy *self, uint32_t peer, uint32_t number, uint64_t at_ns)
{
	if (peer_at(self, peer)->trusted)
		renew(self, number, moment_of(at_ns));
}

void trust_peer(struct policy *self, uint32_t number, uint64_t at_ns)
{
	peer_at(self, number)->trusted = true;
	for (uint32_t at = peer_first_link(self, number); at; at = link_next_of_peer(self, at)) {
		const struct link *link = link_at(self, at);

		if (!moment_is_within(link->vouched_at, GOOD_FOR_S, at_ns))
			continue;
		renew(self, link->place, link->vouched_at);
		place_sync(self, link->place, self->now_ns);
	}
}

static void clear_past(struct past *past)
{
	past->ledger.penalty = 0;
	past->bans = past->backoffs = past->capacity = (struct ladder){0};
	past->raised_at = 0;
}

static bool has_other_trust(const struct policy *self, const struct source *source, uint64_t at_ns)
{
	for (uint32_t at = source->first_link; at; at = link_at(self, at)->next) {
		if (link_peer(self, at)->trusted &&
		    moment_is_within(link_at(self, at)->vouched_at, GOOD_FOR_S, at_ns))
			return true;
	}
	return false;
}

void trust_withdraw(struct policy *self, uint32_t number, uint64_t at_ns)
{
	struct place *place = place_at(self, number);

	if (!place->trust_until_at || has_other_trust(self, place_source(self, place), at_ns))
		return;
	place->trust_until_at = 0;
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
	for (uint32_t at = peer_first_link(self, number); at; at = link_next_of_peer(self, at))
		clear_place(self, link_at(self, at)->place, at_ns);
}
