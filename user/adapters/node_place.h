/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * node_place: where a running node lives: its user, its unit of systemd or its container, and how this process reaches the files
 * that the node names. @root as in node_process.h.
 */
#ifndef NODE_PLACE_H
#define NODE_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "node_process.h"

enum { UNIT_NAME_MAX = 256, CONTAINER_ID_MAX = 65, USER_NAME_MAX = 64 };

/* Whether something of the node is this process' own; only its own user, or root, may always know. */
enum kinship { KIN_SAME, KIN_OTHER, KIN_UNKNOWN };

struct node_place {
	int pid;
	unsigned int uid;
	char user[USER_NAME_MAX];      /* its name, or its number */
	char home[PATH_MAX];	       /* "": not known */
	char unit[UNIT_NAME_MAX];      /* "prysm.service"; "": none */
	bool is_users_unit;	       /* of its user's own manager, not the system's */
	char docker[CONTAINER_ID_MAX]; /* Docker's ID of its container; "": none of Docker's */
	bool in_container;	       /* Docker's or anybody's */
	enum kinship mounts, network;
};

void node_place_find(struct node_place *ret, const char *root, int pid);

/*
 * @path, as the node would open it, for this process: below the node's own root when it has another one, by its home or its working
 * folder. -ENOENT: nobody can tell; -ENAMETOOLONG.
 */
int node_place_path(const struct node_place *self, const char *root, const char *path,
		    char ret[PATH_MAX]);

/*
 * What the node's standard error (fd 2) or output (fd 1) is, for those who may know: a path in the node's eyes, "socket:[…]",
 * "pipe:[…]". -errno: nobody may, or there is none. The second follows it to the file's own state.
 */
int node_place_stream(const struct node_place *self, const char *root, int fd, char ret[PATH_MAX]);
int node_place_stream_stat(const struct node_place *self, const char *root, int fd,
			   struct stat *ret);

#endif
