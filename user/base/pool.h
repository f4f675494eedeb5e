/* SPDX-License-Identifier: BSD-2-Clause */
/* pool: a fixed number of records of one size, named by numbers from 1 on (0: none), so that links are four bytes. */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct pool {
	uint8_t *items;
	size_t size;
	uint32_t max;
	uint32_t used;	/* numbers up to this one were taken at least once */
	uint32_t count; /* are taken now */
	uint32_t spare; /* first of those given back */
};

/* @size at least 4. */
void pool_init(struct pool *self, struct arena *arena, uint32_t max, size_t size);

/* A pool of its own out of @whole's records from number @first on: its number 1 is @first there. */
void pool_part(struct pool *self, const struct pool *whole, uint32_t first, uint32_t max);

/* The number of a zeroed record; 0 when all are taken. */
uint32_t pool_take(struct pool *self);
void pool_give(struct pool *self, uint32_t number);

/*
 * As pool_take(), but the record is to be @number, which no number taken so far may exceed: those between become free. 0: it
 * does, or the pool is too small.
 */
uint32_t pool_take_at(struct pool *self, uint32_t number);

static inline void *pool_at(const struct pool *self, uint32_t number)
{
	return self->items + (size_t)(number - 1) * self->size;
}

/* Has the beginning of a record fetched, for a look at it soon. */
static inline void pool_fetch(const struct pool *self, uint32_t number)
{
	const uint8_t *item = pool_at(self, number);
	size_t size = self->size < 256 ? self->size : 256;

	for (size_t at = 0; at < size; at += 64)
		__builtin_prefetch(item + at);
}

#endif
