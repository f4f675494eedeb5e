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
	MAP_UNPROVEN,
	MAP_WATCHED,
	MAP_CENSUS,
	MAP_TARGET,
	MAP_MARKS,
	MAP_SIGHTINGS,
	MAPS
};

enum variant { VARIANT_XDP, VARIANT_TC, VARIANT_TC_BARE, VARIANTS };

struct gate_program {
	const char *pin; /* its name as a pin and in the object */
	int fd;
	uint32_t id;
	uint64_t tag;
};

/* One interface: wanted by somebody, attached or not. */
struct gate_link {
	struct gate_interface shown;
	enum rung asked;
	bool wanted, force_lo;
	enum variant variant;
	int fd;	    /* of the link; -1: none (not attached, or clsact, which has filters instead) */
	bool fresh; /* attached by this process, not adopted */
};

struct gate {
	struct pins pins;
	bool is_new; /* nothing was pinned before us */
	int maps[MAPS];
	uint32_t max[MAPS], entries[MAPS];
	struct gate_program programs[VARIANTS];
	uint64_t build; /* whose they are: see gate_build.h */
	bool has_frags, has_tcx;
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
