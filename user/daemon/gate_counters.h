/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_counters: the programs' counts, summed over CPUs. */
#ifndef GATE_COUNTERS_H
#define GATE_COUNTERS_H

#include "gate_state.h"

int counters_sum(int map, struct tally ret[COUNTERS]);

/* Gives a map in which nobody counts yet the sums to start from. */
int counters_start(int map, const struct tally sums[COUNTERS]);

void counters_difference(const struct tally after[COUNTERS], const struct tally before[COUNTERS],
			 struct tally ret[COUNTERS]);

#endif
