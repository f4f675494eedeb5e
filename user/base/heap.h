/* SPDX-License-Identifier: BSD-2-Clause */
/* heap: records of a pool by a moment (any number), the earliest first. A record knows its place, so any may leave in O(log n). */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct heap_slot {
	uint32_t when;
	uint32_t number;
};

struct heap {
	const struct pool *pool;
	struct heap_slot *slots; /* from 1 on */
	uint32_t count;
	size_t place; /* where in a record its uint32_t for the heap lies; 0 in it: not in the heap */
};

/* Room for as many records as @pool may hold. */
void heap_init(struct heap *self, struct arena *arena, const struct pool *pool, size_t place);

void heap_put(struct heap *self, uint32_t number,
	      uint32_t when); /* adds it, or moves it to @when */
/* The moment by which it stands there; 0: it is not in it. */
uint32_t heap_when(const struct heap *self, uint32_t number);
void heap_remove(struct heap *self, uint32_t number); /* nothing when it is not in it */

/* The earliest record's number and moment; 0 when the heap is empty. */
uint32_t heap_first(const struct heap *self, uint32_t *ret_when);

#endif
