/* SPDX-License-Identifier: BSD-2-Clause */
#include "muster.h"

#include "book.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "seats.h"
#include "trust.h"

static bool is_of(const struct peer *peer, int service)
{
	return service < 0 || peer->service < 0 || peer->service == service;
}

static void see_place(const struct policy *self, uint32_t number, uint64_t now_ns,
		      struct member *ret)
{
	uint32_t link = link_latest(self, number);
	const struct place *place;
	struct prefix prefix;

	if (!link || !link_at(self, link)->online) {
		ret->seat = seat_nowhere();
		return;
	}
	ret->place = link_at(self, link)->place;
	ret->since_ns = moment_ns(link_at(self, link)->since_at);
	place = place_at(self, ret->place);
	prefix = place_prefix(self, place);
	ret->seat = seat_of(self, &prefix);
	ret->is_trusted = ret->is_trusted || place_is_trusted(self, place, now_ns);
}

static void see(const struct policy *self, uint32_t number, uint64_t now_ns, struct member *ret)
{
	const struct peer *peer = peer_at(self, number);
	bool is_banned = ruling_is_live(&peer->ruling, now_ns) &&
			 peer->ruling.standing == STANDING_BANNED && !peer->trusted;

	*ret = (struct member){
		.peer = number,
		.latency_us = peer->quality.latency_us,
		.tie = hash_bytes(&self->hash, peer->id, sizeof(peer->id)),
		.score = (int8_t)ledger_score(&peer->past.ledger, &self->settings, now_ns),
		.is_trusted = peer->trusted,
		.is_outbound = peer->direction == DIRECTION_OUTBOUND,
		.is_mesh = peer->established && !peer->leaving && !is_banned};
	see_place(self, number, now_ns, ret);
}

struct muster *muster_call(const struct policy *self, int service, uint64_t now_ns)
{
	struct muster *muster = self->muster;
	uint32_t looks = MUSTER_MAX;

	muster->count = muster->inbound = muster->outbound = 0;
	for (uint32_t at = peer_first_online(self); at && looks; looks--) {
		const struct peer *peer = peer_at(self, at);

		if (is_of(peer, service)) {
			see(self, at, now_ns, &muster->members[muster->count++]);
			muster->outbound += peer->direction == DIRECTION_OUTBOUND;
		}
		at = peer_next_online(self, at);
	}
	muster->inbound = muster->count - muster->outbound;
	return muster;
}
