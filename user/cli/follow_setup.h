/* SPDX-License-Identifier: BSD-2-Clause */
/* follow_setup: the commands that let a follower without privileges in on this machine, as a shell script. Printed, never run. */
#ifndef FOLLOW_SETUP_H
#define FOLLOW_SETUP_H

#include <stdio.h>

#include "discovery.h"

struct setup {
	const char *root; /* "" for this host; tests give a folder */
	const struct dialect *dialect;
	const struct discovery *node; /* NULL: none runs, or none may be seen */
	const char *group;	      /* of the daemon's socket */
	bool group_seen; /* false: the socket is not there, and the group is the usual one */
};

void follow_setup_print(const struct setup *self, FILE *out);

/* For the node that runs (as @pid, or the only one; 0). The exit status: several nodes, or none at @pid, are refused in a sentence. */
int follow_setup(const struct dialect *dialect, const char *socket, int pid);

#endif
