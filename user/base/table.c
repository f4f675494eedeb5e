/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <string.h>

static uint32_t *link_of(const struct table *self, uint32_t number)
{
	return (uint32_t *)((uint8_t *)pool_at(self->pool, number) + self->link);
}

static const uint8_t *key_of(const struct table *self, uint32_t number)
{
	return (const uint8_t *)pool_at(self->pool, number) + self->key;
}

static uint32_t *head_of(const struct table *self, const void *key)
{
	return self->heads + (hash_bytes(self->hash, key, self->key_size) & self->mask);
}

void table_init(struct table *self, struct arena *arena, const struct pool *pool,
		const struct hash_key *hash, size_t link, size_t key, size_t key_size)
{
	uint32_t heads = 16;

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
	__builtin_prefetch(self->heads + (hash & self->mask));
}

uint32_t table_fetch_record(const struct table *self, uint64_t hash)
{
	uint32_t number = self->heads[hash & self->mask];

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
	uint32_t number = self->heads[hash & self->mask];

	while (number && memcmp(key_of(self, number), key, self->key_size) != 0)
		number = *link_of(self, number);
	return number;
}

void table_add(struct table *self, uint32_t number)
{
	uint32_t *head = head_of(self, key_of(self, number));

	*link_of(self, number) = *head;
	*head = number;
}

void table_remove(struct table *self, uint32_t number)
{
	uint32_t *at = head_of(self, key_of(self, number));

	while (*at != number)
		at = link_of(self, *at);
	*at = *link_of(self, number);
	*link_of(self, number) = 0;
}
