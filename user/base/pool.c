/* SPDX-License-Identifier: BSD-2-Clause */
#include "pool.h"

#include <string.h>

void pool_init(struct pool *self, struct arena *arena, uint32_t max, size_t size)
{
	*self = (struct pool){.items = arena_carve(arena, max, size), .size = size, .max = max};
}

void pool_part(struct pool *self, const struct pool *whole, uint32_t first, uint32_t max)
{
	/* Without memory the arena is only being measured. */
	uint8_t *items = whole->items ? pool_at(whole, first) : NULL;

	*self = (struct pool){.items = items, .size = whole->size, .max = max};
}

uint32_t pool_take(struct pool *self)
{
	uint32_t number = self->spare;

	if (number) {
		memcpy(&self->spare, pool_at(self, number), sizeof(self->spare));
		memset(pool_at(self, number), 0, self->size);
	} else if (self->used < self->max) {
		number = ++self->used;
	} else {
		return 0;
	}
	self->count++;
	return number;
}

uint32_t pool_take_at(struct pool *self, uint32_t number)
{
	uint32_t first = self->used + 1;

	if (number < first || number > self->max)
		return 0;
	self->used = number;
	self->count += number - first + 1;
	/* So that the lowest is taken next. */
	for (uint32_t spare = number - 1; spare >= first; spare--)
		pool_give(self, spare);
	return number;
}

void pool_give(struct pool *self, uint32_t number)
{
	memset(pool_at(self, number), 0, self->size);
	memcpy(pool_at(self, number), &self->spare, sizeof(self->spare));
	self->spare = number;
	self->count--;
}
