/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sites: IPv6 /56, what one end site usually gets (RFC 6177). How many of its sources are known, for the newcomers' question;
 * how many are banned: enough of them become one shorter ban of the /56 (law 10). There is room for one site in 8 sources, and no more than the kernel has;
 * sources of further ones are neither neighbours nor folded.
 */
#ifndef SITES_H
#define SITES_H

#include "book.h"

enum { SOURCES_A_SITE = 8, SITES_LEAST = 64 };

uint32_t sites_max(const struct policy_settings *settings);

/* The source is known from now on, or (@known false) no more: tells policy_output.neighbours. IPv6 only; told twice: nothing. */
void neighbours_count(struct policy *self, struct place *place, bool known);

/* Tells all of them, after a book has come back without a word. */
void neighbours_tell(struct policy *self);

/* Whether any source of the /56 around @prefix is known. */
bool neighbours_known(const struct policy *self, const struct prefix *prefix);

/* The source is banned from now on, or no more; enough of them fold into their /56. */
void convict(struct policy *self, uint32_t place, bool convicted, uint64_t now_ns);

#endif
