/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_sightings: the ring buffer of churn, opened and closed with the gate. */
#ifndef GATE_SIGHTINGS_H
#define GATE_SIGHTINGS_H

#include "gate_state.h"

int sightings_open(struct gate *self, struct why *why);
void sightings_close(struct gate *self);

#endif
