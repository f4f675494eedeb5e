/* SPDX-License-Identifier: BSD-2-Clause */
#include "turn.h"

enum { TURN_NS = 5 * 1000 * 1000 };

void turn_init(struct turn *self, uv_loop_t *loop)
{
	uv_idle_init(loop, &self->more);
	self->began_ns = 0;
}

void turn_end(struct turn *self)
{
	self->began_ns = 0;
}

bool turn_is_over(struct turn *self)
{
	uint64_t now_ns = uv_hrtime();

	if (!self->began_ns)
		self->began_ns = now_ns;
	return now_ns - self->began_ns > TURN_NS;
}

/* Once is enough: who still waits then wants it again. */
static void on_more(uv_idle_t *handle)
{
	uv_idle_stop(handle);
}

void turn_want(struct turn *self)
{
	uv_idle_start(&self->more, on_more);
}
