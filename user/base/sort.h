/* SPDX-License-Identifier: BSD-2-Clause */
/* sort: a heap sort: in place, never slower than n log n, without the memory that qsort() may take. */
#ifndef SORT_H
#define SORT_H

#include <stdbool.h>
#include <stddef.h>

enum { SORT_ITEM_MAX = 64 };

/* @size up to SORT_ITEM_MAX. @is_before must be a total order: equal items come out in no order that anybody knows. */
void sort_items(void *items, size_t count, size_t size,
		bool (*is_before)(const void *a, const void *b));

#endif
