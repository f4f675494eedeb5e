/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * median: the median of many small numbers that come and go. A count for each of them, and a finger on the median that walks
 * to the next one: a step or two for each change, never more than there are bins.
 */
#ifndef MEDIAN_H
#define MEDIAN_H

#include <stdint.h>

enum { MEDIAN_BINS = 512 };

struct median {
	uint32_t counts[MEDIAN_BINS];
	uint32_t total, below; /* @below: those under the median's bin */
	uint32_t at;	       /* the median's bin; the lower one of two */
};

/* @bin 0 .. MEDIAN_BINS - 1. */
void median_add(struct median *self, uint32_t bin);
void median_remove(struct median *self, uint32_t bin); /* must have been added */

/*
 * A number as a bin of its logarithm and back: four bins for each doubling, 128 in all, so that a median is right to a tenth.
 * @value 1 .. UINT32_MAX; back comes the middle of its bin.
 */
uint32_t median_bin_of(uint32_t value);
uint32_t median_value_of(uint32_t bin);

#endif
