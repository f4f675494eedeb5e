/* SPDX-License-Identifier: BSD-2-Clause */
/* suggest: what somebody who typed a wrong word or address perhaps meant. */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <peergate/addr.h>
#include <peergate/why.h>

/*
 * The address or prefix nearest to @text, which prefix_parse() refused: written with a comma, spaces, leading zeros, a
 * number or a length that is too large. False when none is near.
 */
bool suggest_address(const char *text, char ret_meant[ADDR_TEXT_MAX]);

/* prefix_parse() for a verb: fills @why with the suggestion too. 0 or -EINVAL. */
int address_parse(struct prefix *ret, const char *text, struct why *why);

/* Sentences: "\"bad_scor\" is no reason: did you mean bad_score?", or all the words when none is near. Returns -EINVAL. */
int suggest_word(const char *kind, const char *typed, const char *(*word_of)(unsigned int),
		 unsigned int first, unsigned int count, struct why *why);

#endif
