/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * merit: what good evidence brings: the peer's qualities, its network's votes, and the rewards of both peer and source. A
 * peer's reward is what its qualities are worth now. A source's, which the kernel holds, is the best that a peer of it has
 * shown, fading (reward_half_life_s): a start from there may be that peer's, and neighbours do not lower it (law 4). Both are
 * on one scale with the floor, which is made of peers' scores; penalties are the source's own.
 */
#ifndef MERIT_H
#define MERIT_H

#include "judge.h"

/* What others of @service (-1: as 0) are measured by now. */
struct yardstick merit_yardstick(const struct policy *self, int service);

/* What the peer's qualities are worth now. */
void merit_worth(const struct policy *self, const struct peer *peer, uint64_t now_ns,
		 struct worth *ret);

/* Of good evidence about a peer, at a source or nowhere. */
void merit_take(struct policy *self, const struct hearing *hearing);

#endif
