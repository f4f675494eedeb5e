/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dirty: the numbers of records that have changed since somebody last looked: a bit each, and a bit for each word of them, so
 * that marking costs two ORs and a walk costs what has changed, not what there is. A number that was forgotten, or given to
 * another record, is marked too: who walks sees what stands there now.
 */
#ifndef DIRTY_H
#define DIRTY_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct dirty {
	uint64_t *bits, *words; /* of numbers; of @bits that are not 0 */
	uint32_t max;
};

/* Of numbers 1 .. @max. */
void dirty_init(struct dirty *self, struct arena *arena, uint32_t max);

static inline void dirty_set(struct dirty *self, uint32_t number)
{
	uint32_t bit = number - 1;

	self->bits[bit / 64] |= UINT64_C(1) << bit % 64;
	self->words[bit / 64 / 64] |= UINT64_C(1) << bit / 64 % 64;
}

void dirty_clear(struct dirty *self, uint32_t number);
void dirty_clear_all(struct dirty *self);

/* The first one above @after (0: from the beginning); 0: no more. */
uint32_t dirty_next(const struct dirty *self, uint32_t after);

/* Takes up to @most numbers above @after out, in rising order: into @ret, how many returned. */
size_t dirty_take(struct dirty *self, uint32_t after, uint32_t *ret, size_t most);

#endif
