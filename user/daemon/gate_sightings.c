/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_sightings: the ring buffer in which the kernel tells of sources whose connections all ended at once. */
#include "gate_sightings.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sightings {
	struct ring_buffer *ring;
	void (*take)(void *context, const struct sighting *sighting);
	void *context;
};

static int hand_out(void *context, void *data, size_t size)
{
	const struct sightings *sightings = context;

	if (sightings->take && size >= sizeof(struct sighting))
		sightings->take(sightings->context, data);
	return 0;
}

int sightings_open(struct gate *self, struct why *why)
{
	struct sightings *sightings = calloc(1, sizeof(*sightings));

	if (!sightings)
		return why_fill(why, -ENOMEM, "no memory for sightings");
	sightings->ring = ring_buffer__new(self->maps[MAP_SIGHTINGS], hand_out, sightings, NULL);
	if (!sightings->ring) {
		int error = -errno;

		free(sightings);
		return why_fill(why, error, "cannot map the ring buffer of sightings: %s",
				strerror(-error));
	}
	self->sightings = sightings;
	return 0;
}

void sightings_close(struct gate *self)
{
	if (!self->sightings)
		return;
	ring_buffer__free(self->sightings->ring);
	free(self->sightings);
	self->sightings = NULL;
}

int gate_sightings_fd(const struct gate *self)
{
	return ring_buffer__epoll_fd(self->sightings->ring);
}

int gate_sightings(struct gate *self, void (*take)(void *context, const struct sighting *sighting),
		   void *context)
{
	self->sightings->take = take;
	self->sightings->context = context;
	return ring_buffer__consume(self->sightings->ring);
}
