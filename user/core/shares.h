/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shares: law 10's fairness between networks: the automatic refusals of one IPv4 /16 or IPv6 /32 take a small share of the
 * table. There is room for one network in 16 sources, more than announce themselves to the world; further ones share one share.
 */
#ifndef SHARES_H
#define SHARES_H

#include "book.h"

enum { SOURCES_A_SHARE = 16, SHARES_LEAST = 1024 };

uint32_t shares_max(const struct policy_settings *settings);

static inline struct share *share_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->shares, number);
}

/* Of the network of @source; SHARE_REST when there is no room for one more. */
uint32_t share_obtain(struct policy *self, const struct source_key *source);
uint32_t share_find(const struct policy *self, const struct source_key *source); /* 0: none */

/* The one that the place is counted in. */
uint32_t share_of(const struct policy *self, const struct place *place);

/* Forgets it when nobody is counted in it any more. */
void share_tidy(struct policy *self, uint32_t share);

/* Counts the place's refusal in its network's share; at the cap the one nearest its end leaves. */
void share_enter(struct policy *self, uint32_t place, uint64_t now_ns);
void share_leave(struct policy *self, uint32_t place);

#endif
