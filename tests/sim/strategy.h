/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strategy: what a node's policy decides. Everything else (the pace of dialling, discovery, what a client sees of a peer, what
 * outlives a restart) is the world's and the same for all of them. Others are named by their index in the world.
 */
#ifndef SIM_STRATEGY_H
#define SIM_STRATEGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world;

/* Goal 9 tells them apart: fullness and pace are no fault of who is refused. */
enum refusal { REFUSAL_NONE, REFUSAL_FULL, REFUSAL_SUSPECT, REFUSAL_BAN };

enum happening {
	HAPPENED_DIAL_FAILED, /* our dial was not answered */
	HAPPENED_ESTABLISHED, /* the kernel has a connection; nobody was asked yet */
	HAPPENED_CONNECTED,   /* authenticated, and neither end refused the other */
	HAPPENED_MUTE,	      /* no status came in time */
	HAPPENED_WRONG_NETWORK,
	HAPPENED_WRONG_FORK, /* it is on the fork before ours, or after */
	HAPPENED_STATUS,     /* status exchanged: the link stands */
	HAPPENED_ANSWER,     /* a good one, with its latency */
	HAPPENED_BAD_ANSWER,
	HAPPENED_TIMEOUT,
	HAPPENED_INVALID,     /* a proof */
	HAPPENED_THEY_FULL,   /* they say goodbye: too many peers */
	HAPPENED_WE_FULL,     /* we do */
	HAPPENED_THEY_REFUSE, /* they say goodbye: banned */
	HAPPENED_GONE,	      /* the connection is over */
};

struct news {
	enum happening happening;
	uint32_t other;
	bool outbound; /* our dial */
	uint32_t latency_ms;
};

struct strategy {
	const char *name;
	bool reads_digests; /* filters by the announced fork, as clients do */
	void *(*open)(struct world *world, uint32_t self);
	void (*close)(void *state);
	/* At the start of a connection: only its address is known. It costs no handshake to refuse here. */
	enum refusal (*start)(void *state, uint32_t from);
	enum refusal (*admit)(void *state, uint32_t from); /* after the handshake */
	/* Whom to dial, best first: at most @want into @ret; returns how many. */
	uint32_t (*rank)(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
			 uint32_t *ret);
	void (*happened)(void *state, const struct news *event);
	/* Whom to let go, at most @want into @ret; returns how many. */
	uint32_t (*prune)(void *state, uint32_t want, uint32_t *ret);
	enum refusal (*holds)(void *state, uint32_t other); /* what it would answer now */
	void (*tick)(void *state);			    /* every ten seconds; NULL: nothing */
	bool (*forgives)(void *state); /* whether timeouts now end no link; NULL: never */
	void (*forged)(void *state,
		       uint32_t count); /* starts with borrowed addresses; NULL: nothing */
	void (*forks)(void *state);	/* the node moved to another fork; NULL: all the same */
};

extern const struct strategy strategy_random, strategy_ban, strategy_count, strategy_greedy,
	strategy_lighthouse, strategy_prysm, strategy_oracle, strategy_peergate;

const struct strategy *strategy_find(const char *name);

#endif
