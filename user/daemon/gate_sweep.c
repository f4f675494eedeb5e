/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_sweep.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

/* Entries a slice: about a third of a millisecond. A bucket has to fit in. */
enum { SLICE = 512 };

/* Room for a slice of any of the three maps: the kernel gives the values with the keys, whether wanted or not. */
union slice_keys {
	struct source_key sources[SLICE];
	struct crowd_key crowds[SLICE];
	struct flow_key flows[SLICE];
};

union slice_values {
	struct witness witness[SLICE];
	struct crowd crowds[SLICE];
	struct flow flows[SLICE];
};

static size_t key_size(enum map map)
{
	return map == MAP_FLOWS	   ? sizeof(struct flow_key)
	       : map == MAP_CROWDS ? sizeof(struct crowd_key)
				   : sizeof(struct source_key);
}

/* Looking at a flow that is over would keep it in a map that forgets what nobody looks at. */
static uint32_t keep_flows(union slice_keys *keys, const union slice_values *values, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < count; i++)
		if (values->flows[i].opened_ns)
			keys->flows[kept++] = keys->flows[i];
	return kept;
}

/* @count of @keys, as many at a time as a packet holds. */
static int run(int program, const char *keys, size_t size, uint32_t count)
{
	char packet[CENSUS_KEYS_OFFSET + CENSUS_KEYS_MAX * sizeof(struct flow_key)] = {0};
	DECLARE_LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .repeat = 1);

	while (count) {
		uint32_t some = count < CENSUS_KEYS_MAX ? count : CENSUS_KEYS_MAX;

		memcpy(packet + CENSUS_KEYS_OFFSET, keys, some * size);
		options.data_size_in = (uint32_t)(CENSUS_KEYS_OFFSET + some * size);
		if (bpf_prog_test_run_opts(program, &options))
			return -errno;
		keys += some * size;
		count -= some;
	}
	return 0;
}

int sweep_step(struct gate *self, struct sweep *sweep, enum map map, enum variant variant,
	       uint32_t *ret_count)
{
	union slice_keys keys;
	union slice_values values;
	uint32_t count = SLICE;
	int program = self->programs[variant].fd, error;
	bool last;

	if (program < 0)
		return -ENOENT;
	last = bpf_map_lookup_batch(self->maps[map], sweep->began ? &sweep->at : NULL, &sweep->at,
				    &keys, &values, &count, NULL);
	if (last && errno != ENOENT)
		return -errno;
	sweep->began = true;
	*ret_count = count;
	if (map == MAP_FLOWS)
		count = keep_flows(&keys, &values, count);
	error = run(program, (const char *)&keys, key_size(map), count);
	return error ? error : !last;
}
