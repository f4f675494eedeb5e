/* SPDX-License-Identifier: BSD-2-Clause */
#include "links.h"

#include "seats.h"
#include "trust.h"

static struct source *source_of(const struct policy *self, const struct link *link)
{
	return source_at(self, place_at(self, link->place)->source);
}

/* Who is connected from where counts for the source and for its network. */
static void go_online(struct policy *self, struct link *link)
{
	if (link->online)
		return;
	link->online = true;
	source_of(self, link)->online++;
	network_join(self, &place_at(self, link->place)->prefix);
}

static void go_offline(struct policy *self, struct link *link, uint64_t at_ns)
{
	if (!link->online)
		return;
	link->online = false;
	source_of(self, link)->online--;
	network_leave(self, &place_at(self, link->place)->prefix, at_ns);
}

void link_drop(struct policy *self, uint32_t number)
{
	struct link *link = link_at(self, number);
	struct source *source;

	if (!link->place)
		return;
	dirty_set(&self->dirty_peers, (number - 1) / PEER_LINKS + 1);
	source = source_of(self, link);
	go_offline(self, link, self->now_ns);
	if (link->previous)
		link_at(self, link->previous)->next = link->next;
	else
		source->first_link = link->next;
	if (link->next)
		link_at(self, link->next)->previous = link->previous;
	source->peers--;
	*link = (struct link){0};
}

/* Later is more useful; being connected or tenured counts for more than any time. */
static uint64_t usefulness(const struct link *link)
{
	uint64_t bonus = (link->online ? 1 : 0) + (link->tenured_ns ? 1 : 0);

	return (link->seen_ns >> 2) + (bonus << 62);
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

static unsigned int slot_for(struct policy *self, uint32_t peer_number)
{
	const struct peer *peer = peer_at(self, peer_number);
	unsigned int best = 0;

	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		if (!peer->links[slot].place)
			return slot;
		if (usefulness(&peer->links[slot]) < usefulness(&peer->links[best]))
			best = slot;
	}
	return best;
}

static struct link *link_find(const struct policy *self, uint32_t peer_number, uint32_t place)
{
	struct peer *peer = peer_at(self, peer_number);

	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		if (peer->links[slot].place == place)
			return &peer->links[slot];
	}
	return NULL;
}

static void chain(struct policy *self, uint32_t number, struct source *source)
{
	struct link *link = link_at(self, number);

	link->next = source->first_link;
	if (link->next)
		link_at(self, link->next)->previous = number;
	source->first_link = number;
	source->peers++;
}

/* A trusted peer's trust goes with the link: it reaches no more sources than a peer has links (law 2). */
static void give_up(struct policy *self, const struct link *link, uint32_t number, uint64_t at_ns)
{
	uint32_t place = link->place;

	link_drop(self, number);
	if (place && link_peer(self, number)->trusted)
		trust_withdraw(self, place, at_ns);
}

struct link *link_obtain(struct policy *self, uint32_t peer, uint32_t place, uint64_t at_ns)
{
	struct link *link = link_find(self, peer, place);
	struct source *source = source_at(self, place_at(self, place)->source);
	unsigned int slot;

	if (!link) {
		if (source->peers >= SOURCE_PEERS)
			link_drop(self, least_useful_of_source(self, source));
		slot = slot_for(self, peer);
		link = &peer_at(self, peer)->links[slot];
		give_up(self, link, link_number(peer, slot), at_ns);
		*link = (struct link){.place = place};
		chain(self, link_number(peer, slot), source);
		seat_try(self, &place_at(self, place)->prefix);
	}
	if (at_ns > link->seen_ns)
		link->seen_ns = at_ns;
	return link;
}

uint32_t link_latest(const struct policy *self, uint32_t peer_number)
{
	const struct peer *peer = peer_at(self, peer_number);
	const struct link *best = NULL;
	uint32_t number = 0;

	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		const struct link *link = &peer->links[slot];

		if (!link->place)
			continue;
		if (!best || link->online > best->online ||
		    (link->online == best->online && link->seen_ns > best->seen_ns)) {
			best = link;
			number = link_number(peer_number, slot);
		}
	}
	return number;
}

void link_connect(struct policy *self, struct link *link, uint64_t at_ns)
{
	go_online(self, link);
	link->since_ns = at_ns;
	link->success_ns = 0;
}

void link_disconnect(struct policy *self, struct link *link, uint64_t at_ns)
{
	link_age(link, at_ns);
	go_offline(self, link, at_ns);
}

void link_age(struct link *self, uint64_t at_ns)
{
	if (self->online && self->success_ns && at_ns >= after_s(self->since_ns, TENURE_S))
		self->tenured_ns = at_ns;
}

bool link_is_tenured(const struct link *self, uint64_t now_ns)
{
	if (self->online && self->success_ns && now_ns >= after_s(self->since_ns, TENURE_S))
		return true;
	return is_within_s(self->tenured_ns, GOOD_FOR_S, now_ns);
}

bool source_has_tenured(const struct policy *self, const struct source *source, uint32_t besides,
			uint64_t now_ns)
{
	for (uint32_t at = source->first_link; at; at = link_at(self, at)->next) {
		if ((at - 1) / PEER_LINKS + 1 != besides &&
		    link_is_tenured(link_at(self, at), now_ns))
			return true;
	}
	return false;
}

bool source_has_good(const struct policy *self, const struct source *source, uint32_t besides)
{
	for (uint32_t at = source->first_link; at; at = link_at(self, at)->next) {
		const struct past *past = &link_peer(self, at)->past;

		if ((at - 1) / PEER_LINKS + 1 != besides && link_at(self, at)->online &&
		    link_at(self, at)->success_ns && past->success_ns > past->failure_ns)
			return true;
	}
	return false;
}

void link_move(struct policy *self, uint32_t number, struct link *link, uint64_t at_ns)
{
	struct peer *peer = peer_at(self, number);

	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		struct link *old = &peer->links[slot];

		if (old == link || old->online || !link_is_tenured(old, at_ns))
			continue;
		if (old->tenured_ns > link->tenured_ns)
			link->tenured_ns = old->tenured_ns;
		old->tenured_ns = 0;
	}
}
