/* SPDX-License-Identifier: BSD-2-Clause */
/* clock: the world's milliseconds as boot time: a machine that has been up for a month, so that no moment is 0 or "never". */
#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H

#include "world.h"

static inline uint64_t clock_ns(const struct world *world)
{
	return (world->now_ms + UINT64_C(30) * 86400 * 1000) * 1000000;
}

#endif
