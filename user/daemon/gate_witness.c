/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_witness: what the kernel saw of sources, read: one, or all of them. */
#include <bpf/bpf.h>
#include <errno.h>

#include "gate_maps.h"

int gate_witness(const struct gate *self, const struct source_key *source, struct witness *ret)
{
	struct witness found;

	if (bpf_map_lookup_elem(self->maps[MAP_WITNESS], source, &found))
		return -errno;
	*ret = found;
	return 0;
}

struct taker {
	int (*take)(void *context, const struct source_key *source, const struct witness *witness);
	void *context;
};

static int take_batch(void *context, const struct batch *batch)
{
	const struct source_key *keys = (const struct source_key *)batch->keys;
	const struct witness *records = (const struct witness *)batch->values;
	const struct taker *taker = context;
	int result = 0;

	for (uint32_t i = 0; !result && i < batch->count; i++)
		result = taker->take(taker->context, &keys[i], &records[i]);
	return result;
}

int gate_witness_each(const struct gate *self,
		      int (*take)(void *context, const struct source_key *source,
				  const struct witness *witness),
		      void *context)
{
	struct taker taker = {take, context};

	return map_walk(self->maps[MAP_WITNESS], take_batch, &taker);
}

static bool sees_tcp(const struct gate *self)
{
	unsigned int on = 0;

	for (unsigned int i = 0; i < self->place_count; i++) {
		const struct gate_place *place = &self->places[i];

		if (place->cgroup.sockets && place->hooks[CGROUP_SOCK_OPS].fd < 0)
			return false;
		on += place->cgroup.sockets;
	}
	return on;
}

/* QUIC is witnessed by what leaves: a single interface where nobody sees that makes a hole. */
static bool sees_quic(const struct gate *self)
{
	unsigned int on = 0;

	for (unsigned int i = 0; i < self->link_count; i++) {
		const struct gate_link *link = &self->links[i];

		if (link->shown.rung == RUNG_AUTO)
			continue;
		if (link->egress.rung == RUNG_AUTO)
			return false;
		on++;
	}
	return on;
}

uint8_t gate_witnesses(const struct gate *self)
{
	return (uint8_t)(sees_tcp(self) << TRANSPORT_TCP | sees_quic(self) << TRANSPORT_QUIC);
}
