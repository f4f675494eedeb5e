/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_census: the census and the clearing of a witness that gets full, for the files that make up the gate. */
#ifndef GATE_CENSUS_H
#define GATE_CENSUS_H

#include "gate_sweep.h"

/* The phases of one pass, in their order. */
enum census_phase {
	CENSUS_IDLE,
	CENSUS_CLEAR, /* what the last pass counted */
	CENSUS_CLEAR_CROWDS,
	CENSUS_SOCKETS, /* here, then in each further namespace */
	CENSUS_FLOWS,
	CENSUS_SETTLE,
	CENSUS_SETTLE_CROWDS,
	CENSUS_EVICT /* only when the witness is nearly full */
};

/* Records by how long ago they were of use, in steps of a quarter of a doubling. */
enum { AGE_STEPS = 4, AGES = 32 * AGE_STEPS };

/* Takes the least useful records out of a map that is over seven eighths full. */
struct eviction {
	bool weighed, over;
	uint64_t at[2]; /* the kernel's place in the map; see map_walk() */
	bool began;
	uint32_t ages[AGES];
	uint32_t age; /* what is this old goes */
	uint32_t wanted, taken;
};

struct census_work {
	struct census *shared; /* the map's value, mapped; NULL: there is none */
	struct census before;  /* what it said when this pass began */
	struct gate_census last;
	struct gate_census now;
	enum census_phase phase;
	unsigned int place; /* which namespace; 0: our own */
	int fd;		    /* the iterator being read; -1: none */
	struct sweep sweep; /* of the map being walked */
	uint64_t began_ns, rested_ns;
	struct eviction eviction;
};

int census_open(struct gate *self, struct why *why);
void census_close(struct gate *self);

/* Whether MAP_WITNESS holds so much that room has to be made. */
bool eviction_is_due(const struct gate *self);

/* A bounded piece: 1 while there is more, 0 when room is made, or a negative errno. Start with an empty struct. */
int eviction_step(struct gate *self, struct eviction *eviction);

#endif
