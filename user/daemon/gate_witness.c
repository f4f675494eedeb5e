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
