/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_migrate: from what is pinned to what this build wants, with every packet judged by the one or the other. */
#ifndef GATE_MIGRATE_H
#define GATE_MIGRATE_H

#include "gate_state.h"

/*
 * Loads this build's gate over the @pinned maps (-1: none), carries over those of another shape or ABI, puts the programs behind
 * the adopted links, and leaves everything pinned below self->pins. On failure the pins are as they were.
 */
int gate_take_over(struct gate *self, const struct gate_settings *settings, int pinned[MAPS],
		   struct why *why);

#endif
