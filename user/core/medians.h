/* SPDX-License-Identifier: BSD-2-Clause */
/* medians: what the connected networks show, one vote each, for each service: latency and head. See networks.h. */
#ifndef MEDIANS_H
#define MEDIANS_H

#include "book.h"

/* Nobody of @network is connected any more: its votes are gone. */
void medians_drop(struct policy *self, struct network *network);

/* Moves each window of heads so that its median stands in the middle again. */
void medians_centre(struct policy *self);

#endif
