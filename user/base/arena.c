/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <stdalign.h>

void *arena_carve(struct arena *self, size_t count, size_t size)
{
	size_t start = self->used;

	self->used += (count * size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	return self->memory ? self->memory + start : NULL;
}
