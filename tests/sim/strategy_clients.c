/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strategy_clients: the shapes of what two clients do today, from their sources (Lighthouse v5.3 to v8.1, Prysm v7.1.6): what is
 * kept of whom, what it costs, what follows. Shapes, not the clients: subnets, columns and duties are not in this world.
 */
#include <math.h>

#include "memory.h"

enum {
	MINUTE_MS = 60000,
	HOUR_MS = 60 * MINUTE_MS,
	/* Lighthouse: peer_manager/peerdb/score.rs, peerdb.rs, mod.rs */
	HALF_LIFE_MS = 600000,
	SCORE_MIN = -100,
	BAN_BELOW = -50,
	BANNED_MS = 12 * HOUR_MS,
	BANNED_ON_ADDRESS = 5,
	RECONNECT_MS = 600000,
	/* Prysm: peers/status.go, connection_gater.go, rpc_goodbye.go */
	BAD_RESPONSES = 5,
	COLLOCATION = 5,
	BURST = 8,
	LEAK_MS = 7500, /* four tokens in 30 s */
	FULL_MS = 5 * MINUTE_MS,
	REFUSED_MS = 2 * HOUR_MS,
};

/* The announced fork is looked at before a dial; both clients do. */
static bool is_foreign(struct memory *self, uint32_t other)
{
	const struct being *being = being_at(self->world, other);

	return self->world->scenario.digests && !being->announces_ours &&
	       being->fork != being_at(self->world, self->self)->fork;
}

static double lighthouse_score(struct memory *self, uint32_t other)
{
	struct note *note = memory_peer(self, other);
	double age_ms = (double)(self->world->now_ms - note->at_ms);

	note->score *= exp2(-age_ms / HALF_LIFE_MS);
	note->at_ms = self->world->now_ms;
	return note->score;
}

/* LowTolerance -10, MidTolerance -5, HighTolerance -1, Fatal. */
static double lighthouse_worth(enum happening happening)
{
	switch (happening) {
	case HAPPENED_WRONG_NETWORK:
	case HAPPENED_WRONG_FORK:
		return SCORE_MIN;
	case HAPPENED_MUTE:
	case HAPPENED_INVALID:
		return -10;
	case HAPPENED_TIMEOUT:
	case HAPPENED_BAD_ANSWER:
		return -5;
	default:
		return 0;
	}
}

static void lighthouse_happened(void *state, const struct news *news)
{
	struct memory *self = state;
	struct note *note = memory_peer(self, news->other);

	note->score = lighthouse_score(self, news->other) + lighthouse_worth(news->happening);
	if (note->score < SCORE_MIN)
		note->score = SCORE_MIN;
	if (note->score < BAN_BELOW && !note_refuses(self, note)) {
		memory_refuse(self, note, BANNED_MS, REFUSAL_BAN);
		memory_host(self, news->other)->bad++;
	}
	if (news->happening == HAPPENED_WE_FULL && !note_refuses(self, note))
		memory_refuse(self, note, RECONNECT_MS, REFUSAL_FULL);
}

/* Before the handshake only addresses with more than five banned peers are refused. */
static enum refusal lighthouse_start(void *state, uint32_t from)
{
	return memory_host(state, from)->bad > BANNED_ON_ADDRESS ? REFUSAL_BAN : REFUSAL_NONE;
}

static enum refusal lighthouse_admit(void *state, uint32_t from)
{
	const struct note *note = memory_peer(state, from);

	return note_refuses(state, note) ? note->refusal : REFUSAL_NONE;
}

static bool lighthouse_skips(struct memory *self, uint32_t other)
{
	return is_foreign(self, other) || note_refuses(self, memory_peer(self, other)) ||
	       lighthouse_start(self, other) != REFUSAL_NONE;
}

static uint32_t lighthouse_rank(void *state, const uint32_t *candidates, uint32_t count,
				uint32_t want, uint32_t *ret)
{
	return memory_rank_any(state, candidates, count, want, ret, lighthouse_skips);
}

/* The worst below 0 first, the others at random; what it dialled itself is kept. */
static uint32_t lighthouse_prune(void *state, uint32_t want, uint32_t *ret)
{
	return memory_prune_by(state, true, want, ret, lighthouse_score);
}

static enum refusal lighthouse_holds(void *state, uint32_t other)
{
	enum refusal refusal = lighthouse_start(state, other);

	return refusal == REFUSAL_NONE ? lighthouse_admit(state, other) : refusal;
}

const struct strategy strategy_lighthouse = {
	.name = "lighthouse",
	.reads_digests = true,
	.open = memory_open,
	.close = memory_close,
	.start = lighthouse_start,
	.admit = lighthouse_admit,
	.rank = lighthouse_rank,
	.happened = lighthouse_happened,
	.prune = lighthouse_prune,
	.holds = lighthouse_holds,
};

/* How many identities are connected from that address: more than five are bad, all of them. */
static uint32_t collocated(const struct memory *self, uint32_t other)
{
	const struct world *world = self->world;
	const struct being *being = being_at(world, self->self);
	uint32_t count = 0;

	for (uint32_t i = 0; i < being->link_count; i++) {
		uint32_t linked = link_other(&world->links[being->links[i]], self->self);

		count += being_at(world, linked)->host == being_at(world, other)->host;
	}
	return count;
}

/* Bad answers are forgotten one an hour. */
static uint32_t bad_responses(struct memory *self, uint32_t other)
{
	struct note *note = memory_peer(self, other);

	while (note->bad && self->world->now_ms >= note->at_ms + HOUR_MS) {
		note->bad--;
		note->at_ms += HOUR_MS;
	}
	return note->bad;
}

static void prysm_happened(void *state, const struct news *news)
{
	struct memory *self = state;
	struct note *note = memory_peer(self, news->other);

	switch (news->happening) {
	case HAPPENED_DIAL_FAILED:
	case HAPPENED_MUTE:
	case HAPPENED_TIMEOUT:
	case HAPPENED_BAD_ANSWER:
	case HAPPENED_INVALID:
		if (!bad_responses(self, news->other))
			note->at_ms = self->world->now_ms;
		note->bad++;
		break;
	case HAPPENED_WRONG_NETWORK:
	case HAPPENED_WRONG_FORK:
		note->failures = 1; /* its status is remembered as wrong, until it has another */
		break;
	case HAPPENED_STATUS:
		note->failures = 0;
		break;
	case HAPPENED_THEY_FULL:
		note->until_ms = self->world->now_ms + FULL_MS;
		break;
	case HAPPENED_THEY_REFUSE:
		note->until_ms = self->world->now_ms + REFUSED_MS;
		break;
	default:
		break;
	}
}

/* Four starts in 30 s from one address, and no more inbound peers than fit: refused before the handshake. */
static enum refusal prysm_start(void *state, uint32_t from)
{
	struct memory *self = state;
	struct note *note = memory_host(self, from);
	uint64_t leaked = (self->world->now_ms - note->at_ms) / LEAK_MS;

	note->starts -= leaked < note->starts ? (uint32_t)leaked : note->starts;
	note->at_ms += leaked * LEAK_MS;
	if (note->starts >= BURST)
		return REFUSAL_FULL;
	note->starts++;
	return is_full(self->world, being_at(self->world, self->self)) ? REFUSAL_FULL
								       : REFUSAL_NONE;
}

static enum refusal prysm_admit(void *state, uint32_t from)
{
	struct memory *self = state;

	if (memory_peer(self, from)->failures)
		return REFUSAL_BAN;
	if (bad_responses(self, from) >= BAD_RESPONSES)
		return REFUSAL_BAN;
	return collocated(self, from) >= COLLOCATION ? REFUSAL_SUSPECT : REFUSAL_NONE;
}

static bool prysm_skips(struct memory *self, uint32_t other)
{
	return is_foreign(self, other) || note_refuses(self, memory_peer(self, other)) ||
	       prysm_admit(self, other) != REFUSAL_NONE;
}

static uint32_t prysm_rank(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
			   uint32_t *ret)
{
	return memory_rank_any(state, candidates, count, want, ret, prysm_skips);
}

static double prysm_key(struct memory *self, uint32_t other)
{
	return -(double)bad_responses(self, other);
}

static uint32_t prysm_prune(void *state, uint32_t want, uint32_t *ret)
{
	return memory_prune_by(state, true, want, ret, prysm_key);
}

const struct strategy strategy_prysm = {
	.name = "prysm",
	.reads_digests = true,
	.open = memory_open,
	.close = memory_close,
	.start = prysm_start,
	.admit = prysm_admit,
	.rank = prysm_rank,
	.happened = prysm_happened,
	.prune = prysm_prune,
	.holds = prysm_admit,
};
