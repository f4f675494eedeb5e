/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * turn: how long clients are served before the loop goes on to everything else: the lease, the kernel's events, other
 * clients. Who has more to ask waits for the next turn, behind the others.
 */
#ifndef TURN_H
#define TURN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct turn {
	uv_idle_t more;	   /* runs while somebody waits, so that the loop does not sleep */
	uint64_t began_ns; /* 0: nobody was served in it yet */
};

void turn_init(struct turn *self, uv_loop_t *loop);

/* A new one begins with the next value that is served. */
void turn_end(struct turn *self);

/* Whether its time is up; asked before each value. */
bool turn_is_over(struct turn *self);

/* Somebody has more: the loop comes round again at once. */
void turn_want(struct turn *self);

#endif
