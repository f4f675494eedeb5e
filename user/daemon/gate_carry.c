/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_carry: copies what a pinned map of another shape holds into a new one. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gate_convert.h"
#include "gate_maps.h"

struct carry {
	int to;
	struct shape old, new;
	char *keys, *values; /* MAP_BATCH of the new shape */
	bool by_name;
};

static int carry_step(void *context, const struct batch *batch)
{
	struct carry *self = context;
	DECLARE_LIBBPF_OPTS(bpf_map_batch_opts, options, .elem_flags = BPF_ANY);
	const void *keys = self->by_name ? self->keys : batch->keys;
	const void *values = self->by_name ? self->values : batch->values;
	uint32_t count = batch->count;

	for (uint32_t i = 0; self->by_name && i < count; i++) {
		const char *key = batch->keys + (size_t)i * batch->key_size;
		const char *value = batch->values + (size_t)i * batch->value_size;

		if (!convert(self->old.btf, self->old.key, key, self->new.btf, self->new.key,
			     self->keys + (size_t)i * self->new.key_size) ||
		    !convert(self->old.btf, self->old.value, value, self->new.btf, self->new.value,
			     self->values + (size_t)i * self->new.value_size))
			return -EUCLEAN;
	}
	if (bpf_map_update_batch(self->to, keys, values, &count, &options))
		return -errno;
	return 0;
}

static int carry_settings(struct carry *self, int from)
{
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(from, &zero, self->keys))
		return -errno;
	convert(self->old.btf, self->old.value, self->keys, self->new.btf, self->new.value,
		self->values);
	return bpf_map_update_elem(self->to, &zero, self->values, BPF_ANY) ? -errno : 0;
}

static int carry_all(enum map map, struct carry *self, int from)
{
	return map == MAP_SETTINGS ? carry_settings(self, from) : map_walk(from, carry_step, self);
}

/*
 * Policy, and what the doors have learnt: who was here, which dials are ours. The sums have a function of their own; buckets
 * and samples start anew, live counts of prefixes by the next census.
 */
static bool is_carried(enum map map)
{
	static const enum map learnt[] = {MAP_WITNESS, MAP_FLOWS,   MAP_DIALLED,   MAP_ANSWERED,
					  MAP_WATCHED, MAP_CALLERS, MAP_HANDSHAKES};

	for (size_t i = 0; i < sizeof(learnt) / sizeof(learnt[0]); i++)
		if (map == learnt[i])
			return true;
	return map <= MAP_SETTINGS;
}

/* The witness makes room for itself: in a smaller one, what does not fit is forgotten. */
static bool may_be_full(enum map map, int error)
{
	return error == -E2BIG && map == MAP_WITNESS;
}

int map_carry(enum map map, int from, int to, bool by_name, struct why *why)
{
	struct carry carry = {.to = to, .by_name = by_name};
	int error;

	if (!is_carried(map))
		return 0;
	error = shape_of(from, &carry.old);
	if (!error)
		error = shape_of(to, &carry.new);
	if (!error && (!carry.old.btf || !carry.new.btf))
		error = -ENODATA;
	if (carry.old.key_size != carry.new.key_size ||
	    carry.old.value_size != carry.new.value_size)
		carry.by_name = true;
	carry.keys = calloc(MAP_BATCH, carry.old.value_size + carry.new.key_size + 8);
	carry.values = calloc(MAP_BATCH, carry.new.value_size + 8);
	if (!error && (!carry.keys || !carry.values))
		error = -ENOMEM;
	if (!error)
		error = carry_all(map, &carry, from);
	if (may_be_full(map, error))
		error = 0;
	free(carry.keys);
	free(carry.values);
	shape_release(&carry.old);
	shape_release(&carry.new);
	if (error == -E2BIG)
		return why_fill(why, error,
				"%s: the pinned map holds more than the new size of %u: raise it",
				map_name(map), carry.new.max_entries);
	return error ? why_fill(why, error, "%s: cannot carry the pinned map over: %s",
				map_name(map), strerror(-error))
		     : 0;
}

static void add_up(struct tally *sum, const struct tally *one)
{
	const uint64_t *from = (const uint64_t *)one;
	uint64_t *to = (uint64_t *)sum;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

static int sum_slot(const struct shape *old, const struct shape *new, int from, uint32_t slot,
		    char *values, struct tally *ret)
{
	size_t size = (old->value_size + 7) & ~(size_t)7;
	int cpus = libbpf_num_possible_cpus();
	struct tally one;

	if (bpf_map_lookup_elem(from, &slot, values))
		return -errno;
	for (int cpu = 0; cpu < cpus; cpu++) {
		convert(old->btf, old->value, values + (size_t)cpu * size, new->btf, new->value,
			&one);
		add_up(ret, &one);
	}
	return 0;
}

int carry_sums(int from, int to, struct tally ret[COUNTERS])
{
	struct shape old = {0}, new = {0};
	char *values = NULL;
	int error = shape_of(from, &old);

	memset(ret, 0, COUNTERS * sizeof(*ret));
	if (!error)
		error = shape_of(to, &new);
	if (!error && (!old.btf || !new.btf || new.value_size != sizeof(*ret)))
		error = -ENODATA;
	if (!error)
		values = calloc((size_t)libbpf_num_possible_cpus(), old.value_size + 8);
	if (!error && !values)
		error = -ENOMEM;
	for (uint32_t i = 0; !error && i < old.max_entries && i < COUNTERS; i++)
		error = sum_slot(&old, &new, from, i, values, &ret[i]);
	free(values);
	shape_release(&old);
	shape_release(&new);
	return error;
}
