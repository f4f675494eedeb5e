/* SPDX-License-Identifier: BSD-2-Clause */
/* server_doors: where the doors that hang on cgroups are hung: the sockets' at the root of the hierarchy, which sees all of them. */
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "server.h"

/* Where the hierarchy of version 2 is mounted; -ENOENT: nowhere. */
static int find_root(char *ret, size_t room)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *mount;
	int error = -ENOENT;

	while (mounts && error && (mount = getmntent(mounts))) {
		if (strcmp(mount->mnt_type, "cgroup2") || strlen(mount->mnt_dir) >= room)
			continue;
		snprintf(ret, room, "%s", mount->mnt_dir);
		error = 0;
	}
	if (mounts)
		endmntent(mounts);
	return error;
}

void server_hang_doors(struct server *self)
{
	struct gate_cgroup root = {.sockets = true};
	struct why why = {""};
	unsigned int count = !find_root(root.path, sizeof(root.path));

	if (gate_cgroups(self->engine.gate, &root, count, &why))
		log_warning("%s", why.sentence);
}
