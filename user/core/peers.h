/* SPDX-License-Identifier: BSD-2-Clause */
/* peers: finds, makes and forgets peers. */
#ifndef PEERS_H
#define PEERS_H

#include "book.h"

/* IDs that do not fit in a peer's record: no client makes them (ed25519 and secp256k1 keys have 52 and 53 letters). */
enum { PEERS_A_LONG_ID = 64, LONG_IDS_LEAST = 64 };

struct long_id {
	char text[PEER_ID_MAX];
	uint32_t chain;
};

uint32_t long_ids_max(const struct policy_settings *settings);

/* Its text; lives as long as the peer's record. */
const char *peer_id(const struct policy *self, const struct peer *peer);

/* The walk along the connected peers, the one heard of last first; 0: no more. */
static inline uint32_t peer_first_online(const struct policy *self)
{
	return self->peer_shelves[SHELF_ONLINE].newest;
}

static inline uint32_t peer_next_online(const struct policy *self, uint32_t peer)
{
	return peer_at(self, peer)->link.older;
}

uint32_t peer_find(const struct policy *self, const char *id);

/* Many at a time: @number of each is filled, 0 when nobody is known. @hash is of the ID, known or not. */
struct peer_look {
	const char *id;
	uint64_t hash;
	uint32_t number;
	bool is_short;
	char key[ID_INLINE];
};

/* The three steps of it, for those who have other things to wait for meanwhile. */
void peer_look_begin(const struct policy *self, struct peer_look *look);
void peer_look_fetch(const struct policy *self, const struct peer_look *look);
void peer_look_end(const struct policy *self, struct peer_look *look);

void peers_find(const struct policy *self, struct peer_look *looks, size_t count);

/* Found or made, of the network of @source (NULL: nobody knows); 0: the table is full of peers that may not be pushed out. */
uint32_t peer_obtain(struct policy *self, const char *id, const struct source_key *source);

/* The same, at that number when it is beyond all that were ever taken: for a book that comes back. */
uint32_t peer_obtain_at(struct policy *self, const char *id, const struct source_key *source,
			uint32_t number);
void peer_forget(struct policy *self, uint32_t number);

/* After a change of what keeps a peer, and whenever it was heard of: the youngest of its shelf. */
void peer_shelve(struct policy *self, uint32_t number);

/* The same, but @moves false: it stays where it is on the shelf that it still belongs to. */
void peer_note(struct policy *self, uint32_t number, bool moves);

#endif
