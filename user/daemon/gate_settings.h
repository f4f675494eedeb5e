/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_settings: the one value of `settings` with the lease in it, and the map of ports. */
#ifndef GATE_SETTINGS_H
#define GATE_SETTINGS_H

#include "gate_state.h"

/* Takes what the map holds, or starts it: observing, floors open, a fresh secret. */
int settings_start(struct gate *self, struct why *why);

/* Tells the programs how many prefixes and closings there are (0: they skip the look-up). */
int settings_count(struct gate *self);

#endif
