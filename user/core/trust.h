/* SPDX-License-Identifier: BSD-2-Clause */
/* trust: law 2. A trusted peer's sources are trusted while it was authenticated there within a day; operators go first. */
#ifndef TRUST_H
#define TRUST_H

#include "book.h"

/* Whether an operator's word or a trusted peer trusts the place now. */
bool place_is_trusted(const struct policy *self, const struct place *place, uint64_t now_ns);

/* The node trusts the peer from now on: so are the sources where it was authenticated within a day. */
void trust_peer(struct policy *self, uint32_t peer, uint64_t at_ns);

/* The node takes its trust back, and whatever was held against the peer and its sources. */
void trust_clear(struct policy *self, uint32_t peer, uint64_t at_ns);

/* The peer has just authenticated at @place. The caller syncs it. */
void trust_renew(struct policy *self, uint32_t peer, uint32_t place, uint64_t at_ns);

/* The place has lost a trusted peer: trusted no more, unless another one was there within a day. */
void trust_withdraw(struct policy *self, uint32_t place, uint64_t at_ns);

#endif
