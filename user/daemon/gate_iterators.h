/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_iterators: the links of gate_state.h's enum iterator. */
#ifndef GATE_ITERATORS_H
#define GATE_ITERATORS_H

#include "gate_state.h"

/* Makes those whose program is there, over this gate's maps; needs privileges. What cannot be had is noted with its program. */
void iterators_open(struct gate *self);
void iterators_close(struct gate *self);

#endif
