/* SPDX-License-Identifier: BSD-2-Clause */
/* capacity: see policy_capacity(); here what the tick needs. */
#ifndef CAPACITY_H
#define CAPACITY_H

#include "book.h"

/* Opens the floors whose count is too old to be believed. */
void capacity_tick(struct policy *self);

#endif
