/* SPDX-License-Identifier: BSD-2-Clause */
/* memo: what was held against or for somebody, counted by kind, for the account that explain gives. */
#ifndef MEMO_H
#define MEMO_H

#include "judge.h"

/*
 * Kinds of which nothing was heard for a day, and beyond MEMOS the one longest unheard, make room. What speaks for somebody
 * pushes out nobody else's details.
 */
void memo_add(struct policy *self, struct past *past, const struct hearing *hearing,
	      unsigned int points);

#endif
