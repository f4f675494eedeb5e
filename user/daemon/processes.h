/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * processes: follows the nodes' processes: looks at the host every few seconds, in a thread of the loop's pool, and hangs the
 * doors where the look says; at once when a cgroup that carries a door, or is to carry one, was removed or made anew.
 *
 * Once open it lies where it is. All calls are the loop's thread's.
 */
#ifndef PROCESSES_H
#define PROCESSES_H

#include <uv.h>

#include "cgroup_look.h"
#include "cgroup_watch.h"
#include "engine.h"

struct processes {
	struct engine *engine;	  /* borrowed */
	uv_loop_t *loop;	  /* borrowed */
	struct cgroup_look *last; /* what the doors hang by; NULL: not opened */
	struct cgroup_look *next; /* the one in progress, or room for it */
	uv_work_t work;
	struct cgroup_watch watch;
	bool looking, closing;
	bool stale;   /* what the look in progress was told is no longer so */
	bool stirred; /* something came or went while it looked */
	unsigned int ticks, looks;
};

/* Looks once, at once, so that the doors hang when it returns. -ENOMEM only: what is not found is noted. */
int processes_open(struct processes *self, uv_loop_t *loop, struct engine *engine, struct why *why);

/* Once a second. */
void processes_tick(struct processes *self);

/* The configuration is another one: looks anew, with nothing remembered. */
void processes_reload(struct processes *self);

/* May be called when it was never opened. A look in progress is waited for by the loop, before uv_run() ends. */
void processes_close(struct processes *self);

/* When the loop has ended. */
void processes_free(struct processes *self);

#endif
