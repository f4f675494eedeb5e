/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history: random histories for the laws: peers, sources of every kind, followers, operators, the node's own state, churn,
 * clocks that jump, questions. A law is a struct law: it looks before and after each step, and keeps what it must know.
 * A failure tells its seed: SEED=n build/tests/test_law_x plays that history alone.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "tap.h"

#include <errno.h>

#include "stage.h"

#define S STAGE_S
#define MIN (60 * S)
#define HOUR (3600 * S)
#define DAY (24 * HOUR)

enum { PEERS = 40, SOURCES = 48, FOLLOWERS = 6 };

enum step_kind {
	STEP_REPORT,
	STEP_CHURN,
	STEP_OPERATOR,
	STEP_NODE,
	STEP_CAPACITY,
	STEP_PROTECT,
	STEP_QUESTION,
	STEP_WAIT,
	STEP_KINDS
};

/* What has just happened. */
struct step {
	enum step_kind kind;
	struct report report;	   /* of a report; its peer and address are those below */
	unsigned int peer, source; /* PEERS: nobody; SOURCES: nowhere */
	uint64_t at_ns;		   /* of what moment it spoke, as the policy takes it */
	struct prefix prefix;	   /* of an operator's word */
	struct prefix listed[2];   /* what is protected from now on */
	unsigned int listed_count;
	int result; /* what the policy answered */
	struct node_state node;
	unsigned int service;
};

/* What a law wants to see: how often each kind of step, and how the world is. */
struct shape {
	unsigned int steps;
	unsigned int weights[STEP_KINDS];
	unsigned int proofs,
		goods; /* of a hundred reports; the rest is suspect, connections, goodbyes */
	unsigned int strangers;	  /* of a hundred reports, how many come from elsewhere than home */
	unsigned int jumps;	  /* of a hundred reports, how many speak of another moment */
	unsigned int second_hand; /* of a hundred reports */
	uint64_t wait_ns; /* at most, for most waits; one in twenty is a thousand times longer */
	uint32_t peers_max, sources_max, share_permille;
	bool is_cold;
};

/* What a node tells of its own count of peers. */
enum need { NEED_DRAWN, NEED_DIRE, NEED_NONE };

struct history {
	struct stage stage;
	struct policy_settings settings;
	const struct shape *shape;
	uint64_t seed, dice;
	unsigned int count; /* steps so far */
	struct step step;
	enum need need;
	void *own; /* the law's */
};

struct law {
	const char *name;
	const struct shape *shape;
	size_t own_size; /* zeroed for each history */
	void (*begin)(struct history *history);
	void (*before)(struct history *history); /* may change the step */
	void (*after)(struct history *history);
	void (*end)(struct history *history);
};

/* How many histories: LAW_SEEDS, 2,000 in `make check`; by itself a test takes a second. */
static inline unsigned int seeds(void)
{
	const char *told = getenv("LAW_SEEDS");
	unsigned long count = told ? strtoul(told, NULL, 10) : 300;

	return count ? (unsigned int)count : 1;
}

/* --- dice --- */

/* xorshift64*: the history, not the policy, draws from it. */
static inline uint32_t draw(struct history *self, uint32_t sides)
{
	self->dice ^= self->dice >> 12;
	self->dice ^= self->dice << 25;
	self->dice ^= self->dice >> 27;
	return (uint32_t)((self->dice * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % sides;
}

static inline bool chance(struct history *self, unsigned int percent)
{
	return draw(self, 100) < percent;
}

/* --- who and where --- */

static inline void peer_name(unsigned int peer, char name[PEER_ID_MAX])
{
	memset(name, 0, PEER_ID_MAX);
	snprintf(name, PEER_ID_MAX, "Peer%u", peer);
}

/* A sixth each: alone in a /16, crowded in one /16, alone in a /32, crowded in one /56, protected by nature, in a carrier. */
static inline void source_text(unsigned int source, char text[ADDR_TEXT_MAX])
{
	unsigned int n = source / 6 + 1;

	switch (source % 6) {
	case 0:
		snprintf(text, ADDR_TEXT_MAX, "198.%u.7.1", 20 + n);
		break;
	case 1:
		snprintf(text, ADDR_TEXT_MAX, "203.0.113.%u", n);
		break;
	case 2:
		snprintf(text, ADDR_TEXT_MAX, "3fff:%x::1", n);
		break;
	case 3:
		snprintf(text, ADDR_TEXT_MAX, "2001:db8:7:%x::1", n);
		break;
	case 4:
		snprintf(text, ADDR_TEXT_MAX, "10.0.0.%u", n);
		break;
	default: /* 203.0.113.160 and up: a source of IPv4 */
		snprintf(text, ADDR_TEXT_MAX, "64:ff9b::cb00:71%x", 160 + n);
	}
}

/* Read once: a history asks for them at each step. */
static inline struct addr source_addr(unsigned int source)
{
	static struct endpoint known[SOURCES];
	static bool is_known[SOURCES];
	char text[ADDR_TEXT_MAX];

	if (!is_known[source]) {
		source_text(source, text);
		assert_int_equal(endpoint_parse(&known[source], text, strlen(text), NULL), 0);
		is_known[source] = true;
	}
	return known[source].addr;
}

static inline bool is_protected_by_nature(unsigned int source)
{
	return source % 6 == 4;
}

/* Twelve peers live behind source 0, a NAT; the others have a home of their own. */
static inline unsigned int home_of(unsigned int peer)
{
	return peer < 12 ? 0 : peer % SOURCES;
}

static inline struct prefix source_prefix_of(unsigned int source)
{
	const struct addr addr = source_addr(source);
	const struct source_key key = addr_source(&addr);

	return source_prefix(&key);
}

#endif
