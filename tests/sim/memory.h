/* SPDX-License-Identifier: BSD-2-Clause */
/* memory: what the baselines keep of others, by address and by identity, without any cap. */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include "world.h"

struct note {
	uint64_t until_ms; /* refused so long */
	enum refusal refusal;
	uint64_t at_ms; /* when @score was right */
	double score;
	uint32_t failures, bad, good, starts;
	uint32_t incarnation; /* of a peer: which of its IDs this is about */
};

struct memory {
	struct world *world;
	uint32_t self;
	struct dice dice;
	struct note *hosts, *peers;
};

void *memory_open(struct world *world, uint32_t self);
void memory_close(void *state);
struct note *memory_host(struct memory *self, uint32_t other);
struct note *memory_peer(struct memory *self,
			 uint32_t other); /* a fresh one when it has another ID */
bool note_refuses(const struct memory *self, const struct note *note);
void memory_refuse(struct memory *self, struct note *note, uint64_t ms, enum refusal refusal);

/* In any order; @skip says who is left out. */
uint32_t memory_rank_any(struct memory *self, const uint32_t *candidates, uint32_t count,
			 uint32_t want, uint32_t *ret,
			 bool (*skip)(struct memory *, uint32_t other));

/* Best first by @key; of equals any. */
uint32_t memory_rank_by(struct memory *self, const uint32_t *candidates, uint32_t count,
			uint32_t want, uint32_t *ret, bool (*skip)(struct memory *, uint32_t other),
			double (*key)(struct memory *, uint32_t other));

/* Those linked with it: all, or who came in only. @ret has room for 256. */
uint32_t memory_linked(struct memory *self, bool inbound_only, uint32_t *ret);
uint32_t memory_prune_by(struct memory *self, bool inbound_only, uint32_t want, uint32_t *ret,
			 double (*key)(struct memory *, uint32_t other)); /* lowest first */

#endif
