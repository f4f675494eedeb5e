/* SPDX-License-Identifier: BSD-2-Clause */
/* choice: a member of a request that is one word of a few; another one is named, with the nearest. */
#ifndef CHOICE_H
#define CHOICE_H

#include <peergate/why.h>

enum { CHOICES_MAX = 40 };

struct choice {
	const char *word; /* NULL ends the table, of CHOICES_MAX at most */
	int value;
};

/* The value of @word among @choices. -EINVAL: @why names @field and the nearest word; @ret is untouched. */
int choice_pick(int *ret, const char *field, const char *word, const struct choice *choices,
		struct why *why);

/* The sentence of it, for tables of another form. Returns -EINVAL. */
int choice_wrong(const char *field, const char *word, const char *const *words, unsigned int count,
		 struct why *why);

#endif
