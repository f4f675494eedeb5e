/* SPDX-License-Identifier: BSD-2-Clause */
/* list: records of a pool in a row, from the oldest to the newest. Each record has a struct list_link for it. */
#ifndef LIST_H
#define LIST_H

#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct list_link {
	uint32_t older, newer;
};

struct list {
	const struct pool *pool;
	size_t link; /* where in a record its struct list_link lies */
	uint32_t oldest, newest, count;
};

void list_init(struct list *self, const struct pool *pool, size_t link);
void list_append(struct list *self, uint32_t number);
void list_remove(struct list *self, uint32_t number); /* must be in it */

#endif
