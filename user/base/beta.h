/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * beta: draws from a Beta distribution, in whole numbers, so that the same seed draws the same on every machine. For Thompson
 * sampling: who did well is usually drawn high, who is hardly known is sometimes.
 */
#ifndef BETA_H
#define BETA_H

#include <stdint.h>

/* One in the fixed point of parameters, and of what is drawn. */
enum { BETA_ONE = 1 << 16, BETA_DRAWN_ONE = 1 << 30 };

/* A row of numbers that a seed names: splitmix64 (Steele, Lea, Flood 2014). */
struct dice {
	uint64_t state;
};

uint64_t dice_next(struct dice *self);

/*
 * Beta(@a, @b), both in 1/BETA_ONE, 1 .. 2^28: two Gammas by Marsaglia and Tsang, "A simple method for generating gamma
 * variables" (2000), in logarithms, since Beta(.02, …) needs numbers far below 2^-64. 0 .. BETA_DRAWN_ONE.
 */
uint32_t beta_draw(struct dice *dice, uint32_t a, uint32_t b);

#endif
