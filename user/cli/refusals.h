/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refusals: who is refused and why, now: exact rates by reason from the counters, and shares of them by source from the
 * samples of the event stream, which fade, so that a second without samples empties nothing at once.
 *
 * An estimate is a source's share of the samples of a reason times that reason's rate: the ring buffer carries so many
 * samples a second for each reason, whatever the flood.
 */
#ifndef REFUSALS_H
#define REFUSALS_H

#include <jansson.h>
#include <peergate/abi.h>
#include <peergate/addr.h>
#include <stdbool.h>
#include <stdint.h>

enum { REFUSAL_SOURCES_MAX = 1024 };

enum refusal_kind { REFUSED, WOULD_BE_REFUSED, REFUSAL_KINDS };

struct refusal_reason {
	uint64_t totals[REFUSAL_KINDS]; /* packets since the gate was made */
	double rates[REFUSAL_KINDS];	/* a second, in the last while */
	double samples;			/* fading */
};

struct refusal_source {
	char address[ADDR_TEXT_MAX];
	unsigned int reason;
	double samples; /* fading */
};

struct refusals {
	struct refusal_reason reasons[REASONS];
	struct refusal_source sources[REFUSAL_SOURCES_MAX];
	unsigned int source_count;
	bool counted; /* there is an earlier count to subtract */
};

/* A second (or @seconds of them) is over, and these are gate_status's counters now. */
void refusals_count(struct refusals *self, const json_t *counters, double seconds);

/* One event of the stream; those that are no refusal are left out. When all places are taken the faintest source goes. */
void refusals_sample(struct refusals *self, const json_t *event);

/* Refusals a second, about, of @source, of both kinds. */
double refusal_estimate(const struct refusals *self, const struct refusal_source *source);

/* Sorts the sources, most refused first. */
void refusals_sort(struct refusals *self);

#endif
