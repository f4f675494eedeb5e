/* SPDX-License-Identifier: BSD-2-Clause */
/* options: the command line. Each key of the configuration is a flag; flags come after the file and replace its lists. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include <peergate/why.h>

#include "config.h"

enum { OPTIONS_MAX = 512 };

struct options {
	const char *file; /* --config; NULL: none */
	bool check, off;
	struct {
		const struct config_key *key;
		const char *value;
	} settings[OPTIONS_MAX];
	unsigned int count;
};

/* Reads the command line; for --help, --version and wrong usage the process ends here (0, 0, 2). Borrows @argv. */
void options_parse(struct options *ret, int argc, char **argv);

/* Defaults, then the file, then the flags. */
int options_config(const struct options *self, struct config *ret, struct why *why);

#endif
