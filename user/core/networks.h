/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * networks: those that we are or lately were connected to (IPv4 /16, IPv6 /32), one vote each, so that nobody outvotes us
 * from one place: how many are connected, which of them worked and which failed lately, what latency and head they show, how
 * many verified sources they have. A bounded table (networks_max): a network that nobody is connected to and that has no
 * verified source makes room first; when there is no such one, a new network has no vote and no cap.
 */
#ifndef NETWORKS_H
#define NETWORKS_H

#include "list.h"
#include "median.h"
#include "pool.h"
#include "table.h"

#include "policy.h"

/* The source's key with everything behind the /16 or /32 zeroed. */
struct network_key {
	uint8_t bytes[8];
};

/* What the network was last seen to show, for one service. */
struct vote {
	uint64_t head_slot;
	bool has_head, has_latency;
	uint8_t latency_bin;
};

enum network_shelf { NETWORK_NOWHERE, NETWORK_COUNTED, NETWORK_IDLE };

struct network {
	struct network_key key;
	uint32_t chain;
	struct list_link link;
	uint8_t shelf;
	bool gave_status;   /* since the start */
	bool was_wrong;	    /* its last handshake: another network's or fork's (law 12) */
	uint32_t connected; /* peers */
	uint32_t verified;  /* sources */
	uint32_t left_s;    /* when the last peer left */
	uint32_t success_s, failure_s; /* 0: never */
	uint32_t handshake_s;
	struct vote votes[SERVICES_MAX];
};

/* Of one service: what the connected networks show. Heads are counted from @base on; who is farther off stands at an end. */
struct medians {
	struct median latency, heads;
	uint64_t base;
};

struct networks {
	struct pool pool;
	struct table by_key;
	struct list counted; /* connected now, or within the last two minutes */
	struct list idle;    /* not, and without verified sources: the oldest makes room */
	uint32_t connected, verified, with_status;
	struct medians medians[SERVICES_MAX];
};

struct network_key network_key_of(const struct prefix *prefix);

/* What is known of the network of @prefix; NULL: nothing, or no room. */
struct network *network_find(const struct policy *self, const struct prefix *prefix);
struct network *network_obtain(struct policy *self, const struct prefix *prefix);

/* A peer of @prefix is connected now, or not any more. */
void network_join(struct policy *self, const struct prefix *prefix);
void network_leave(struct policy *self, const struct prefix *prefix, uint64_t at_ns);

/* A source there has given a status and two minutes of answers (false: no room, nothing noted); or is forgotten or convicted. */
bool network_verify(struct policy *self, const struct prefix *prefix);
void network_unverify(struct policy *self, const struct prefix *prefix);

/*
 * For the caps of rank and prune: of @prefix's network, connected peers and verified sources; and all verified sources.
 * Nobody is verified on a new node: then no network has a share, and no cap.
 */
struct network_share {
	uint32_t connected, verified, all_verified;
};

struct network_share network_share(const struct policy *self, const struct prefix *prefix);

/* What a network shows: its latest peer's word. @service -1: as 0. */
void network_tell_latency(struct policy *self, const struct prefix *prefix, int service,
			  uint32_t latency_us);
void network_tell_head(struct policy *self, const struct prefix *prefix, int service,
		       uint64_t head_slot);
void network_tell_status(struct policy *self,
			 const struct prefix *prefix); /* cold start ends at eight */

/* Medians over the connected networks; false: fewer than three have shown any. */
bool networks_latency(const struct policy *self, int service, uint32_t *ret_us);
bool networks_head(const struct policy *self, int service, uint64_t *ret_slot);

/* About each second: forgets who left two minutes ago, moves the heads' window. O(counted networks). */
void networks_tick(struct policy *self);

#endif
