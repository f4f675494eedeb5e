/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ban: what follows from proof (laws 1, 3, 4, 12, 15). Addresses are dynamic, so a source is banned for an hour at most, the
 * peer for the whole of it: when that same peer shows up there again within its ban, the source's goes on to the same end.
 */
#ifndef BAN_H
#define BAN_H

#include "judge.h"

void on_proof(struct policy *self, struct hearing *hearing);
void on_fork(struct policy *self, struct hearing *hearing);

/* A report names the peer at the source: one banned from there before stays so. */
void ban_go_on(struct policy *self, const struct hearing *hearing);

/*
 * Law 4: where a good peer lives and bad ones were banned within a day, whoever else starts a connection has the source wait
 * ten seconds for the next: their number costs the good one nothing, and the node little.
 */
void ban_pace(struct policy *self, const struct hearing *hearing);

#endif
