/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* dial: the question of dial.h, asked and accounted for by whichever hook sees a dial. */
#ifndef DIAL_BPF_H
#define DIAL_BPF_H

#include "dial.h"

/* What a cgroup's hook returns. */
enum { DIAL_REFUSED = 0, DIAL_PASSES = 1 };

/*
 * @start: as dial.h says; @by: enum dialled_by. DIAL_REFUSED in mode enforce only. A function of its own, which the verifier
 * checks once for all hooks. A datagram that passes is not counted: there are many.
 */
int gate_dial(const struct start *start, __u32 by);

#endif
