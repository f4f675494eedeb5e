/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"

#include <sys/mman.h>

/* A cache line: records of 64 bytes never lie in two. */
enum { LINE = 64 };

void *arena_carve(struct arena *self, size_t count, size_t size)
{
	size_t start = self->used;

	self->used += (count * size + LINE - 1) & ~(size_t)(LINE - 1);
	return self->memory ? self->memory + start : NULL;
}

void *arena_map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void arena_unmap(void *memory, size_t size)
{
	if (memory)
		munmap(memory, size);
}
