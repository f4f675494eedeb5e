/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pairing: many small heaps over one pool (a pairing heap each), where arrays would waste room: a heap is one number, its
 * first record. Records come and go in O(log n) on average; one removal may cost as much as the heap holds.
 */
#ifndef PAIRING_H
#define PAIRING_H

#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct pairing_link {
	uint32_t child, next, back; /* back: the elder sibling, or the parent for a first child */
};

struct pairing {
	const struct pool *pool;
	size_t link; /* where in a record its struct pairing_link lies */
	size_t when; /* where in a record the moment (uint32_t) lies that orders it */
};

/* Each returns the heap's first record afterwards (0: empty); @root is the one before. */
uint32_t pairing_add(const struct pairing *self, uint32_t root, uint32_t number);
uint32_t pairing_remove(const struct pairing *self, uint32_t root, uint32_t number);

#endif
