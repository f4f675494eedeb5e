/* SPDX-License-Identifier: BSD-2-Clause */
/* table: finds a record of a pool by its key, in constant time. The key lies in the record; the hash is keyed. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "hash.h"
#include "pool.h"

/*
 * A head has the number of the first record of its row in 25 bits, and in the others which of seven marks those in the row have by
 * their hashes: most look-ups of what is not there end at the head, in one cache line, without a look at any record.
 */
enum { TABLE_NUMBER_BITS = 25, TABLE_MARKS = 7 };

struct table {
	const struct pool *pool;
	const struct hash_key *hash;
	uint32_t *heads;
	uint32_t mask;
	size_t link;	      /* where in a record its uint32_t for the table lies */
	size_t key, key_size; /* where in a record its key lies */
};

/* Room for as many records as @pool may hold, less than 2^25. @hash is borrowed. */
void table_init(struct table *self, struct arena *arena, const struct pool *pool,
		const struct hash_key *hash, size_t link, size_t key, size_t key_size);

/* The record's number; 0 when there is none. */
uint32_t table_find(const struct table *self, const void *key);

/*
 * For many look-ups at a time, which would else wait for memory one after the other: the hash of each key, then a fetch of
 * each head, then of each head's record, then the look-ups.
 */
uint64_t table_hash(const struct table *self, const void *key);
void table_fetch_head(const struct table *self, uint64_t hash);
uint32_t table_fetch_record(const struct table *self, uint64_t hash); /* its number, 0: none */
uint32_t table_find_hashed(const struct table *self, uint64_t hash, const void *key);

void table_add(struct table *self, uint32_t number);	/* its key must not be in it yet */
void table_remove(struct table *self, uint32_t number); /* must be in it */

#endif
