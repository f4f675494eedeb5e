/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cgroup_name: how people name a group of processes, and which folder of the hierarchy that is. Pure: text in, answers out.
 *
 * A folder is told by its path below the hierarchy's root, as /proc/PID/cgroup writes it: "/system.slice/beacon.service"; the
 * root itself is "/".
 */
#ifndef CGROUP_NAME_H
#define CGROUP_NAME_H

#include <stdbool.h>

#include <peergate/why.h>

enum cgroup_kind {
	CGROUP_AUTO,	 /* "auto": of whoever listens on the gated ports */
	CGROUP_NONE,	 /* "none" */
	CGROUP_PATH,	 /* "/system.slice/beacon.service", or with the mount point before it */
	CGROUP_UNIT,	 /* "unit:beacon.service", "unit:beacon": of systemd */
	CGROUP_CONTAINER /* "container:ID": at least 12 hex digits of it */
};

enum { CONTAINER_DIGITS = 64, CONTAINER_DIGITS_MIN = 12 };

/* @ret_name points into @text, behind what tells the kind. -EINVAL: none of these. */
int cgroup_name_parse(const char *text, enum cgroup_kind *ret_kind, const char **ret_name,
		      struct why *why);

/* Whether the folder is systemd unit @name's, of the system or of a user; not that of a systemd inside a container. */
bool cgroup_is_unit(const char *folder, const char *name);

/*
 * The ID of the container whose folder this is, CONTAINER_DIGITS digits and no NUL behind them; NULL: it is none. As docker, podman,
 * containerd, CRI-O and nerdctl lay them out, by either of their drivers.
 */
const char *cgroup_container(const char *folder);

/* Whether @id, lower-case digits, begins that ID. */
bool cgroup_is_container(const char *folder, const char *id);

/*
 * Why the folder is not its programs' own, though one of them may listen: a login session with its shell, an engine that listens
 * for its containers; words for a sentence. NULL: nothing speaks against it.
 */
const char *cgroup_shared_with(const char *folder);

/* Whether @folder is @above or below it. */
bool cgroup_is_within(const char *folder, const char *above);

#endif
