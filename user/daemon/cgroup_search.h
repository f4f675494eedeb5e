/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cgroup_search: the part of a look that finds folders: of each listener by its cgroup's ID, and of each named cgroup. What is
 * where the look before saw it is not searched for.
 */
#ifndef CGROUP_SEARCH_H
#define CGROUP_SEARCH_H

#include "cgroup_look.h"

struct cgroup_search {
	struct cgroup_look *look;
	/* Of each named one: its folder, and another one that it may be as well. */
	struct cgroup_place first[CONFIG_CGROUPS_MAX], second[CONFIG_CGROUPS_MAX];
	uint64_t root; /* ID of the hierarchy's root */
};

/*
 * Fills in the folders of the look's listeners, and the rest of @self, of which only the look is given. @ret_left_out: folders
 * whose path is too long. A negative errno when the hierarchy cannot be read.
 */
int cgroup_search(struct cgroup_search *self, unsigned int *ret_left_out);

/* The path without the mount point before it; "/" is the root. */
const char *cgroup_below(const char *path, const char *mount);

#endif
