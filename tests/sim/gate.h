/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate: peergate's kernel half as one node has it: the very headers of bpf/ that judge a start, with arrays where the kernel has
 * maps. Its limits are the configuration's defaults. It judges sources; prefixes wider than those come from folds of IPv6 only,
 * which no scenario brings about.
 */
#ifndef SIM_GATE_H
#define SIM_GATE_H

#include "policy.h"
#include "strategy.h"

struct gate;

struct gate *gate_new(struct world *world, uint32_t self);
void gate_free(struct gate *self);

/* Where the policy's decisions go: context is a gate. */
void gate_decide(void *context, const struct decision *decision);
void gate_floor(void *context, unsigned int service, int8_t floor);
void gate_neighbours(void *context, const struct source_key *prefix56, uint32_t sources);

void gate_contest(struct gate *self, bool contested); /* over half full: one connection a source */

/* A start from @addr: what the gate says, and for what reason. */
enum refusal gate_start(struct gate *self, const struct addr *addr, enum reason *ret_reason);
void gate_established(struct gate *self, const struct addr *addr); /* a newcomer's token is spent */

/* The witness: a connection came, went. Returns how many short ones came in a row, when that is new. */
void gate_opened(struct gate *self, const struct addr *addr);
uint32_t gate_ended(struct gate *self, const struct addr *addr);

enum refusal refusal_for(enum reason reason, bool is_ban);

#endif
