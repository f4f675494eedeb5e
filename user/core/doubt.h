/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doubt: when the fault may be our own though nothing fails at once. Cold start: until we have been up for five minutes or
 * eight networks have given a status, suspect evidence takes no points and the floor is open; connections that fail one after
 * the other are still failures in a row, so a stranger that keeps coming is backed off. Self-doubt (law 13): while we are
 * syncing, or behind the median of the connected networks, answers without use and others' heads weigh nothing.
 */
#ifndef DOUBT_H
#define DOUBT_H

#include "judge.h"

/* To be called whenever the time or a status is told: the start ends for good. */
void doubt_settle(struct policy *self);

bool policy_is_cold(const struct policy *self);

/* Whether the node that @service (-1: as 0) names judges others' heads worse than its own. */
bool node_doubts_itself(const struct policy *self, int service);

/* Whether suspect evidence of this kind takes points now. */
bool suspicion_weighs(const struct policy *self, const struct hearing *hearing);

#endif
