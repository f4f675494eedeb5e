/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate_closures.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <peergate/source.h>

#include "gate_settings.h"
#include "units.h"

/* From now on the programs look at each datagram of the slot. They put it off, too: the later of the two ends counts. */
static int watch(const struct gate *self, const struct source_key *source, uint64_t until_ns)
{
	uint32_t slot = watched_slot(source), held, until_s = (uint32_t)(until_ns / NS_PER_S) + 1;
	int map = self->maps[MAP_WATCHED];

	if (bpf_map_lookup_elem(map, &slot, &held))
		return -errno;
	if (held >= until_s)
		return 0;
	return bpf_map_update_elem(map, &slot, &until_s, BPF_ANY) ? -errno : 0;
}

/* The slot is watched first and the count told last, so that whoever asks finds the rest. */
int closures_put(struct gate *self, const struct source_key *source, uint64_t until_ns)
{
	int map = self->maps[MAP_CLOSURES];
	uint64_t held = 0;
	bool is_new = bpf_map_lookup_elem(map, source, &held);

	if (!is_new && held >= until_ns)
		return 0;
	if (watch(self, source, until_ns) || bpf_map_update_elem(map, source, &until_ns, BPF_ANY))
		return -errno;
	if (!is_new)
		return 0;
	self->entries[MAP_CLOSURES]++;
	return settings_count(self);
}

static bool is_over(const struct source_key *source, uint64_t until_ns, const void *now_ns)
{
	(void)source;
	return until_ns <= *(const uint64_t *)now_ns;
}

static bool is_within(const struct source_key *source, uint64_t until_ns, const void *prefix)
{
	struct prefix own = source_prefix(source);

	(void)until_ns;
	return prefix_overlaps(prefix, &own);
}

/* The walk is by keys, so that an entry can be deleted on the way: the next one is asked for first. */
static void forget(struct gate *self,
		   bool (*which)(const struct source_key *source, uint64_t until_ns,
				 const void *context),
		   const void *context)
{
	int map = self->maps[MAP_CLOSURES];
	uint32_t before = self->entries[MAP_CLOSURES];
	struct source_key at, next;
	uint64_t until_ns;
	bool more = before && !bpf_map_get_next_key(map, NULL, &next);

	while (more) {
		at = next;
		more = !bpf_map_get_next_key(map, &at, &next);
		if (!bpf_map_lookup_elem(map, &at, &until_ns) && which(&at, until_ns, context) &&
		    !bpf_map_delete_elem(map, &at))
			self->entries[MAP_CLOSURES]--;
	}
	if (before != self->entries[MAP_CLOSURES])
		(void)settings_count(self); /* told again with the next lease */
}

void gate_closures_tick(struct gate *self)
{
	uint64_t now_ns = gate_now_ns();

	forget(self, is_over, &now_ns);
}

void gate_reopen(struct gate *self, const struct prefix *prefix)
{
	forget(self, is_within, prefix);
}
