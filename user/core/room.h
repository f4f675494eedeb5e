/* SPDX-License-Identifier: BSD-2-Clause */
/* room: who makes room when a table is full (law 10): untried before tried, never a live ban, the trusted or the connected. */
#ifndef ROOM_H
#define ROOM_H

#include "places.h"

/* Each forgets one record; false when nobody may be pushed out for @claim. */
bool room_for_source(struct policy *self, enum claim claim);
bool room_for_prefix(struct policy *self, enum claim claim);
bool room_for_peer(struct policy *self);

#endif
