/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * script: a replay's text as a list of moments: when, how often, what. Pure; README.md describes the language.
 *
 *	[TIME] [each FROM..TO [every SPAN]]... ACTION
 *
 * TIME is counted from the script's beginning (12.5s), or from the line before (+10s); none: the same moment.
 */
#ifndef REPLAY_SCRIPT_H
#define REPLAY_SCRIPT_H

#include "text.h"

enum { LOOP_MAX = 100000 };

struct loop {
	unsigned int from, to;
	uint64_t every_ns;
};

struct step {
	unsigned int line; /* in the file, from 1 */
	bool has_time, is_relative;
	uint64_t time_ns;
	unsigned int loop_count;
	struct loop loops[LOOPS_MAX];
	char action[TEXT_MAX];
};

/* One line. 1: it has a step, in @ret; 0: blank or a comment; -EINVAL with a sentence that does not name the line. */
int step_parse(struct step *ret, const char *line, struct why *why);

#endif
