/* SPDX-License-Identifier: BSD-2-Clause */
#include "dirty.h"

#include <string.h>

enum { BITS = 64 };

static uint32_t words_for(uint32_t bits)
{
	return (bits + BITS - 1) / BITS;
}

void dirty_init(struct dirty *self, struct arena *arena, uint32_t max)
{
	uint32_t words = words_for(max);

	*self = (struct dirty){.bits = arena_carve(arena, words, sizeof(*self->bits)),
			       .words = arena_carve(arena, words_for(words), sizeof(*self->words)),
			       .max = max};
}

void dirty_clear(struct dirty *self, uint32_t number)
{
	uint32_t bit = number - 1, word = bit / BITS;

	self->bits[word] &= ~(UINT64_C(1) << bit % BITS);
	if (!self->bits[word])
		self->words[word / BITS] &= ~(UINT64_C(1) << word % BITS);
}

void dirty_clear_all(struct dirty *self)
{
	for (uint32_t at = dirty_next(self, 0); at; at = dirty_next(self, at))
		dirty_clear(self, at);
}

/* The first bit that is set at @from or above, below @max; @max when there is none. */
static uint32_t find_bit(const uint64_t *bits, uint32_t from, uint32_t max)
{
	for (uint32_t word = from / BITS; word < words_for(max); word++) {
		uint64_t left = bits[word];

		if (word == from / BITS)
			left &= UINT64_MAX << from % BITS;
		if (left)
			return word * BITS + (uint32_t)__builtin_ctzll(left);
	}
	return max;
}

uint32_t dirty_next(const struct dirty *self, uint32_t after)
{
	uint32_t words = words_for(self->max), word = after / BITS, bit;

	if (after >= self->max)
		return 0;
	bit = find_bit(self->bits, after, (word + 1) * BITS);
	if (bit < (word + 1) * BITS)
		return bit + 1;
	word = find_bit(self->words, word + 1, words);
	return word < words ? find_bit(self->bits, word * BITS, (word + 1) * BITS) + 1 : 0;
}

size_t dirty_take(struct dirty *self, uint32_t after, uint32_t *ret, size_t most)
{
	size_t count = 0;

	for (uint32_t at = dirty_next(self, after); at && count < most; at = dirty_next(self, at)) {
		dirty_clear(self, at);
		ret[count++] = at;
	}
	return count;
}
