/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cgroup_watch: hears at once when a folder comes or goes beside those that matter, by inotify on the folders above them. A
 * hint only: what it misses is seen by who looks from time to time.
 */
#ifndef CGROUP_WATCH_H
#define CGROUP_WATCH_H

#include <uv.h>

#include "cgroup_look.h"

enum { WATCH_MAX = GATE_CGROUPS_MAX };

struct cgroup_watch {
	struct {
		uv_fs_event_t handle;
		char path[CGROUP_PATH_MAX]; /* "": idle */
	} all[WATCH_MAX];
	void (*stirred)(void *context);
	void *context;
};

/* The handles end with the loop's other ones: uv_close() for each. */
void cgroup_watch_init(struct cgroup_watch *self, uv_loop_t *loop, void (*stirred)(void *context),
		       void *context);

/* Watches the folders above all that @look remembers or was told by name. */
void cgroup_watch_follow(struct cgroup_watch *self, const struct cgroup_look *look);

#endif
