/* SPDX-License-Identifier: BSD-2-Clause */
/* events: the ring buffer of sampled judgements. */
#ifndef EVENTS_H
#define EVENTS_H

#include "gate_state.h"

int events_open(struct gate *self, struct why *why);
void events_close(struct gate *self);

#endif
