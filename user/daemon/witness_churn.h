/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness_churn: from the kernel's sightings to the policy. A source of which nothing lives is told at once. Where something
 * lives that may last yet, it is given the time for it; then a census looks, and what lasted has ended the row. Pure: what it
 * needs comes through a table.
 *
 * Order: churn_init(), churn_take() for each sighting, churn_turn() now and then, each second at least.
 */
#ifndef WITNESS_CHURN_H
#define WITNESS_CHURN_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>

/* Of those that find no room the kernel tells again, at their next short connection. */
enum { DOUBTS_MAX = 1024 };

struct churn_output {
	void *context;
	int (*look)(void *context, const struct source_key *source, struct witness *ret);
	int (*begin_census)(void *context); /* negative: none can be had */
	bool (*census_runs)(void *context);
	void (*judge)(void *context, const struct sighting *sighting, uint32_t short_lived);
};

struct doubt {
	struct sighting sighting;
	uint64_t due_ns; /* boot time from which a census can tell */
	bool asked;	 /* the census in progress was begun for it, too */
};

struct churn {
	struct churn_output output;
	uint32_t limit; /* so many in a row; 0: never. Both may change at any time */
	uint64_t short_ns;
	struct doubt doubts[DOUBTS_MAX];
	unsigned int count;
	uint64_t due_ns; /* the earliest of them */
	bool begun;	 /* a census of ours is in progress, or is over since the last turn */
	uint64_t begun_ns;
	uint64_t deferred; /* sightings that found no room */
};

void churn_init(struct churn *ret, const struct churn_output *output);

void churn_take(struct churn *self, const struct sighting *sighting);

/* Begins a census when one is due (once a second at most), and judges when it is over. Cheap when nobody waits. */
void churn_turn(struct churn *self, uint64_t now_ns);

#endif
