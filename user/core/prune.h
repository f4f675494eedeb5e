/* SPDX-License-Identifier: BSD-2-Clause */
/* prune: who of the connected is spared, and who goes first. docs/POLICY.md, "Prune", has the order and its sources. */
#ifndef PRUNE_H
#define PRUNE_H

#include "muster.h"

/* Writes .spared of each member. @target: how many the service wants. */
void prune_spare(const struct policy *self, struct muster *muster, uint32_t target,
		 uint64_t now_ns);

/* What one peer has to expect: what spares it, or as the how-manieth it would go; neither: it is not connected. */
struct prune_fate {
	enum spared spared;
	uint32_t turn;
};

struct prune_fate prune_fate(const struct policy *self, int service, uint32_t peer,
			     uint64_t now_ns);

/* "its network", "its latency" … */
const char *spared_word(enum spared spared);

#endif
