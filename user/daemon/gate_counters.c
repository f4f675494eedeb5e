/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_counters.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = COUNTERS * sizeof(struct tally) / sizeof(uint64_t) };

_Static_assert(sizeof(struct tally) % sizeof(uint64_t) == 0, "a tally is a row of numbers");

static void add(struct tally *sum, const struct tally *one)
{
	const uint64_t *from = (const uint64_t *)one;
	uint64_t *to = (uint64_t *)sum;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

int counters_sum(int map, struct tally ret[COUNTERS])
{
	int cpus = libbpf_num_possible_cpus(), error = 0;
	struct tally *values = cpus > 0 ? calloc((size_t)cpus, sizeof(*values)) : NULL;

	if (!values)
		return -ENOMEM;
	memset(ret, 0, COUNTERS * sizeof(*ret));
	for (uint32_t i = 0; !error && i < COUNTERS; i++) {
		if (bpf_map_lookup_elem(map, &i, values))
			error = -errno;
		for (int cpu = 0; !error && cpu < cpus; cpu++)
			add(&ret[i], &values[cpu]);
	}
	free(values);
	return error;
}

int counters_start(int map, const struct tally sums[COUNTERS])
{
	int cpus = libbpf_num_possible_cpus(), error = 0;
	struct tally *values = cpus > 0 ? calloc((size_t)cpus, sizeof(*values)) : NULL;

	if (!values)
		return -ENOMEM;
	for (uint32_t i = 0; !error && i < COUNTERS; i++) {
		values[0] = sums[i];
		if (bpf_map_update_elem(map, &i, values, BPF_ANY))
			error = -errno;
	}
	free(values);
	return error;
}

void counters_difference(const struct tally after[COUNTERS], const struct tally before[COUNTERS],
			 struct tally ret[COUNTERS])
{
	const uint64_t *a = (const uint64_t *)after, *b = (const uint64_t *)before;
	uint64_t *to = (uint64_t *)ret;

	for (size_t i = 0; i < NUMBERS; i++)
		to[i] = a[i] - b[i];
}

int gate_counters(struct gate *self, struct tally *ret)
{
	struct tally sums[COUNTERS];
	int error = counters_sum(self->maps[MAP_COUNTERS], sums);

	for (int i = 0; !error && i < COUNTERS; i++) {
		add(&sums[i], &self->late[i]);
		ret[i] = sums[i];
	}
	return error;
}
