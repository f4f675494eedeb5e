/* SPDX-License-Identifier: BSD-2-Clause */
/* ladder: how long the next ban or backoff is: longer each time, forgotten in good time, never beyond law 3's ends. */
#ifndef LADDER_H
#define LADDER_H

#include "book.h"

/*
 * The step (0: the first) that an offence at @at_ns stands on. Bans: one up for an offence after the last one's end, one
 * down for each day without. Backoffs: one up for an incident an hour after the last that counted, all forgotten in a day.
 * Capacity: one up after the last one's end, forgotten half an hour later.
 */
unsigned int ladder_ban(struct ladder *self, uint64_t at_ns);
unsigned int ladder_backoff(struct ladder *self, uint32_t *raised_at, uint64_t at_ns);
unsigned int ladder_capacity(struct ladder *self, uint64_t at_ns);

/* @base_s times 2^(@doublings), at most @max_s. */
uint32_t ladder_grow(uint32_t base_s, unsigned int doublings, uint32_t max_s);

/* @seconds give or take a fifth, always the same for the same @prefix, @step and key; at most @max_s. */
uint32_t ladder_jitter(const struct hash_key *key, const struct prefix *prefix, unsigned int step,
		       uint32_t seconds, uint32_t max_s);

#endif
