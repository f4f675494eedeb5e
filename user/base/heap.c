/* SPDX-License-Identifier: BSD-2-Clause */
#include "heap.h"

/* Four children a node: half the levels of a binary heap, and siblings share a cache line. */
enum { WAYS = 4 };

static uint32_t *place_of(const struct heap *self, uint32_t number)
{
	return (uint32_t *)((uint8_t *)pool_at(self->pool, number) + self->place);
}

static uint32_t parent_of(uint32_t at)
{
	return (at - 2) / WAYS + 1;
}

static void set(struct heap *self, uint32_t at, struct heap_slot slot)
{
	self->slots[at] = slot;
	*place_of(self, slot.number) = at;
}

static uint32_t rise(struct heap *self, uint32_t at, struct heap_slot slot)
{
	for (; at > 1 && self->slots[parent_of(at)].when > slot.when; at = parent_of(at))
		set(self, at, self->slots[parent_of(at)]);
	return at;
}

static uint32_t earliest_child(const struct heap *self, uint32_t at)
{
	uint64_t first = ((uint64_t)at - 1) * WAYS + 2;
	uint32_t best = 0;

	for (uint64_t child = first; child < first + WAYS && child <= self->count; child++) {
		if (!best || self->slots[child].when < self->slots[best].when)
			best = (uint32_t)child;
	}
	return best;
}

static uint32_t sink(struct heap *self, uint32_t at, struct heap_slot slot)
{
	uint32_t child = earliest_child(self, at);

	for (; child && self->slots[child].when < slot.when; child = earliest_child(self, at)) {
		set(self, at, self->slots[child]);
		at = child;
	}
	return at;
}

static void settle(struct heap *self, uint32_t at, struct heap_slot slot)
{
	uint32_t higher = rise(self, at, slot);

	set(self, higher < at ? higher : sink(self, at, slot), slot);
}

void heap_init(struct heap *self, struct arena *arena, const struct pool *pool, size_t place)
{
	*self = (struct heap){
		.pool = pool,
		.slots = arena_carve(arena, (size_t)pool->max + 1, sizeof(*self->slots)),
		.place = place};
}

void heap_put(struct heap *self, uint32_t number, uint32_t when)
{
	uint32_t at = *place_of(self, number);

	settle(self, at ? at : ++self->count, (struct heap_slot){when, number});
}

void heap_remove(struct heap *self, uint32_t number)
{
	uint32_t at = *place_of(self, number);
	struct heap_slot last;

	if (!at)
		return;
	*place_of(self, number) = 0;
	last = self->slots[self->count--];
	if (last.number != number)
		settle(self, at, last);
}

uint32_t heap_when(const struct heap *self, uint32_t number)
{
	uint32_t at = *place_of(self, number);

	return at ? self->slots[at].when : 0;
}

uint32_t heap_first(const struct heap *self, uint32_t *ret_when)
{
	if (!self->count)
		return 0;
	*ret_when = self->slots[1].when;
	return self->slots[1].number;
}
