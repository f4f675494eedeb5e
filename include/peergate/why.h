/* SPDX-License-Identifier: BSD-2-Clause */
/* why: one sentence for a person, handed to the caller beside a negative errno. */
#ifndef PEERGATE_WHY_H
#define PEERGATE_WHY_H

enum { WHY_MAX = 512 };

struct why {
	char sentence[WHY_MAX]; /* "" until filled; names the offending value and the remedy */
};

/* Fills @why (NULL: nobody asks) unless it already holds a sentence: the first cause is the one to tell. Returns @error. */
int why_fill(struct why *why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Replaces the sentence by one that leads to it: "FORMAT: old sentence". Returns @error. */
int why_lead(struct why *why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
