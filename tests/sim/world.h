/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world: a network of nodes, bad peers and an attacker, and what happens between them: event by event, on a clock of
 * milliseconds of its own, with dice of its own. The same scenario, strategy and seed give the same history.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <peergate/addr.h>

#include "agenda.h"
#include "dice.h"
#include "history.h"
#include "scenario.h"
#include "strategy.h"

enum { NOBODY = UINT32_MAX, ID_NUMBER_AT = 9 /* where in an ID the number of who has it stands */ };

enum {
	BOOK = 48,   /* addresses that a node has from discovery */
	PENDING = 8, /* dials at a time */
	BATCH = 2,   /* dials of a tick */
	TICK_MS = 10000,
	PRUNE_MS = 60000,
	DISCOVER_MS = 30000,
	DISCOVERED = 8, /* records of a look at the network */
};

enum kind { KIND_HONEST, KIND_WRONG_FORK, KIND_MUTE, KIND_FLAKY, KIND_SLOW, KIND_ATTACKER, KINDS };

/* An identity at an address. Of an honest one, a whole node. */
struct being {
	enum kind kind;
	char id[24];
	uint32_t incarnation; /* how many IDs it had before: a flood's */
	uint32_t host;	      /* its address; attackers share one, and who is behind one NAT */
	uint32_t rtt_ms;      /* how far away it is from the middle */
	bool is_nat, is_online, is_stalled, is_cut_off;
	bool is_announced;   /* discovery knows it */
	bool announces_ours; /* of the wrong fork, but its record says otherwise */
	bool is_hosted;
	bool is_newcomer, is_subject, is_stable;
	bool is_behind; /* one NAT with many others: two twists */
	uint8_t fork;
	uint32_t *links;
	uint32_t link_count, link_room;
	uint32_t inbound, last_target;
	/* A node's: */
	const struct strategy *strategy;
	void *state;
	uint32_t *book;
	uint32_t book_count;
	uint32_t pending[PENDING];
	uint32_t pending_count;
	uint64_t discovered_ms, pruned_ms, wished_ms, joined_ms;
	uint32_t generation; /* restarts */
};

struct host {
	struct addr addr;
	uint32_t network; /* IPv4 /16, IPv6 /32 */
};

struct link {
	uint32_t ends[2]; /* who dialled, who was dialled */
	uint32_t serial;
	bool is_alive;
	bool is_marked; /* one of those whose life goal 4 follows */
	uint8_t misses[2],
		bad[2]; /* as seen by either end: unanswered in a row, bad answers in all */
	uint64_t born_ms;
};

struct dial {
	uint32_t from, to, next_free;
	uint32_t generations[2];
	bool is_answered; /* the start passed the gate of a node that is there */
};

struct world {
	struct scenario scenario;
	struct dice dice;
	struct agenda agenda;
	uint64_t now_ms;
	struct being *beings;
	uint32_t being_count;
	struct host *hosts;
	uint32_t host_count, host_room;
	struct link *links;
	uint32_t link_count, link_room, free_link;
	struct dial *dials;
	uint32_t dial_count, dial_room, free_dial;
	uint32_t *announced;
	uint32_t announced_count;
	uint32_t *reachable; /* honest nodes that can be dialled: whom bad ones dial */
	uint32_t reachable_count;
	bool has_betrayed;
	struct history history;
};

/* population.c */
void world_populate(struct world *self, const struct strategy *strategy);
uint32_t world_new_host(struct world *self, bool hosted, bool is_ipv6);

/* world.c */
void world_run(struct world *self, const struct scenario *scenario, const struct strategy *strategy,
	       uint64_t seed);
void world_free(struct world *self);
void world_later(struct world *self, uint64_t wait_ms, enum deed deed, uint32_t who, uint32_t what,
		 uint32_t serial);
void world_tell(struct world *self, uint32_t who, uint32_t other, bool outbound,
		enum happening happening, uint32_t latency_ms);

/* node.c: what every client does by itself. */
void node_tick(struct world *self, uint32_t who);
void node_leave(struct world *self, uint32_t who, uint32_t generation);
void node_return(struct world *self, uint32_t who);
void node_restart(struct world *self, uint32_t who, uint64_t pause_ms);

/* dial.c */
void dial_begin(struct world *self, uint32_t from, uint32_t to);
void dial_end(struct world *self, uint32_t number);
void bad_dial(struct world *self, uint32_t who);

/* link.c */
void link_make(struct world *self, uint32_t from, uint32_t to);
void link_break(struct world *self, uint32_t number);
void link_beat(struct world *self, uint32_t number);
void link_hurry(struct world *self,
		uint32_t number); /* its next beat comes as it is now with its ends */
bool link_miss(struct world *self, uint32_t number,
	       uint32_t who); /* an answer did not come: does @who hang up? */
uint32_t link_between(const struct world *self, uint32_t a, uint32_t b); /* NOBODY: none */

/* moment.c: when everything is looked at. */
void moments_plan(struct world *self);
void moment_comes(struct world *self, uint32_t what);

/* twist.c: what a scenario does to the world. */
enum { TWIST_AT_MIN = 120 };
void twist_begin(struct world *self);
void twist_end(struct world *self);   /* scenario.twist_s later */
void twist_after(struct world *self); /* an hour later: what is left of it */
void twist_upgrade(struct world *self, uint32_t who);
void twist_tick(struct world *self, uint32_t who); /* what goes on all the time */
void twist_dial(struct world *self, uint32_t who); /* an attacker is about to dial */
uint32_t twist_target(struct world *self, const struct being *being); /* NOBODY: anybody */

static inline struct being *being_at(const struct world *self, uint32_t who)
{
	return &self->beings[who];
}

static inline bool is_honest(const struct world *self, uint32_t who)
{
	return self->beings[who].kind == KIND_HONEST;
}

static inline uint32_t link_other(const struct link *self, uint32_t who)
{
	return self->ends[self->ends[0] == who];
}

/* A node's limits: its target, what it takes beyond it until it prunes, and how much of it may have come in. */
static inline uint32_t hard_max(const struct world *self)
{
	return self->scenario.target + (self->scenario.target + 9) / 10;
}

static inline uint32_t inbound_max(const struct world *self)
{
	return hard_max(self) - self->scenario.target / 5;
}

static inline bool is_full(const struct world *self, const struct being *being)
{
	return being->link_count >= hard_max(self) || being->inbound >= inbound_max(self);
}

#endif
