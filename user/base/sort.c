/* SPDX-License-Identifier: BSD-2-Clause */
#include "sort.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct heap_sort {
	uint8_t *items;
	size_t count, size;
	bool (*is_before)(const void *a, const void *b);
};

static void *at(const struct heap_sort *self, size_t i)
{
	return self->items + i * self->size;
}

static void swap(const struct heap_sort *self, size_t a, size_t b)
{
	uint8_t moving[SORT_ITEM_MAX];

	memcpy(moving, at(self, a), self->size);
	memcpy(at(self, a), at(self, b), self->size);
	memcpy(at(self, b), moving, self->size);
}

/* The last one of all stands at the top. */
static void sink(const struct heap_sort *self, size_t i)
{
	for (size_t child = 2 * i + 1; child < self->count; child = 2 * i + 1) {
		if (child + 1 < self->count &&
		    self->is_before(at(self, child), at(self, child + 1)))
			child++;
		if (!self->is_before(at(self, i), at(self, child)))
			return;
		swap(self, i, child);
		i = child;
	}
}

void sort_items(void *items, size_t count, size_t size,
		bool (*is_before)(const void *a, const void *b))
{
	struct heap_sort sort = {items, count, size, is_before};

	assert(size <= SORT_ITEM_MAX);
	for (size_t i = count / 2; i-- > 0;)
		sink(&sort, i);
	while (sort.count > 1) {
		sort.count--;
		swap(&sort, 0, sort.count);
		sink(&sort, 0);
	}
}
