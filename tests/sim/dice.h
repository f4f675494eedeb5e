/* SPDX-License-Identifier: BSD-2-Clause */
/* dice: the simulation's only randomness: SplitMix64 (Steele, Lea, Flood 2014), so that a seed gives the same run everywhere. */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

static inline uint64_t dice_word(struct dice *self)
{
	uint64_t z = self->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline uint32_t dice_below(struct dice *self, uint32_t count)
{
	return (uint32_t)((dice_word(self) >> 32) * count >> 32);
}

static inline double dice_unit(struct dice *self)
{
	return (double)(dice_word(self) >> 11) * 0x1p-53;
}

static inline bool dice_chance(struct dice *self, double chance)
{
	return dice_unit(self) < chance;
}

/* An exponential wait of @mean. */
static inline uint64_t dice_wait(struct dice *self, double mean)
{
	return (uint64_t)(-log(1 - dice_unit(self)) * mean) + 1;
}

static inline void dice_shuffle(struct dice *self, uint32_t *items, uint32_t count)
{
	for (uint32_t i = count; i > 1; i--) {
		uint32_t j = dice_below(self, i), item = items[i - 1];

		items[i - 1] = items[j];
		items[j] = item;
	}
}

#endif
