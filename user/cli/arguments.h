/* SPDX-License-Identifier: BSD-2-Clause */
/* arguments: what stands behind a verb, read by argp from the verb's own table of options. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <argp.h>

enum { ARGUMENTS_MAX = 4, OPTIONS_MAX = 128 };

/* Options that every verb takes; also before the verb. A verb's own keys are letters or, without a short form, 1 .. 31. */
enum { OPTION_SOCKET = 's', OPTION_JSON = 'j' };

struct arguments {
	const char *words[ARGUMENTS_MAX];
	unsigned int count;
	const char *options[OPTIONS_MAX]; /* by key: NULL not given; "" given without a value */
};

struct verb;

/*
 * Reads @argv (argv[0] is the verb). Too few or too many words, an unknown option: prints the usage and exits with
 * EXIT_USAGE, as argp does; --help prints and exits with EXIT_DONE. @ret may hold options already.
 */
int arguments_parse(struct arguments *ret, const struct verb *verb, int argc, char **argv);

/* What `help VERB` prints, on standard output. */
void arguments_help(const struct verb *verb);

#endif
