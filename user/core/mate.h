/* SPDX-License-Identifier: BSD-2-Clause */
/* mate: a member of the muster as answers show it, and the words for it. */
#ifndef MATE_H
#define MATE_H

#include "book.h"
#include "muster.h"
#include "questions.h"

/* A sentence that grows; what does not fit is left out. */
struct phrase {
	char *at;
	size_t left;
};

void phrase_add(struct phrase *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "score 12, here for 3 h 12 min, latency 43 ms" */
void phrase_member(struct phrase *self, const struct member *member, uint64_t now_ns);

/* All but the why. */
void mate_fill(const struct policy *self, const struct member *member, uint64_t now_ns,
	       struct mate *ret);

#endif
