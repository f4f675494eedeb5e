/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * links: which peer was seen at which source, and how well: connected, successful, tenured. A few each way, in a pool of their
 * own: a peer's hang on peer->first_link by next_of_peer, a source's on source->first_link by next.
 */
#ifndef LINKS_H
#define LINKS_H

#include "book.h"

/* Five links for four peers: most are seen at one address, and that is where trust and tenure are. */
static inline uint32_t links_max(const struct policy_settings *settings)
{
	return settings->peers_max + settings->peers_max / 4;
}

/* The walk along a peer's links, the youngest first; 0: no more. */
static inline uint32_t peer_first_link(const struct policy *self, uint32_t peer)
{
	return peer_at(self, peer)->first_link;
}

static inline uint32_t link_next_of_peer(const struct policy *self, uint32_t link)
{
	return link_at(self, link)->next_of_peer;
}

/* NULL: the peer is not known there. */
struct link *link_find(const struct policy *self, uint32_t peer, uint32_t place);

/*
 * The link between the two, made when there was none: the peer's oldest or the source's least useful makes room, and when all
 * are taken the least useful of a few others. NULL: those are all connected.
 */
struct link *link_obtain(struct policy *self, uint32_t peer, uint32_t place, uint64_t at_ns);
struct link *link_obtain_at(struct policy *self, uint32_t peer, uint32_t place, uint32_t seen_at);
void link_drop(struct policy *self, uint32_t link);

/* The peer's link that is connected now, else the one seen last; 0: none. */
uint32_t link_latest(const struct policy *self, uint32_t peer);

void link_connect(struct policy *self, struct link *link, uint64_t at_ns);
void link_disconnect(struct policy *self, struct link *link, uint64_t at_ns);

/* Notes an hour of good behaviour once it is full. */
void link_age(struct link *self, uint64_t at_ns);

/* Law 14: a peer that has just authenticated at @link brings its tenure along, from wherever it is not connected any more. */
void link_move(struct policy *self, uint32_t peer, struct link *link, uint64_t at_ns);

/* Whether the peer behind @link was good for an hour here, within the last day (laws 4 and 16). */
bool link_is_tenured(const struct link *self, uint64_t now_ns);

/* Whether anybody at @source but @besides (a peer's number; 0: nobody) is tenured, or is connected and in good order. */
bool source_has_tenured(const struct policy *self, const struct source *source, uint32_t besides,
			uint64_t now_ns);
bool source_has_good(const struct policy *self, const struct source *source, uint32_t besides);

#endif
