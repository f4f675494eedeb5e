/* SPDX-License-Identifier: BSD-2-Clause */
#include "address_book.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "hash.h"
#include "list.h"
#include "pool.h"
#include "table.h"

/* Where a peer was: @began_ms when it was first said, @gone_ms when something else was said (0: not yet). */
struct place {
	struct addr addr;
	uint16_t port;
	bool has_transport;
	enum transport transport;
	int64_t began_ms, gone_ms;
};

struct book_record {
	char peer[NEWS_PEER_MAX];	  /* padded with NULs: it is a key */
	struct place places[BOOK_PLACES]; /* the newest first */
	unsigned int place_count;
	struct list_link heard;
	uint32_t next;
};

struct book_of_addresses {
	struct hash_key hash;
	struct pool pool;
	struct table peers;
	struct list heard;   /* the one heard of longest ago first */
	int64_t complete_ms; /* the last complete answer; 0: none yet */
	void *memory;
};

enum { LONG_AGO_MS = 1 };

static void carve(struct book_of_addresses *self, struct arena *arena, uint32_t peers_max)
{
	pool_init(&self->pool, arena, peers_max, sizeof(struct book_record));
	table_init(&self->peers, arena, &self->pool, &self->hash,
		   offsetof(struct book_record, next), offsetof(struct book_record, peer),
		   NEWS_PEER_MAX);
	list_init(&self->heard, &self->pool, offsetof(struct book_record, heard));
}

int book_new(struct book_of_addresses **ret, uint32_t peers_max, uint64_t seed)
{
	struct book_of_addresses *self = calloc(1, sizeof(*self));
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

void book_free(struct book_of_addresses *self)
{
	if (self)
		free(self->memory);
	free(self);
}

static uint32_t number_of(const struct book_of_addresses *self, const char *peer)
{
	char key[NEWS_PEER_MAX] = {0};

	strncpy(key, peer, sizeof(key) - 1);
	return table_find(&self->peers, key);
}

static const struct book_record *record_of(const struct book_of_addresses *self, const char *peer)
{
	uint32_t number = number_of(self, peer);

	return number ? pool_at(&self->pool, number) : NULL;
}

/* The record of @peer as the one heard of last, made when there is none. */
static struct book_record *hear(struct book_of_addresses *self, const char *peer)
{
	uint32_t number = number_of(self, peer);
	struct book_record *record;

	if (number) {
		list_remove(&self->heard, number);
		list_append(&self->heard, number);
		return pool_at(&self->pool, number);
	}
	if (self->pool.count == self->pool.max) {
		number = self->heard.oldest;
		table_remove(&self->peers, number);
		list_remove(&self->heard, number);
		pool_give(&self->pool, number);
	}
	number = pool_take(&self->pool);
	record = pool_at(&self->pool, number);
	strncpy(record->peer, peer, sizeof(record->peer) - 1);
	table_add(&self->peers, number);
	list_append(&self->heard, number);
	return record;
}

static bool is_at(const struct place *place, const struct endpoint *addr)
{
	return addr_equal(&place->addr, &addr->addr) && place->port == addr->port &&
	       place->has_transport == addr->has_transport &&
	       (!place->has_transport || place->transport == addr->transport);
}

static void move(struct book_record *record, const struct endpoint *addr, int64_t at_ms)
{
	if (record->place_count && !record->places[0].gone_ms)
		record->places[0].gone_ms = at_ms;
	memmove(record->places + 1, record->places, (BOOK_PLACES - 1) * sizeof(*record->places));
	record->places[0] = (struct place){.addr = addr->addr,
					   .port = addr->port,
					   .has_transport = addr->has_transport,
					   .transport = addr->transport,
					   .began_ms = at_ms};
	if (record->place_count < BOOK_PLACES)
		record->place_count++;
}

void book_says(struct book_of_addresses *self, const char *peer, const struct endpoint *addr,
	       enum way way, bool connected, int64_t at_ms)
{
	struct book_record *record;
	struct place *place;

	if (way != WAY_INBOUND || !addr || strlen(peer) >= NEWS_PEER_MAX)
		return;
	if (!self->complete_ms)
		at_ms = LONG_AGO_MS;
	record = hear(self, peer);
	place = &record->places[0];
	if (!record->place_count || !is_at(place, addr) || (place->gone_ms && connected))
		move(record, addr, at_ms);
	if (!connected && !place->gone_ms)
		place->gone_ms = at_ms;
}

void book_said_all(struct book_of_addresses *self, int64_t at_ms)
{
	self->complete_ms = at_ms;
}

bool book_is_fresh(const struct book_of_addresses *self, int64_t now_ms)
{
	return self->complete_ms && now_ms - self->complete_ms <= BOOK_FRESH_MS;
}

static bool is_near(int64_t changed_ms, int64_t at_ms)
{
	return changed_ms && changed_ms >= at_ms - BOOK_BEFORE_MS &&
	       changed_ms <= at_ms + BOOK_AFTER_MS;
}

/* Whether the peer was there then: the answer is from after that time, or the place is known to be of that time. */
static bool is_of(const struct book_of_addresses *self, const struct place *place, bool newest,
		  int64_t at_ms)
{
	return (newest && self->complete_ms >= at_ms + BOOK_LAG_MS) ||
	       is_near(place->began_ms, at_ms) || is_near(place->gone_ms, at_ms) ||
	       (place->began_ms <= at_ms && !place->gone_ms);
}

int book_find(const struct book_of_addresses *self, const char *peer, int64_t at_ms,
	      struct endpoint *ret_addr)
{
	const struct book_record *record = record_of(self, peer);

	for (unsigned int i = 0; record && i < record->place_count; i++) {
		const struct place *place = &record->places[i];

		if (!is_of(self, place, !i, at_ms))
			continue;
		*ret_addr = (struct endpoint){.addr = place->addr,
					      .port = place->port,
					      .has_transport = place->has_transport,
					      .transport = place->transport};
		return 0;
	}
	return -ENOENT;
}

bool book_disputes(const struct book_of_addresses *self, const char *peer,
		   const struct endpoint *addr)
{
	const struct book_record *record = record_of(self, peer);

	for (unsigned int i = 0; record && i < record->place_count; i++)
		if (addr_equal(&record->places[i].addr, &addr->addr))
			return false;
	return record;
}

bool book_bears_out(const struct book_of_addresses *self, const char *peer,
		    const struct endpoint *addr, bool live, int64_t at_ms)
{
	const struct book_record *record = record_of(self, peer);

	for (unsigned int i = 0; record && i < record->place_count; i++) {
		const struct place *place = &record->places[i];

		if (addr && !is_at(place, addr))
			continue;
		if (live ? !place->gone_ms && is_near(place->began_ms, at_ms)
			 : is_near(place->gone_ms, at_ms))
			return true;
	}
	return false;
}

uint32_t book_count(const struct book_of_addresses *self)
{
	return self->pool.count;
}
