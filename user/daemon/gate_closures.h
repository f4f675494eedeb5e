/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_closures: sources whose live QUIC connections are being closed: the front door refuses what they send for a while, longer
 * than a connection lives in silence. The map keeps until when.
 */
#ifndef GATE_CLOSURES_H
#define GATE_CLOSURES_H

#include "gate_state.h"

/* Puts off an end that is earlier. 0, or a negative errno: -E2BIG when the map is full. */
int closures_put(struct gate *self, const struct source_key *source, uint64_t until_ns);

#endif
