/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate_evict: makes room in the witness when it is nearly full: the records least useful go, of which nothing lives and that were
 * unseen the longest. A row of short-lived connections is evidence: such a record counts as seen eight times as lately.
 *
 * Two walks by batches: the first weighs how old the records are, the second takes out the oldest until a quarter is free.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "gate_census.h"
#include "units.h"

enum { BATCH = 512 /* a bucket has to fit in, too; about half a millisecond */, EVIDENCE = 8 };

bool eviction_is_due(const struct gate *self)
{
	return self->entries[MAP_WITNESS] > self->max[MAP_WITNESS] / 8 * 7;
}

static bool lives(const struct witness *witness)
{
	for (int i = 0; i < SERVICES_MAX; i++)
		if (witness->live[i].living)
			return true;
	return false;
}

/* 0 .. AGES - 1: two bits behind the highest one. */
static uint32_t age_of(const struct witness *witness, uint64_t now_ns)
{
	uint64_t unseen_ns = now_ns > witness->last_ns ? now_ns - witness->last_ns : 0;
	uint64_t unseen_ms = unseen_ns / (NS_PER_S / 1000) / (witness->short_lived ? EVIDENCE : 1);
	uint32_t bits;

	if (unseen_ms < AGE_STEPS)
		return (uint32_t)unseen_ms;
	bits = 63 - (uint32_t)__builtin_clzll(unseen_ms);
	if (bits >= AGES / AGE_STEPS)
		return AGES - 1;
	return bits * AGE_STEPS + (unseen_ms >> (bits - 2) & (AGE_STEPS - 1));
}

struct records {
	struct source_key keys[BATCH];
	struct witness values[BATCH];
	uint32_t count;
};

/* The next batch; 0 when that was the last one, 1 when there are more. */
static int read_batch(const struct gate *self, struct eviction *eviction, struct records *ret)
{
	int last;

	ret->count = BATCH;
	last = bpf_map_lookup_batch(self->maps[MAP_WITNESS], eviction->began ? eviction->at : NULL,
				    eviction->at, ret->keys, ret->values, &ret->count, NULL);
	if (last && errno != ENOENT)
		return -errno;
	eviction->began = true;
	return !last;
}

static void weigh(struct eviction *self, const struct records *records, uint64_t now_ns)
{
	for (uint32_t i = 0; i < records->count; i++)
		if (!lives(&records->values[i]))
			self->ages[age_of(&records->values[i], now_ns)]++;
}

/* The age from which on enough records go. */
static void choose(const struct gate *gate, struct eviction *self)
{
	uint32_t held = gate->entries[MAP_WITNESS], keep = gate->max[MAP_WITNESS] / 4 * 3, sum = 0;

	self->wanted = held > keep ? held - keep : 0;
	for (self->age = AGES - 1; self->age > 0; self->age--) {
		sum += self->ages[self->age];
		if (sum >= self->wanted)
			break;
	}
	self->weighed = true;
	self->began = false;
}

/* A connection that opens in this very moment may be left uncounted: the next census finds it. */
static void take_out(struct gate *gate, struct eviction *self, const struct records *records,
		     uint64_t now_ns)
{
	for (uint32_t i = 0; i < records->count && self->taken < self->wanted; i++) {
		const struct witness *witness = &records->values[i];

		if (lives(witness) || age_of(witness, now_ns) < self->age)
			continue;
		if (bpf_map_delete_elem(gate->maps[MAP_WITNESS], &records->keys[i]))
			continue;
		gate->entries[MAP_WITNESS]--;
		self->taken++;
	}
}

int eviction_step(struct gate *self, struct eviction *eviction)
{
	uint64_t now_ns = gate_now_ns();
	struct records records;
	int more = read_batch(self, eviction, &records);

	if (more < 0)
		return more;
	if (!eviction->weighed) {
		weigh(eviction, &records, now_ns);
		if (!more)
			choose(self, eviction);
		return 1;
	}
	take_out(self, eviction, &records, now_ns);
	return more && eviction->taken < eviction->wanted;
}
