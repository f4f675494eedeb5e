/* SPDX-License-Identifier: BSD-2-Clause */
/* namespace_find: from "/run/netns/x", "pid:N" or "container:ID" to a network namespace, and whether it is still that one. */
#ifndef NAMESPACE_FIND_H
#define NAMESPACE_FIND_H

#include <stdbool.h>
#include <sys/types.h>

#include <peergate/why.h>

/* -EINVAL: @text is none of the three. */
int namespace_name_check(const char *text, struct why *why);

/* What tells that a namespace is still the one that was found: the file that names it, its process, its container's folder. */
struct namespace_watch {
	int dir; /* descriptor of the file's folder, or of the process; -1: nothing to watch */
	bool is_process; /* dir is a pidfd */
	char name[256];	 /* in that folder */
	ino_t inode;
};

/*
 * Opens the namespace, which needs CAP_SYS_PTRACE or root's view of the path, and begins to watch it. Returns its descriptor or
 * a negative errno with a sentence.
 */
int namespace_find(const char *text, struct namespace_watch *ret, struct why *why);

/* Needs no privilege. In doubt (the folder may not be read) it is the same. */
bool namespace_is_same(const struct namespace_watch *self);

void namespace_watch_close(struct namespace_watch *self);

#endif
