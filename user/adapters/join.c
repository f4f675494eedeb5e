/* SPDX-License-Identifier: BSD-2-Clause */
#include "join.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "hash.h"
#include "list.h"
#include "pool.h"
#include "table.h"

struct bond_record {
	char peer[NEWS_PEER_MAX]; /* padded with NULs: it is a key */
	struct addr addr;
	int64_t heard_ms, ended_ms; /* ended_ms 0: it lives */
	struct list_link heard;
	uint32_t next;
	uint16_t port;
	bool has_transport;
	enum transport transport;
	enum way way;
};

struct join {
	struct hash_key hash;
	struct pool pool;
	struct table peers;
	struct list heard; /* the one heard of longest ago first */
	void *memory;
};

static void carve(struct join *self, struct arena *arena, uint32_t peers_max)
{
	pool_init(&self->pool, arena, peers_max, sizeof(struct bond_record));
	table_init(&self->peers, arena, &self->pool, &self->hash,
		   offsetof(struct bond_record, next), offsetof(struct bond_record, peer),
		   NEWS_PEER_MAX);
	list_init(&self->heard, &self->pool, offsetof(struct bond_record, heard));
}

int join_new(struct join **ret, uint32_t peers_max, uint64_t seed)
{
	struct join *self = calloc(1, sizeof(*self));
	struct arena arena = {0};

	if (!self)
		return -ENOMEM;
	self->hash = hash_key_from(seed);
	carve(self, &arena, peers_max);
	self->memory = calloc(1, arena.used);
	if (!self->memory) {
		free(self);
		return -ENOMEM;
	}
	arena = (struct arena){.memory = self->memory};
	carve(self, &arena, peers_max);
	*ret = self;
	return 0;
}

void join_free(struct join *self)
{
	if (self)
		free(self->memory);
	free(self);
}

static uint32_t number_of(const struct join *self, const char *peer)
{
	char key[NEWS_PEER_MAX] = {0};

	strncpy(key, peer, sizeof(key) - 1);
	return table_find(&self->peers, key);
}

static struct bond_record *record_of(const struct join *self, const char *peer)
{
	uint32_t number = number_of(self, peer);

	return number ? pool_at(&self->pool, number) : NULL;
}

static void leave(struct join *self, uint32_t number)
{
	table_remove(&self->peers, number);
	list_remove(&self->heard, number);
	pool_give(&self->pool, number);
}

/* The record of @peer as the one heard of last, made when there is none. */
static struct bond_record *hear(struct join *self, const char *peer)
{
	uint32_t number = number_of(self, peer);
	struct bond_record *record;

	if (number) {
		list_remove(&self->heard, number);
		list_append(&self->heard, number);
		return pool_at(&self->pool, number);
	}
	if (self->pool.count == self->pool.max)
		leave(self, self->heard.oldest);
	number = pool_take(&self->pool);
	record = pool_at(&self->pool, number);
	strncpy(record->peer, peer, sizeof(record->peer) - 1);
	table_add(&self->peers, number);
	list_append(&self->heard, number);
	return record;
}

void join_holds(struct join *self, const char *peer, const struct endpoint *addr, enum way way,
		int64_t at_ms)
{
	struct bond_record *record = hear(self, peer);

	record->addr = addr->addr;
	record->port = addr->port;
	record->has_transport = addr->has_transport;
	record->transport = addr->transport;
	record->way = way;
	record->heard_ms = at_ms;
	record->ended_ms = 0;
}

void join_forget(struct join *self, const char *peer)
{
	uint32_t number = number_of(self, peer);

	if (number)
		leave(self, number);
}

void join_ends(struct join *self, const char *peer, int64_t at_ms)
{
	struct bond_record *record = record_of(self, peer);

	if (record && !record->ended_ms)
		record->ended_ms = at_ms;
}

int join_find(struct join *self, const char *peer, int64_t at_ms, struct endpoint *ret_addr,
	      enum way *ret_way)
{
	const struct bond_record *record = record_of(self, peer);

	if (!record || at_ms - record->heard_ms > JOIN_AGE_MAX_MS ||
	    (record->ended_ms && at_ms - record->ended_ms > JOIN_END_GRACE_MS))
		return -ENOENT;
	*ret_addr = (struct endpoint){.addr = record->addr,
				      .port = record->port,
				      .has_transport = record->has_transport,
				      .transport = record->transport};
	*ret_way = record->way;
	return 0;
}

uint32_t join_count(const struct join *self)
{
	return self->pool.count;
}
