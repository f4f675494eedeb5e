/* SPDX-License-Identifier: BSD-2-Clause */
/* room: who makes room when a table is full (law 10): untried before tried, never a live ban, the trusted or the connected. */
#ifndef ROOM_H
#define ROOM_H

#include "places.h"

/* Each forgets one record; false when nobody may be pushed out for @claim. */
bool room_for_source(struct policy *self, const struct prefix *source, enum claim claim);
/* In the kernel: ends the automatic refusal nearest its end; what is known of its source stays. */
bool lift_ending(struct policy *self, uint32_t besides);
bool room_for_prefix(struct policy *self, enum claim claim);
bool room_for_peer(struct policy *self, uint32_t share); /* its network's; 0: it has none yet */

#endif
