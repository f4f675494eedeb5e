/* SPDX-License-Identifier: BSD-2-Clause */
#include "recent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

static void carve(struct recent *self, struct arena *arena, size_t record_size, uint32_t peers_max)
{
	pool_init(&self->pool, arena, peers_max, record_size);
	table_init(&self->peers, arena, &self->pool, &self->hash,
		   offsetof(struct recent_peer, next), offsetof(struct recent_peer, id),
		   NEWS_PEER_MAX);
	list_init(&self->heard, &self->pool, offsetof(struct recent_peer, heard));
}

int recent_init(struct recent *self, size_t record_size, uint32_t peers_max, uint64_t seed)
{
	struct arena arena = {0};

	*self = (struct recent){.hash = hash_key_from(seed)};
	carve(self, &arena, record_size, peers_max);
	self->memory = calloc(1, arena.used);
	if (!self->memory)
		return -ENOMEM;
	arena = (struct arena){.memory = self->memory};
	carve(self, &arena, record_size, peers_max);
	return 0;
}

void recent_release(struct recent *self)
{
	free(self->memory);
	self->memory = NULL;
}

static uint32_t number_of(const struct recent *self, const char *peer)
{
	char key[NEWS_PEER_MAX] = {0};

	strncpy(key, peer, sizeof(key) - 1);
	return table_find(&self->peers, key);
}

void *recent_find(const struct recent *self, const char *peer)
{
	uint32_t number = number_of(self, peer);

	return number ? pool_at(&self->pool, number) : NULL;
}

static void leave(struct recent *self, uint32_t number)
{
	table_remove(&self->peers, number);
	list_remove(&self->heard, number);
	pool_give(&self->pool, number);
}

void *recent_hear(struct recent *self, const char *peer)
{
	uint32_t number = number_of(self, peer);
	struct recent_peer *record;

	if (number) {
		list_remove(&self->heard, number);
		list_append(&self->heard, number);
		return pool_at(&self->pool, number);
	}
	if (self->pool.count == self->pool.max)
		leave(self, self->heard.oldest);
	number = pool_take(&self->pool);
	record = pool_at(&self->pool, number);
	strncpy(record->id, peer, sizeof(record->id) - 1);
	table_add(&self->peers, number);
	list_append(&self->heard, number);
	return record;
}

void recent_forget(struct recent *self, const char *peer)
{
	uint32_t number = number_of(self, peer);

	if (number)
		leave(self, number);
}
