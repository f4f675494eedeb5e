/* SPDX-License-Identifier: BSD-2-Clause */
#include "events.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct events_taker {
	void (*take)(void *context, const struct event *event);
	void *context;
};

static int hand_out(void *context, void *data, size_t size)
{
	const struct events_taker *taker = context;

	if (taker->take && size >= sizeof(struct event))
		taker->take(taker->context, data);
	return 0;
}

int events_open(struct gate *self, struct why *why)
{
	self->taker = calloc(1, sizeof(*self->taker));
	if (!self->taker)
		return why_fill(why, -ENOMEM, "no memory for events");
	self->events = ring_buffer__new(self->maps[MAP_EVENTS], hand_out, self->taker, NULL);
	if (!self->events)
		return why_fill(why, -errno, "cannot map the ring buffer of events: %s",
				strerror(errno));
	return 0;
}

void events_close(struct gate *self)
{
	ring_buffer__free(self->events);
	free(self->taker);
	self->events = NULL;
	self->taker = NULL;
}

int gate_events_fd(const struct gate *self)
{
	return ring_buffer__epoll_fd(self->events);
}

int gate_events(struct gate *self, void (*take)(void *context, const struct event *event),
		void *context)
{
	*self->taker = (struct events_taker){take, context};
	return ring_buffer__consume(self->events);
}
