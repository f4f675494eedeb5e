/* SPDX-License-Identifier: BSD-2-Clause */
/* explain_judge: the sentences of an account about qualities, forks, and what we doubt of ourselves. */
#ifndef EXPLAIN_JUDGE_H
#define EXPLAIN_JUDGE_H

#include "book.h"

/* Each quality that is known, what it adds, and what it was measured by. */
void explain_qualities(const struct policy *self, const struct peer *peer, uint64_t now_ns,
		       struct account *ret);

/* Of a source that is banned for another network: both digests, and when that ends by itself. */
void explain_fork(const struct policy *self, const struct place *place, uint64_t now_ns,
		  struct account *ret);

/* Of a banned peer whose source waits for less: what happens when it comes back. */
void explain_return(const struct policy *self, const struct peer *peer, uint64_t now_ns,
		    struct account *ret);

/* That we have only just started, and what follows from that; nothing when it is over. */
void explain_cold(const struct policy *self, uint64_t now_ns, struct account *ret);

#endif
