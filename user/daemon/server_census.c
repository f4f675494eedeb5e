/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server_census: when a census is due, and its slices on the loop: one a millisecond, so that whatever else there is to do is
 * done between them.
 */
#include <errno.h>
#include <string.h>

#include "log.h"
#include "server.h"
#include "units.h"

enum { SLICE_MS = 1 };

static void on_slice(uv_timer_t *timer)
{
	struct server *self = timer->data;
	int more = gate_census_step(self->engine.gate);

	if (more > 0)
		return;
	uv_timer_stop(timer);
	if (more < 0)
		log_error("the census ended before its time: %s; the counts stay as they are until "
			  "the next one",
			  strerror(-more));
}

/* Somebody else may have begun one; then this period's is done. */
static void on_period(uv_timer_t *timer)
{
	struct server *self = timer->data;

	gate_census_begin(self->engine.gate);
}

void server_census_turn(struct server *self)
{
	if (gate_census_runs(self->engine.gate) &&
	    !uv_is_active((const uv_handle_t *)&self->census_slice))
		uv_timer_start(&self->census_slice, on_slice, SLICE_MS, SLICE_MS);
}

void server_census_period(struct server *self)
{
	uint64_t period_ms = self->engine.config.census_ns / (NS_PER_S / 1000);

	if (period_ms)
		uv_timer_start(&self->census_period, on_period, period_ms, period_ms);
	else
		uv_timer_stop(&self->census_period);
}

void server_census_start(struct server *self)
{
	uv_timer_init(&self->loop, &self->census_period);
	uv_timer_init(&self->loop, &self->census_slice);
	self->census_period.data = self->census_slice.data = self;
	gate_census_begin(self->engine.gate);
	server_census_period(self);
}
