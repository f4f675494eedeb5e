/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <assert.h>
#include <string.h>

static uint32_t *link_of(const struct table *self, uint32_t number)
{
	return (uint32_t *)((uint8_t *)pool_at(self->pool, number) + self->link);
}

static const uint8_t *key_of(const struct table *self, uint32_t number)
{
	return (const uint8_t *)pool_at(self->pool, number) + self->key;
}

static uint32_t *head_at(const struct table *self, uint64_t hash)
{
	return self->heads + (hash & self->mask);
}

static uint32_t first_of(uint32_t head)
{
	return head & ((UINT32_C(1) << TABLE_NUMBER_BITS) - 1);
}

/* By bits that do not choose the head. */
static uint32_t mark_of(uint64_t hash)
{
	return UINT32_C(1) << (TABLE_NUMBER_BITS + (hash >> 32) % TABLE_MARKS);
}

/* The first record that may be it; 0: it is not in the table. */
static uint32_t first_for(const struct table *self, uint64_t hash)
{
	uint32_t head = *head_at(self, hash);

	return head & mark_of(hash) ? first_of(head) : 0;
}

void table_init(struct table *self, struct arena *arena, const struct pool *pool,
		const struct hash_key *hash, size_t link, size_t key, size_t key_size)
{
	uint32_t heads = 16;

	assert(pool->max < UINT32_C(1) << TABLE_NUMBER_BITS);
	while (heads < pool->max && heads < UINT32_C(1) << 31)
		heads *= 2;
	*self = (struct table){.pool = pool,
			       .hash = hash,
			       .heads = arena_carve(arena, heads, sizeof(*self->heads)),
			       .mask = heads - 1,
			       .link = link,
			       .key = key,
			       .key_size = key_size};
}

uint64_t table_hash(const struct table *self, const void *key)
{
	return hash_bytes(self->hash, key, self->key_size);
}

void table_fetch_head(const struct table *self, uint64_t hash)
{
	__builtin_prefetch(head_at(self, hash));
}

uint32_t table_fetch_record(const struct table *self, uint64_t hash)
{
	uint32_t number = first_for(self, hash);

	if (number) {
		__builtin_prefetch(key_of(self, number));
		__builtin_prefetch(key_of(self, number) + self->key_size);
	}
	return number;
}

uint32_t table_find(const struct table *self, const void *key)
{
	return table_find_hashed(self, table_hash(self, key), key);
}

uint32_t table_find_hashed(const struct table *self, uint64_t hash, const void *key)
{
	uint32_t number = first_for(self, hash);

	while (number && memcmp(key_of(self, number), key, self->key_size) != 0)
		number = *link_of(self, number);
	return number;
}

void table_add(struct table *self, uint32_t number)
{
	uint64_t hash = table_hash(self, key_of(self, number));
	uint32_t *head = head_at(self, hash), marks = *head - first_of(*head);

	*link_of(self, number) = first_of(*head);
	*head = number | marks | mark_of(hash);
}

/* The marks of a row, made anew: rows are short. */
static uint32_t marks_from(const struct table *self, uint32_t first)
{
	uint32_t marks = 0;

	for (uint32_t at = first; at; at = *link_of(self, at))
		marks |= mark_of(table_hash(self, key_of(self, at)));
	return marks;
}

void table_remove(struct table *self, uint32_t number)
{
	uint32_t *head = head_at(self, table_hash(self, key_of(self, number)));
	uint32_t first = first_of(*head), *at = &first;

	while (*at != number)
		at = link_of(self, *at);
	*at = *link_of(self, number);
	*link_of(self, number) = 0;
	*head = first | marks_from(self, first);
}
