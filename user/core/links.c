/* SPDX-License-Identifier: BSD-2-Clause */
#include "links.h"

#include "places.h"
#include "seats.h"
#include "trust.h"

/* When all links are taken so many in a row are looked at, from where the last search ended: a cache line or two each. */
enum { LOOKS = 32 };

static struct source *source_of(const struct policy *self, const struct link *link)
{
	return place_source(self, place_at(self, link->place));
}

/* Who is connected from where counts for the source and for its network. */
static void go_online(struct policy *self, struct link *link)
{
	const struct prefix prefix = place_prefix(self, place_at(self, link->place));

	if (link->online)
		return;
	link->online = true;
	source_of(self, link)->online++;
	network_join(self, &prefix);
}

static void go_offline(struct policy *self, struct link *link, uint64_t at_ns)
{
	const struct prefix prefix = place_prefix(self, place_at(self, link->place));

	if (!link->online)
		return;
	link->online = false;
	source_of(self, link)->online--;
	network_leave(self, &prefix, at_ns);
}

static void unchain_from_source(struct policy *self, uint32_t number)
{
	struct link *link = link_at(self, number);
	struct source *source = source_of(self, link);
	uint32_t *at = &source->first_link;

	while (*at != number)
		at = &link_at(self, *at)->next;
	*at = link->next;
	source->peers--;
}

static void unchain_from_peer(struct policy *self, uint32_t number)
{
	struct link *link = link_at(self, number);
	uint32_t *at = &peer_at(self, link->peer)->first_link;

	while (*at != number)
		at = &link_at(self, *at)->next_of_peer;
	*at = link->next_of_peer;
}

void link_drop(struct policy *self, uint32_t number)
{
	dirty_set(&self->dirty_peers, link_at(self, number)->peer);
	go_offline(self, link_at(self, number), self->now_ns);
	unchain_from_source(self, number);
	unchain_from_peer(self, number);
	pool_give(&self->links, number);
}

/* Later is more useful; being connected or tenured counts for more than any time. */
static uint64_t usefulness(const struct link *link)
{
	uint64_t bonus = (link->online ? 1 : 0) + (link->tenured_at ? 1 : 0);

	return link->seen_at + (bonus << 32);
}

static uint32_t least_useful_of_source(const struct policy *self, const struct source *source)
{
	uint32_t worst = source->first_link;

	for (uint32_t at = worst; at; at = link_at(self, at)->next) {
		if (usefulness(link_at(self, at)) < usefulness(link_at(self, worst)))
			worst = at;
	}
	return worst;
}

static uint32_t least_useful_of_peer(const struct policy *self, uint32_t peer, unsigned int *count)
{
	uint32_t worst = peer_first_link(self, peer);

	*count = 0;
	for (uint32_t at = worst; at; at = link_next_of_peer(self, at)) {
		if (usefulness(link_at(self, at)) < usefulness(link_at(self, worst)))
			worst = at;
		++*count;
	}
	return worst;
}

/* Of a few in a row, all of them in use; never one that is connected, or by which somebody is trusted. 0: none of them. */
static uint32_t least_useful_of_some(struct policy *self)
{
	uint32_t worst = 0;

	for (int i = 0; i < LOOKS; i++) {
		const struct link *link;

		self->link_hand = self->link_hand % self->links.max + 1;
		link = link_at(self, self->link_hand);
		if (!link->peer || link->online || link_peer(self, self->link_hand)->trusted)
			continue;
		if (!worst || usefulness(link) < usefulness(link_at(self, worst)))
			worst = self->link_hand;
	}
	return worst;
}

struct link *link_find(const struct policy *self, uint32_t peer, uint32_t place)
{
	for (uint32_t at = peer_first_link(self, peer); at; at = link_next_of_peer(self, at)) {
		if (link_at(self, at)->place == place)
			return link_at(self, at);
	}
	return NULL;
}

/* A trusted peer's trust goes with the link: it reaches no more sources than a peer has links (law 2). */
static void give_up(struct policy *self, uint32_t number)
{
	uint32_t place = link_at(self, number)->place;
	bool is_trusted = link_peer(self, number)->trusted;

	link_drop(self, number);
	if (is_trusted)
		trust_withdraw(self, place, self->now_ns);
}

static uint32_t take(struct policy *self)
{
	uint32_t number = pool_take(&self->links), leaving;

	if (number)
		return number;
	leaving = least_useful_of_some(self);
	if (!leaving)
		return 0;
	link_drop(self, leaving);
	self->counts.links_evicted++;
	return pool_take(&self->links);
}

static struct link *make(struct policy *self, uint32_t peer, uint32_t place)
{
	const struct prefix prefix = place_prefix(self, place_at(self, place));
	struct source *source = place_source(self, place_at(self, place));
	unsigned int count;
	uint32_t worst, number;
	struct link *link;

	if (source->peers >= SOURCE_PEERS)
		link_drop(self, least_useful_of_source(self, source));
	worst = least_useful_of_peer(self, peer, &count);
	if (count >= PEER_LINKS)
		give_up(self, worst);
	number = take(self);
	if (!number)
		return NULL;
	link = link_at(self, number);
	link->peer = peer;
	link->place = place;
	link->next = source->first_link;
	source->first_link = number;
	source->peers++;
	link->next_of_peer = peer_at(self, peer)->first_link;
	peer_at(self, peer)->first_link = number;
	seat_try(self, &prefix);
	return link;
}

struct link *link_obtain_at(struct policy *self, uint32_t peer, uint32_t place, uint32_t seen_at)
{
	struct link *link = link_find(self, peer, place);

	if (!link)
		link = make(self, peer, place);
	if (link && seen_at > link->seen_at)
		link->seen_at = seen_at;
	return link;
}

struct link *link_obtain(struct policy *self, uint32_t peer, uint32_t place, uint64_t at_ns)
{
	return link_obtain_at(self, peer, place, moment_of(at_ns));
}

uint32_t link_latest(const struct policy *self, uint32_t peer_number)
{
	const struct link *best = NULL;
	uint32_t number = 0;

	for (uint32_t at = peer_first_link(self, peer_number); at;
	     at = link_next_of_peer(self, at)) {
		const struct link *link = link_at(self, at);

		if (!best || link->online > best->online ||
		    (link->online == best->online && link->seen_at > best->seen_at)) {
			best = link;
			number = at;
		}
	}
	return number;
}

void link_connect(struct policy *self, struct link *link, uint64_t at_ns)
{
	go_online(self, link);
	link->since_at = moment_of(at_ns);
	link->good = false;
}

void link_disconnect(struct policy *self, struct link *link, uint64_t at_ns)
{
	link_age(link, at_ns);
	go_offline(self, link, at_ns);
}

static bool has_served(const struct link *self, uint64_t now_ns)
{
	return self->online && self->good &&
	       moment_of(now_ns) >= moment_after(self->since_at, TENURE_S);
}

void link_age(struct link *self, uint64_t at_ns)
{
	if (has_served(self, at_ns))
		self->tenured_at = moment_of(at_ns);
}

bool link_is_tenured(const struct link *self, uint64_t now_ns)
{
	return has_served(self, now_ns) || moment_is_within(self->tenured_at, GOOD_FOR_S, now_ns);
}

bool source_has_tenured(const struct policy *self, const struct source *source, uint32_t besides,
			uint64_t now_ns)
{
	for (uint32_t at = source->first_link; at; at = link_at(self, at)->next) {
		if (link_at(self, at)->peer != besides &&
		    link_is_tenured(link_at(self, at), now_ns))
			return true;
	}
	return false;
}

bool source_has_good(const struct policy *self, const struct source *source, uint32_t besides)
{
	for (uint32_t at = source->first_link; at; at = link_at(self, at)->next) {
		const struct link *link = link_at(self, at);
		const struct peer *peer;

		if (link->peer == besides || !link->online || !link->good)
			continue;
		peer = peer_at(self, link->peer);
		if (peer->success_at > peer->failure_at)
			return true;
	}
	return false;
}

void link_move(struct policy *self, uint32_t number, struct link *link, uint64_t at_ns)
{
	uint32_t at = peer_first_link(self, number);

	for (; at; at = link_next_of_peer(self, at)) {
		struct link *old = link_at(self, at);

		if (old == link || old->online || !link_is_tenured(old, at_ns))
			continue;
		if (old->tenured_at > link->tenured_at)
			link->tenured_at = old->tenured_at;
		old->tenured_at = 0;
	}
}
