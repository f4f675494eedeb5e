/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_sweep: has a program of bpf/census_maps.bpf.c look at every entry of a map, a slice at a time, without any privilege. */
#ifndef GATE_SWEEP_H
#define GATE_SWEEP_H

#include "gate_state.h"

/* One walk over a map: all zeroes before the first slice. */
struct sweep {
	uint32_t at; /* the kernel's place in a hash: a bucket */
	bool began;
};

/*
 * The next slice of @map's keys, to @variant's program: 1 while there are more, 0 at the end, or a negative errno. -ENOENT: this kernel
 * or build has no such program. @ret_count: entries read. What comes or goes meanwhile may be missed.
 */
int sweep_step(struct gate *self, struct sweep *sweep, enum map map, enum variant variant,
	       uint32_t *ret_count);

#endif
