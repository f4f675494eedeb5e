/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cgroup_choice: at which cgroups the doors hang. Pure: what was found goes in, what is wanted comes out.
 *
 * Named cgroups carry both doors. By auto, the root of the hierarchy carries the door that counts (it tells listeners by port
 * and namespace), and the cgroups of those who listen carry the dial door. The root never carries the dial door: it would judge
 * every process of the host; nor, by auto, does a login session or a container engine. No door hangs twice on one way up, or everything would be counted twice.
 */
#ifndef CGROUP_CHOICE_H
#define CGROUP_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup_mount.h"
#include "gate.h"

/* A folder of the hierarchy; "": not found. */
struct cgroup_place {
	char folder[CGROUP_PATH_MAX];
	uint64_t id; /* 0: it is not there now */
};

/* Who listens on a gated port. */
struct cgroup_listener {
	struct port_key port; /* as it is in its namespace */
	int namespace;	      /* NAMESPACE_OWN or an index into `netns` */
	uint8_t service;
	bool proxy; /* a published port of a container: whoever has it here is not the node */
	struct cgroup_place
		place; /* folder "": the cgroup was removed, or cannot be seen from here */
	bool inside,
		dials; /* whether the doors for sockets and for dials hang above it: chosen here */
};

/* The cgroups in which each service was last seen to listen: so that a node that starts anew is caught before it listens. */
struct cgroup_memory {
	struct {
		struct cgroup_place place;
		uint8_t services; /* bit n */
	} all[GATE_CGROUPS_MAX - 1];
	unsigned int count;
	bool full; /* somebody found no room */
};

struct cgroup_choice {
	struct gate_cgroup wanted[GATE_CGROUPS_MAX];
	unsigned int count;
};

void cgroup_memory_learn(struct cgroup_memory *self, const struct cgroup_listener *listeners,
			 unsigned int count);

/* By auto: @root is the ID of the hierarchy's root. */
void cgroup_choose_auto(struct cgroup_choice *ret, const char *mount, uint64_t root,
			const struct cgroup_memory *memory);

/* Named ones; those that were not found or are not there now are left out. */
void cgroup_choose_named(struct cgroup_choice *ret, const char *mount,
			 const struct cgroup_place *places, unsigned int count);

/* Says of each listener which doors hang above it. */
void cgroup_choice_cover(const struct cgroup_choice *self, const char *mount,
			 struct cgroup_listener *listeners, unsigned int count);

#endif
