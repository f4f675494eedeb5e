/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * account: how explain.c's accounts are made, a part a file: what was decided and by whom (account.c), the evidence and what it
 * comes to (account_evidence.c), what each door would do now (account_doors.c). A sentence each, under a hundred columns.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "book.h"

/* A sentence more; what is over ACCOUNT_WHYS is left out, the weightiest come first. */
void account_add(struct account *self, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Operator's words, trust and refusals at @place. */
void account_place(const struct policy *self, struct account *ret, const struct place *place,
		   uint64_t now_ns);

/* The peer's own refusal. */
void account_ruling(struct account *ret, const char *whose, const struct ruling *ruling,
		    const struct past *past, uint64_t now_ns);

/* Score and standing, and when that changes by itself; both are also written to @ret. */
void account_standing(const struct policy *self, struct account *ret, const struct past *past,
		      uint64_t now_ns);

/* Every piece of evidence that still counts, with class, age and weight. */
void account_evidence(const struct policy *self, struct account *ret, const struct past *past,
		      uint64_t now_ns);

/* What the gate does with a start from @prefix, and what a dial there would meet. */
void account_ingress(const struct policy *self, struct account *ret, const struct prefix *prefix,
		     uint64_t now_ns);

/* What dial and admit answer. @peer 0: an unknown one; @prefix NULL: from or to nobody knows where. */
void account_admit(const struct policy *self, struct account *ret, uint32_t peer,
		   const struct prefix *prefix, uint64_t now_ns);

/* Whether the peer is in the mesh, and what keeps it from being let go. */
void account_mesh(const struct policy *self, struct account *ret, uint32_t peer, uint64_t now_ns);

/* What holds for everybody now: an open breaker. The rest of policy_doubts() is for status. */
void account_weather(const struct policy *self, struct account *ret, uint64_t now_ns);

#endif
