/* SPDX-License-Identifier: BSD-2-Clause */
/* capacity: see policy_capacity(); here what the tick needs. */
#ifndef CAPACITY_H
#define CAPACITY_H

#include "book.h"

/* Opens the floors whose count is too old to be believed. */
void capacity_tick(struct policy *self);

/* Over half full by a count still believed. @service -1: all of which anything is known. */
bool capacity_is_contested(const struct policy *self, int service, uint64_t now_ns);

/* The floor that holds now; FLOOR_OPEN: none. @service -1: the lowest of all. */
int capacity_floor(const struct policy *self, int service, uint64_t now_ns);

/* How many a service wants; 0: not told. @service -1: the most of all. */
uint32_t capacity_target(const struct policy *self, int service, uint64_t now_ns);

/* By how many it is over that, or over what may come in when @inbound have; 0: not, or not told. @service -1: the most of all. */
uint32_t capacity_surplus(const struct policy *self, int service, uint32_t inbound,
			  uint64_t now_ns);

#endif
