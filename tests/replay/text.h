/* SPDX-License-Identifier: BSD-2-Clause */
/* text: the words of a replay's line, its durations, its terms (NAME=VALUE, NAME<=VALUE), its turns {i}. Pure. */
#ifndef REPLAY_TEXT_H
#define REPLAY_TEXT_H

#include <peergate/why.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEXT_MAX = 1024, WORDS_MAX = 96, LOOPS_MAX = 2, TERM_NAME_MAX = 24 };

/* Words between blanks; "a text in quotes" is one word and keeps its blanks. A word that begins with # ends the line. */
struct words {
	unsigned int count;
	char *at[WORDS_MAX];
	char buffer[TEXT_MAX];
};

/* -EINVAL: too long, too many words, a quote without its end. */
int words_split(struct words *ret, const char *text, struct why *why);

/* The turns of the loops around a line: {i} is the outer one, {j} the inner one, {i:x} in hexadecimal, {i+9}, {i/8}, {i%8}. */
int text_expand(char ret[TEXT_MAX], const char *text, const unsigned int turns[LOOPS_MAX],
		struct why *why);

/* "12.5s", "10ms", "1h30m", "2d"; a bare number counts seconds. At most 100 days. */
int span_parse(uint64_t *ret_ns, const char *text, struct why *why);

enum compare { COMPARE_EQUAL, COMPARE_MOST, COMPARE_LEAST };

struct term {
	char name[TERM_NAME_MAX];
	enum compare compare;
	const char *value; /* in the word itself */
};

/* False: no term, a plain word. */
bool term_parse(struct term *ret, const char *word);
bool compare_holds(enum compare compare, int64_t value, int64_t bound);

/* A whole number with its sign; -EINVAL with @what and its range. */
int number_parse(int64_t *ret, const char *text, const char *what, int64_t least, int64_t most,
		 struct why *why);

#endif
