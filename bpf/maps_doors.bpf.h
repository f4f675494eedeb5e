/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps_doors: what the doors beside the front one know: sockets, the witness, QUIC's connection IDs. Part of maps.bpf.h.
 *
 * What only proven sources or our own sending write to is a plain hash with a cap; the rest forgets what is oldest.
 */
#ifndef MAPS_DOORS_BPF_H
#define MAPS_DOORS_BPF_H

#include "maps.bpf.h"

enum { LISTENERS_MAX = 4096, CLOSURES_MAX = 1024, WITNESS_MAX = 131072, CROWDS_MAX = 65536 };
enum { FLOWS_MAX = 65536, IDS_MAX = 65536, HANDSHAKES_MAX = 16384, SIGHTINGS_SIZE = 64 * 1024 };

#define DOOR_MAP(name, type_, flags, key_, value_, max) \
	GATE_MAPS struct {                              \
		__uint(type, type_);                    \
		__uint(max_entries, max);               \
		__uint(map_flags, flags);               \
		__type(key, key_);                      \
		__type(value, value_);                  \
	} name SEC(".maps")

#define POLICY_MAP(name, key, value, max) \
	DOOR_MAP(name, BPF_MAP_TYPE_HASH, BPF_F_RDONLY_PROG, key, value, max)
/* Memory is taken as entries come: most hosts see a small part of what the cap allows. */
#define GROWING_MAP(name, key, value, max) \
	DOOR_MAP(name, BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC, key, value, max)
#define FORGETTING_MAP(name, key, value, max) \
	DOOR_MAP(name, BPF_MAP_TYPE_LRU_HASH, 0, key, value, max)
#define ROW_MAP(name, value, max) DOOR_MAP(name, BPF_MAP_TYPE_ARRAY, 0, __u32, value, max)

POLICY_MAP(listeners, struct listener_key, struct service, LISTENERS_MAX);
/* Sources whose live QUIC connections are being closed, and until when (boot-time ns). */
POLICY_MAP(closures, struct source_key, __u64, CLOSURES_MAX);
GROWING_MAP(witness, struct source_key, struct witness, WITNESS_MAX);
GROWING_MAP(crowds, struct crowd_key, struct crowd, CROWDS_MAX);
FORGETTING_MAP(flows, struct flow_key, struct flow, FLOWS_MAX);
FORGETTING_MAP(dialled, struct quic_key, struct quic_memory, IDS_MAX);
FORGETTING_MAP(answered, struct quic_key, struct quic_memory, IDS_MAX);
FORGETTING_MAP(callers, struct quic_key, struct quic_memory, HANDSHAKES_MAX);
FORGETTING_MAP(handshakes, struct flow_key, struct handshake, HANDSHAKES_MAX);
ROW_MAP(unproven, struct bucket, SERVICES_MAX);
ROW_MAP(watched, __u32, WATCHED_SLOTS);
ROW_MAP(remembered, __u32, WATCHED_SLOTS);
/* User space maps it, to write a word of it while programs count in the others. */
DOOR_MAP(census, BPF_MAP_TYPE_ARRAY, BPF_F_MMAPABLE, __u32, struct census, 1);
ROW_MAP(target, struct target, 1);

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct mark);
} marks SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SIGHTINGS_SIZE);
} sightings SEC(".maps");

#endif
