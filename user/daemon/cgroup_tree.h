/* SPDX-License-Identifier: BSD-2-Clause */
/* cgroup_tree: walks the folders of a cgroup hierarchy. A folder's ID is its inode, which sockets carry, too. */
#ifndef CGROUP_TREE_H
#define CGROUP_TREE_H

#include <stdint.h>
#include <sys/types.h>

#include "cgroup_mount.h"

/*
 * Calls @visit for the root and each folder below it; the hierarchy may change meanwhile. Stops when it returns non-zero, and
 * returns that. Folders whose path below @mount does not fit CGROUP_PATH_MAX with it are left out, with all below them;
 * @ret_left_out (may be NULL) counts them. A negative errno when @mount itself cannot be read.
 */
int cgroup_tree_walk(const char *mount,
		     int (*visit)(void *context, const char *folder, uint64_t id), void *context,
		     unsigned int *ret_left_out);

/* The folder's ID now; 0: there is no such folder. */
uint64_t cgroup_tree_id(const char *mount, const char *folder);

/* Some process that runs in the folder or below it; 0: none. */
pid_t cgroup_tree_process(const char *mount, const char *folder);

#endif
