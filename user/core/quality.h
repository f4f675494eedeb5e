/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quality: what a peer is worth, from a history rather than from one sample. Evidence for and against it, decayed (the
 * rank's a and b); how fast its useful answers are; what it speaks of what we speak; where its head is and whether it moves.
 * What is not known is worth 0, neither good nor bad. Whole numbers throughout (law 11); moments as seconds, so that a
 * million peers hold them in 40 bytes each.
 */
#ifndef QUALITY_H
#define QUALITY_H

#include <stdbool.h>
#include <stdint.h>

#include "policy_settings.h"

/* Evidence in thousandths of a contact: docs/POLICY.md has the sources. */
enum {
	EVIDENCE_GOOD_MILLI = 50, /* a good answer, at most twelve an hour */
	EVIDENCE_FAILED_MILLI =
		1000, /* a failure of 10 points; one of fewer is worth less in proportion */
	EVIDENCE_SHORT_MILLI = 500, /* a session that ended within two minutes */
	EVIDENCE_FULL_MILLI = 200,  /* "too many peers" */
};

struct quality {
	uint64_t head_slot; /* as last told; 0: never */
	int32_t good, bad;  /* evidence in millionths of a contact, as of @at_s */
	uint32_t at_s;
	uint32_t counted_s;	  /* when a good answer was last counted; 0: never */
	uint32_t latency_us;	  /* of useful answers; 0: none yet */
	uint32_t head_s, moved_s; /* when the head was told, and when it last moved on */
	uint8_t answers;	  /* how many made the latency, up to 255 */
	uint8_t shared, ours;	  /* of our protocols, how many it speaks; ours 0: not known */
	bool gave_status;	  /* on this connection */
};

_Static_assert(sizeof(struct quality) == 40, "a quality has 40 bytes at most");

/* Evidence for (a) and against (b), in thousandths of a contact: what the rank's Beta is made of. */
struct odds {
	uint32_t good_milli, bad_milli;
};

void quality_good(struct quality *self, const struct policy_settings *settings, uint64_t at_ns);
void quality_bad(struct quality *self, const struct policy_settings *settings, unsigned int milli,
		 uint64_t at_ns);

/* As of @now_ns, nothing written. */
struct odds quality_evidence(const struct quality *self, const struct policy_settings *settings,
			     uint64_t now_ns);

/* What the success of these is worth: 0 .. 1000 thousandths; 0 without evidence, and for more bad than good. */
unsigned int odds_share(const struct odds *self);

/* What the others show, against which a peer is measured. 0, false: nobody knows. */
struct yardstick {
	uint32_t latency_us; /* the median of connected networks */
	bool has_head;
	uint64_t head_slot; /* likewise; never our own head or clock (law 13) */
};

/* What each quality adds to the score, in millionths of a point. */
struct worth {
	int32_t latency, success, protocols, head;
};

/* A useful answer took so long. One sample moves the latency little, however wild it is. */
void quality_latency(struct quality *self, uint32_t latency_us);

void quality_head(struct quality *self, uint64_t head_slot, uint64_t at_ns);

/* Names as hash_text(); a version is part of a name. */
void quality_protocols(struct quality *self, const uint32_t *theirs, unsigned int their_count,
		       const uint32_t *ours, unsigned int our_count);

/* A new connection: what old answers said of its speed counts half. */
void quality_reconnect(struct quality *self);

/* Law 15: all that was good is forgotten. */
void quality_betray(struct quality *self);

void quality_worth(const struct quality *self, const struct yardstick *yardstick,
		   const struct policy_settings *settings, uint64_t now_ns, struct worth *ret);

int32_t worth_sum(const struct worth *self); /* at most REWARD_MAX */

#endif
