/* SPDX-License-Identifier: BSD-2-Clause */
/* prune: who of the connected is spared, and who goes first. docs/POLICY.md, "Prune", has the order and its sources. */
#ifndef PRUNE_H
#define PRUNE_H

#include "muster.h"

/* Writes .spared of each member. @target: how many the service wants. */
void prune_spare(const struct policy *self, struct muster *muster, uint32_t target,
		 uint64_t now_ns);

/* "its network", "its latency" … */
const char *spared_word(enum spared spared);

#endif
