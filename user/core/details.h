/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * details: what only those have of whom there is evidence: what for, kind by kind; the last failed connection; followers'
 * allowances. A pool of its own, for one record in 40; when it is full the one longest unheard makes room, and its owner's
 * account says so. A score, a standing, a ladder never lie here; of a lost allowance the worst is believed (law 1).
 */
#ifndef DETAILS_H
#define DETAILS_H

#include "book.h"

enum { RECORDS_A_DETAIL = 40, DETAILS_LEAST = 256 };

/* One kind of evidence, counted. */
struct memo {
	uint32_t first_at, last_at;
	uint16_t count, points;
	uint8_t rule; /* of evidence.c, + 1; 0: empty */
	bool second_hand;
};

/* Law 1's allowance. */
struct allowance {
	uint32_t last_at;
	uint32_t reporter;
	uint16_t spent;
	bool used;
};

/* The last failed connection of a source: two are distinct by peer, by connection, by port or by time. */
struct failure {
	uint32_t at;
	uint32_t peer, connection;
	uint16_t port;
};

struct details {
	struct list_link link;
	uint32_t owner; /* whose; see details.c */
	uint32_t heard_at;
	uint32_t unseen_at; /* when a follower last told what the kernel had not seen, … */
	uint32_t unseen;    /* … and how often in a day */
	struct memo memos[MEMOS];
	struct failure failure;			/* a source's */
	struct allowance allowances[REPORTERS]; /* a source's */
};

_Static_assert(sizeof(struct details) == 168, "details have 168 bytes");

uint32_t details_max(const struct policy_settings *settings);

/* NULL: there are none. */
struct details *details_of(const struct policy *self, const struct past *past);

/* Found, or made for evidence that matters: never NULL. */
struct details *details_want(struct policy *self, struct past *past, uint64_t at_ns);

/* Found, or made where nobody loses what is younger than an hour; else NULL. */
struct details *details_spare(struct policy *self, struct past *past, uint64_t at_ns);

void details_drop(struct policy *self, struct past *past);

#endif
