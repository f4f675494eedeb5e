/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api_peers: what an answer to GET /eth/v1/node/peers says (ethereum/beacon-APIs, apis/node/peers.yaml), and what of it is new.
 * Pure. An announced address may stand in last_seen_p2p_address: it is where the node thinks a peer is, never proof that it is there.
 */
#ifndef API_PEERS_H
#define API_PEERS_H

#include <jansson.h>
#include <peergate/addr.h>
#include <peergate/why.h>
#include <stdbool.h>
#include <stdint.h>

#include "hash.h"
#include "news.h"

enum api_state { API_DISCONNECTED, API_CONNECTING, API_CONNECTED, API_DISCONNECTING, API_STATES };

struct api_peer {
	const char *id; /* borrowed from the answer */
	bool has_addr;
	struct endpoint addr;
	enum api_state state;
	enum way way;
};

/* Beyond so many the rest of an answer is left alone, and counted: 16 bytes each are remembered. */
enum { API_PEERS_MAX = 131072 };

struct api_mark {
	uint64_t id, value;
};

struct api_peers {
	struct hash_key key;
	struct api_mark *marks; /* of the last answer, sorted by id; NULL: none yet */
	size_t count;
	uint64_t odd;	     /* entries that were no peers: no ID, no known state */
	uint64_t left_alone; /* beyond API_PEERS_MAX */
};

void api_peers_init(struct api_peers *ret, uint64_t seed);
void api_peers_release(struct api_peers *self);

/* What was counted in one answer. */
struct api_counts {
	uint32_t connected, inbound; /* inbound: of the connected */
};

/*
 * Goes through @answer and tells each peer that is new, or whose address, state or direction has changed since the last
 * one. -EPROTO: it is no such answer, and nothing has changed; -ENOMEM.
 */
int api_peers_take(struct api_peers *self, const json_t *answer,
		   void (*tell)(void *context, const struct api_peer *peer), void *context,
		   struct api_counts *ret, struct why *why);

#endif
