/* SPDX-License-Identifier: BSD-2-Clause */
/* links: which peer was seen at which source, and how well: connected, successful, tenured. A few each way. */
#ifndef LINKS_H
#define LINKS_H

#include "book.h"

static inline uint32_t link_number(uint32_t peer, unsigned int slot)
{
	return (peer - 1) * PEER_LINKS + slot + 1;
}

/* The link between the two, made when there was none: the peer's oldest or the source's least useful makes room. */
struct link *link_obtain(struct policy *self, uint32_t peer, uint32_t place, uint64_t at_ns);
void link_drop(struct policy *self, uint32_t link); /* a free one: nothing */

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
