/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * join: which connection a peer has, so that a line that names only the peer finds the address that another line named.
 * Only addresses of connections enter. Bounded: the peer that was heard of longest ago leaves first.
 */
#ifndef JOIN_H
#define JOIN_H

#include <peergate/addr.h>
#include <stdint.h>

#include "news.h"

/*
 * Reason and end of one connection are logged within 10 ms of each other, in either order: an end is remembered a little.
 * A connection of which nothing was heard for a day has most likely ended unseen.
 */
enum { JOIN_END_GRACE_MS = 1000, JOIN_AGE_MAX_MS = 24 * 3600 * 1000, JOIN_PEERS_MAX = 16384 };

struct join;

int join_new(struct join **ret, uint32_t peers_max, uint64_t seed); /* -ENOMEM */
void join_free(struct join *self);				    /* NULL is welcome */

/* @peer has a connection with the remote end @addr. */
void join_holds(struct join *self, const char *peer, const struct endpoint *addr, enum way way,
		int64_t at_ms);
/* @peer has a connection whose address is not known yet. */
void join_forget(struct join *self, const char *peer);
void join_ends(struct join *self, const char *peer, int64_t at_ms);

/* 0 and the connection of @peer; -ENOENT when none is known that may be meant by a line of @at_ms. */
int join_find(struct join *self, const char *peer, int64_t at_ms, struct endpoint *ret_addr,
	      enum way *ret_way);
uint32_t join_count(const struct join *self);

#endif
