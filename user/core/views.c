/* SPDX-License-Identifier: BSD-2-Clause */
/* views: the book a page at a time: peers first, then the places where no peer is known. */
#include "links.h"
#include "peers.h"
#include "places.h"

/* A cursor: how many records were walked; those of places begin here. */
#define PLACES_FROM (UINT64_C(1) << 32)

static void see_verdict(const struct policy *self, const struct place *place, uint64_t now_ns,
			struct peer_view *ret)
{
	struct decision held;
	uint32_t above;

	if (!place_wants(self, place, now_ns, &held) || held.until_ns <= now_ns) {
		above = place_overruled_by(self, &ret->source, now_ns);
		if (!above)
			return;
		place_wants(self, place_at(self, above), now_ns, &held);
	}
	ret->refused = held.standing != STANDING_TRUSTED;
	ret->reason = ret->refused ? held.reason : REASON_NONE;
	ret->until_ns = held.until_ns;
	if (held.standing == STANDING_TRUSTED || held.standing == STANDING_BANNED)
		ret->standing = held.standing;
}

static void see_past(const struct policy *self, const struct past *past, uint64_t now_ns,
		     struct peer_view *ret)
{
	ret->score = (int8_t)ledger_score(&past->ledger, &self->settings, now_ns);
	ret->standing = ledger_band(&past->ledger, &self->settings, now_ns);
	ret->last_seen_ns = moment_ns(past->seen_at);
}

static void see_peer(const struct policy *self, uint32_t number, uint64_t now_ns,
		     struct peer_view *ret)
{
	const struct peer *peer = peer_at(self, number);
	uint32_t link = link_latest(self, number);

	*ret = (struct peer_view){.peer = peer_id(self, peer),
				  .connected = peer->online,
				  .direction = peer->direction};
	see_past(self, &peer->past, now_ns, ret);
	if (link) {
		const struct place *place = place_at(self, link_at(self, link)->place);

		ret->has_addr = true;
		ret->source = place_prefix(self, place);
		see_verdict(self, place, now_ns, ret);
	}
	if (peer->trusted)
		ret->standing = STANDING_TRUSTED;
}

static void see_place(const struct policy *self, const struct place *place, uint64_t now_ns,
		      struct peer_view *ret)
{
	const struct source *source = place_source(self, place);

	*ret = (struct peer_view){
		.peer = "", .has_addr = true, .source = place_prefix(self, place)};
	if (source)
		see_past(self, &source->past, now_ns, ret);
	see_verdict(self, place, now_ns, ret);
}

static bool is_alone(const struct policy *self, const struct place *place)
{
	const struct source *source = place_source(self, place);

	return place->shelf && !(source && source->peers);
}

static size_t see_peers(const struct policy *self, uint64_t now_ns, uint64_t *at,
			struct peer_view *ret, size_t count)
{
	size_t seen = 0;

	for (; *at < self->peers.used && seen < count; ++*at) {
		if (peer_at(self, (uint32_t)*at + 1)->shelf)
			see_peer(self, (uint32_t)*at + 1, now_ns, &ret[seen++]);
	}
	return seen;
}

/* The cursor behind the last place is 0. */
static size_t see_places(const struct policy *self, uint64_t now_ns, uint64_t *at,
			 struct peer_view *ret, size_t count)
{
	size_t seen = 0;

	while (seen < count) {
		uint32_t number = place_next(self, (uint32_t)(*at - PLACES_FROM));

		if (!number) {
			*at = 0;
			break;
		}
		*at = PLACES_FROM + number;
		if (is_alone(self, place_at(self, number)))
			see_place(self, place_at(self, number), now_ns, &ret[seen++]);
	}
	return seen;
}

size_t policy_peers(const struct policy *self, uint64_t now_ns, uint64_t at, struct peer_view *ret,
		    size_t count, uint64_t *ret_next)
{
	size_t seen = 0;

	if (at < PLACES_FROM) {
		seen = see_peers(self, now_ns, &at, ret, count);
		if (at >= self->peers.used)
			at = PLACES_FROM;
	}
	if (at >= PLACES_FROM)
		seen += see_places(self, now_ns, &at, ret + seen, count - seen);
	*ret_next = at;
	return seen;
}
