/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps: what the gate knows and counts. Included by each door; the static linker makes one set of them.
 *
 * Policy maps are read-only for programs: only user space decides. They are plain hashes, never an LRU that a flood could
 * flush; only what the gate itself keeps of unproven sources (`pace`) is one. The loader may change the sizes.
 */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <peergate/abi.h>

/* The shared maps are defined where GATE_MAPS says so (maps.bpf.c), and named everywhere else. */
#ifndef GATE_MAPS
#define GATE_MAPS extern
#endif

enum { SOURCES_MAX = 131072, PREFIXES_MAX = 16384, PORTS_MAX = 1024, PACE_MAX = 65536 };
enum { INTERFACES_MAX = 256 };
enum { NEIGHBOURS_MAX = SOURCES_MAX, EVENTS_SIZE = 256 * 1024 };

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SOURCES_MAX);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, struct source_key);
	__type(value, struct record);
} sources SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, PREFIXES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_RDONLY_PROG);
	__type(key, struct prefix_key);
	__type(value, struct prefix_record);
} prefixes SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PORTS_MAX);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, struct port_key);
	__type(value, struct service);
} services SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

/* Key: the first seven bytes of an IPv6 source, its /56, then 0. */
GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, NEIGHBOURS_MAX);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, struct source_key);
	__type(value, struct neighbours);
} neighbours SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, INTERFACES_MAX);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct interface);
} interfaces SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, struct tally);
} counters SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PACE_MAX);
	__type(key, struct source_key);
	__type(value, struct pace);
} pace SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SERVICES_MAX *NEWCOMER_BUCKETS);
	__type(key, __u32);
	__type(value, struct bucket);
} newcomers SEC(".maps");

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, EVENTS_SIZE);
} events SEC(".maps");

/* One word a reason: a window of about a second in the upper half, the samples taken in it in the lower. */
GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, REASONS);
	__type(key, __u32);
	__type(value, __u64);
} samples SEC(".maps");

#include "maps_doors.bpf.h"

#endif
