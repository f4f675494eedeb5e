/* SPDX-License-Identifier: BSD-2-Clause */
/* cgroup_mount: where the hierarchy of cgroup v2 is mounted, as /proc/self/mountinfo tells. */
#ifndef CGROUP_MOUNT_H
#define CGROUP_MOUNT_H

#include <peergate/why.h>

enum { CGROUP_PATH_MAX = 256 };

/* The table of mounts of this process. */
#define CGROUP_MOUNTS "/proc/self/mountinfo"

/*
 * Reads a file like that. @ret_path: the mount point, CGROUP_PATH_MAX letters, one that shows the whole hierarchy rather than a
 * part. -EOPNOTSUPP: there is no cgroup v2 here, in @why with what that means.
 */
int cgroup_mount_find(const char *mountinfo, char *ret_path, struct why *why);

#endif
