/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena: many arrays in one allocation. Carve all of them twice by the same function: the first time without memory,
 * to learn the size, then for good. Memory is zeroed, and touched only where it is used.
 *
 * Pages that nobody has touched cost nothing: the size is a promise of how much it can be at most.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena {
	uint8_t *memory; /* NULL: only counting */
	size_t used;
};

/* Room for @count items of @size bytes, aligned for any type; NULL while counting. */
void *arena_carve(struct arena *self, size_t count, size_t size);

/* Zeroed memory of @size bytes straight from the system, none of it resident yet; NULL: there is none. */
void *arena_map(size_t size);
void arena_unmap(void *memory, size_t size);

#endif
