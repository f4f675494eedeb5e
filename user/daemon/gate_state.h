/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_state: what a gate consists of, for the files that make it up; everybody else knows gate.h only. */
#ifndef GATE_STATE_H
#define GATE_STATE_H

#include "gate.h"
#include "gate_pins.h"

/* In the order of the table in gate_maps.c; those up to MAP_INTERFACES hold entries that user space writes. */
enum map {
	MAP_SOURCES,
	MAP_PREFIXES,
	MAP_NEIGHBOURS,
	MAP_SERVICES,
	MAP_LISTENERS,
	MAP_CLOSURES,
	MAP_INTERFACES,
	MAP_SETTINGS,
	MAP_COUNTERS,
	MAP_PACE,
	MAP_NEWCOMERS,
	MAP_EVENTS,
	MAP_SAMPLES,
	MAP_WITNESS,
	MAP_CROWDS,
	MAP_FLOWS,
	MAP_DIALLED,
	MAP_ANSWERED,
	MAP_CALLERS,
	MAP_HANDSHAKES,
	MAP_UNPROVEN,
	MAP_WATCHED,
	MAP_REMEMBERED,
	MAP_CENSUS,
	MAP_TARGET,
	MAP_MARKS,
	MAP_SIGHTINGS,
	MAP_DESKS,
	MAPS
};

/*
 * The programs, in the order of the table in gate_variants.c. Those from VARIANTS_NEEDED on are optional: what this kernel does not
 * take is left out (fd -1), and its note says why.
 */
enum variant {
	VARIANT_XDP,
	VARIANT_TC,
	VARIANT_TC_BARE,
	VARIANTS_NEEDED,
	VARIANT_EGRESS = VARIANTS_NEEDED,
	VARIANT_EGRESS_BARE,
	VARIANT_SOCK_OPS,
	VARIANT_CONNECT4,
	VARIANT_CONNECT6,
	VARIANT_SENDMSG4,
	VARIANT_SENDMSG6,
	VARIANT_CENSUS, /* this and _KILL: iterators; those between: see gate_sweep.h */
	VARIANT_FLOWS,
	VARIANT_SETTLE,
	VARIANT_SETTLE_CROWDS,
	VARIANT_KILL,
	VARIANTS
};

struct gate_program {
	const char *pin; /* its name as a pin and in the object */
	int fd;		 /* -1: not there */
	uint32_t id;
	uint64_t tag;
	char note[WHY_MAX]; /* why not: a sentence or "" */
};

/* What leaves an interface; it goes with the door beside it. */
struct gate_egress {
	enum rung rung; /* RUNG_AUTO: not there */
	enum variant variant;
	int fd;	    /* of the link; -1: none, or clsact */
	bool fresh; /* attached by this process, not adopted */
	char note[WHY_MAX];
};

/* One interface: wanted by somebody, attached or not. */
struct gate_link {
	struct gate_interface shown;
	enum rung asked;
	bool wanted, force_lo;
	enum variant variant;
	int fd;	    /* of the link; -1: none (not attached, or clsact, which has filters instead) */
	bool fresh; /* attached by this process, not adopted */
	struct gate_egress egress;
};

/* Hooks of a cgroup, in the order of the table in gate_cgroups.c. */
enum cgroup_hook {
	CGROUP_SOCK_OPS,
	CGROUP_CONNECT4,
	CGROUP_CONNECT6,
	CGROUP_SENDMSG4,
	CGROUP_SENDMSG6,
	CGROUP_HOOKS
};

struct gate_hook {
	int fd;	    /* of the link; -1: not there */
	bool fresh; /* attached by this process, not adopted */
	char note[WHY_MAX];
};

/* One cgroup that carries doors, or should. */
struct gate_place {
	struct gate_cgroup cgroup;
	struct gate_hook hooks[CGROUP_HOOKS];
};

/*
 * Links of iterator programs, made at start and never pinned: bpf_iter_create() on one of these descriptors, without any
 * privilege, gives a file to read (KERNEL: lseek is ESPIPE, make it anew for each walk). -1: this kernel or build has it not;
 * programs[].note says why.
 */
enum iterator {
	ITERATOR_CENSUS, /* gate_census, over TCP sockets of the reader's network namespace */
	ITERATOR_KILL,	 /* gate_kill, over TCP sockets */
	ITERATORS
};

struct gate {
	struct pins pins;
	bool is_new; /* nothing was pinned before us */
	int maps[MAPS];
	uint32_t max[MAPS], entries[MAPS];
	struct gate_program programs[VARIANTS];
	uint64_t build; /* whose they are: see gate_build.h */
	bool has_frags, has_tcx;
	int iterators[ITERATORS];
	struct census_work *census;  /* see gate_census.h */
	struct sightings *sightings; /* see gate_sightings.c */
	struct gate_place places[GATE_CGROUPS_MAX];
	unsigned int place_count;
	struct settings settings; /* what the kernel holds */
	struct tally late
		[COUNTERS]; /* counted by programs before us after the copy, see gate_migrate.c */
	uint64_t leased_ns; /* boot time of the last renewal */
	struct ring_buffer *events;
	struct events_taker *taker;    /* who is served by the ring buffer's callback now */
	int asking, listening;	       /* rtnetlink sockets: see devices.h */
	struct namespaces *namespaces; /* borrowed; NULL: our own only */
	bool needs_bpf;		       /* capabilities: see gate_capabilities.c */
	struct gate_link links[GATE_INTERFACES_MAX];
	unsigned int link_count;
};

#endif
