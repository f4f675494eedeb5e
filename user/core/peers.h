/* SPDX-License-Identifier: BSD-2-Clause */
/* peers: finds, makes and forgets peers. */
#ifndef PEERS_H
#define PEERS_H

#include "book.h"

uint32_t peer_find(const struct policy *self, const char *id);

/* Many at a time: @number of each is filled, 0 when nobody is known. @hash is of the ID, known or not. */
struct peer_look {
	const char *id;
	uint64_t hash;
	uint32_t number;
};

void peers_find(const struct policy *self, struct peer_look *looks, size_t count);

/* Found or made; 0: the table is full of peers that may not be pushed out. */
uint32_t peer_obtain(struct policy *self, const char *id);

/* The same, at that number when it is beyond all that were ever taken: for a book that comes back. */
uint32_t peer_obtain_at(struct policy *self, const char *id, uint32_t number);
void peer_forget(struct policy *self, uint32_t number);

/* After a change of what keeps a peer, and whenever it was heard of: the youngest of its shelf. */
void peer_shelve(struct policy *self, uint32_t number);

#endif
