/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shares: law 10's fairness. The automatic refusals of one IPv4 /16 or IPv6 /32 take a small share of the table; many banned
 * /64 of one /56 become one shorter ban of it. And how many sources of a /56 are known, for the newcomers' question.
 */
#ifndef SHARES_H
#define SHARES_H

#include "book.h"

/* Counts the place's refusal in its network's share; at the cap the one nearest its end leaves. */
void share_enter(struct policy *self, uint32_t place, uint64_t now_ns);
void share_leave(struct policy *self, uint32_t place);

/* The source is known from now on, or (@known false) no more: tells policy_output.neighbours. IPv6 only. */
void neighbours_count(struct policy *self, const struct place *place, bool known);

/* Whether any source of the /56 around @prefix is known. An IPv4 address is its own neighbourhood: never. */
bool neighbours_known(const struct policy *self, const struct prefix *prefix);

/* Tells all of them, after a book has come back without a word. */
void neighbours_tell(struct policy *self);

/* The source is banned from now on, or no more; enough of them fold into their /56. */
void convict(struct policy *self, uint32_t place, bool convicted, uint64_t now_ns);

#endif
