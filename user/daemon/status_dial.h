/* SPDX-License-Identifier: BSD-2-Clause */
/* status_dial: the part of gate_status that tells what the node may not dial, and whether anything sees to it. */
#ifndef STATUS_DIAL_H
#define STATUS_DIAL_H

#include <jansson.h>

#include "gate.h"

/* {"ranges", "banned", "ports"}, as configured. */
json_t *status_dial(const struct settings *settings);

/* Adds a sentence when dials are to be refused and no hook is there that could. */
void status_dial_warn(const struct gate *gate, const struct settings *settings, json_t *warnings);

#endif
