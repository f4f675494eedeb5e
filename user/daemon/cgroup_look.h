/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cgroup_look: one look at the host: who listens on the gated ports, in which cgroups, and where the named cgroups are. It
 * takes as long as the host has sockets and cgroups, so it is made by a thread of its own, on copies: it touches nothing else.
 */
#ifndef CGROUP_LOOK_H
#define CGROUP_LOOK_H

#include "cgroup_choice.h"
#include "cgroup_name.h"
#include "config.h"

enum { LOOK_LISTENERS_MAX = 256, LOOK_NOTES_MAX = 16 };

struct cgroup_look {
	/* What to look for. */
	struct config config;
	const char *mountinfo; /* CGROUP_MOUNTS, but in tests */
	int sockets
		[1 +
		 CONFIG_NETNS_MAX]; /* of sock_diag: our own namespace, then each netns; -1: none */
	const struct cgroup_look
		*before;	     /* whose places are tried first; NULL: walk the hierarchy */
	struct cgroup_memory memory; /* by auto; goes in, and comes out wiser */
	struct cgroup_place
		named[CONFIG_CGROUPS_MAX]; /* where each named one is or was; likewise */
	/* What was found. */
	char mount[CGROUP_PATH_MAX]; /* "": no cgroup v2 here */
	struct cgroup_choice choice;
	struct cgroup_listener listeners[LOOK_LISTENERS_MAX];
	unsigned int listener_count, listeners_left_out;
	bool unclear;			  /* the next look has to walk, too */
	struct why notes[LOOK_NOTES_MAX]; /* what an operator should know, a sentence each */
	unsigned int note_count;
};

/* Which kind the configuration asks for; without a word it is auto. */
bool cgroup_look_is(const struct config *config, enum cgroup_kind kind);

void cgroup_look(struct cgroup_look *self);

#endif
