/* SPDX-License-Identifier: BSD-2-Clause */
/* status_witness: the part of gate_status that tells how full the witness is and what the last census found. */
#ifndef STATUS_WITNESS_H
#define STATUS_WITNESS_H

#include <jansson.h>

#include "gate.h"

json_t *status_witness(const struct gate *gate);

/* null: there was none yet. */
json_t *status_census(const struct gate *gate);

/* Adds a sentence when connections found no room. */
void status_witness_warn(const struct gate *gate, json_t *warnings);

#endif
