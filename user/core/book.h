/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * book: what the policy remembers, and how the files of user/core/ see it. Places (sources and other prefixes) with what
 * was decided there, sources with what is known of them, peers, groups of sources. All in one allocation, each with a cap;
 * numbers from 1 on name records. For user/core/ only: everybody else includes policy.h.
 */
#ifndef BOOK_H
#define BOOK_H

#include <string.h>

#include "arena.h"
#include "hash.h"
#include "heap.h"
#include "list.h"
#include "pairing.h"
#include "pool.h"
#include "table.h"

#include "breaker.h"
#include "contacts.h"
#include "dirty.h"
#include "forks.h"
#include "ledger.h"
#include "networks.h"
#include "policy.h"
#include "quality.h"
#include "save.h"

#define NS_PER_S UINT64_C(1000000000)

enum {
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	PEER_LINKS = 4, /* sources of a peer (law 2 trusts at most four) */
	SOURCE_PEERS =
		16,    /* peers of a source that are kept apart; more than one NAT's usual share */
	MEMOS = 5,     /* kinds of evidence accounted for, each record; the oldest makes room */
	REPORTERS = 4, /* followers whose allowance is kept for a source; more get none */
	LENGTHS = 129, /* of a prefix */
	TENURE_S = HOUR_S, /* laws 4 and 16: what makes a peer good */
	GOOD_FOR_S =
		DAY_S, /* law 4: how long a source's good peer is remembered; law 2: its trust */
};

/* A refusal or a trust; none when until_ns is 0 or past. */
struct ruling {
	uint64_t until_ns, since_ns;
	enum standing standing; /* BANNED: a ban; TRUSTED; else a backoff */
	enum reason reason;
	uint8_t services;
};

/* How often an effect came; see ladder.h. */
struct ladder {
	uint64_t raised_ns, end_ns;
	uint8_t level; /* 0: never, or forgotten */
};

/* One kind of evidence, counted. */
struct memo {
	uint64_t first_ns, last_ns;
	uint16_t count, points;
	uint8_t rule; /* of evidence.c, + 1; 0: empty */
	bool second_hand;
};

/* What peers and sources both have: their account. */
struct past {
	struct ledger ledger;
	struct ladder bans, backoffs, capacity;
	struct memo memos[MEMOS];
	uint64_t seen_ns, success_ns, failure_ns;
	uint64_t
		unseen_ns; /* when a follower last told what the kernel had not seen, and how often in a day */
	uint32_t unseen;
	bool tried; /* once succeeded: law 10's better pool */
};

/* Who leaves first. Each record that is in use stands on a shelf. */
enum shelf {
	SHELF_NONE,
	SHELF_UNTRIED,
	SHELF_TRIED,
	SHELF_KEPT,	/* refused, trusted, connected */
	SHELF_PREFIXES, /* an operator's, no sources */
	SHELF_FOLDS,	/* bans of a /56 */
	SHELVES
};

/* A source or prefix and what holds there. @said: an operator's word. */
struct place {
	struct prefix prefix;
	bool is_held; /* the kernel was told @held */
	bool held_by_operator;
	uint8_t shelf; /* enum shelf */
	uint32_t chain;
	struct list_link link;
	uint32_t end_slot, wake_slot;
	uint32_t source; /* what is known of it; 0: nothing */
	uint32_t group;	 /* whose share its automatic refusal takes; 0: none */
	struct pairing_link rank;
	struct ruling said, automatic;
	uint64_t trust_until_ns; /* from a trusted peer (law 2) */
	uint64_t held_until_ns;
	int8_t held_score;
	enum standing held_standing;
	enum reason held_reason;
	uint8_t held_services;
};

/* Law 1's allowance. */
struct allowance {
	uint64_t last_ns;
	uint32_t reporter;
	uint16_t spent;
	bool used;
};

/* The last failed connection of a source: two are distinct by peer, by connection, by port or by time. */
struct failure {
	uint64_t at_ns;
	uint32_t peer, connection;
	uint16_t port;
};

struct source {
	struct past past;
	struct failure failure;
	struct allowance allowances[REPORTERS];
	uint32_t run; /* failures on distinct connections since anybody's last success here */
	uint32_t peers, first_link;
	uint32_t online; /* of these peers, how many are connected from here */
	bool known; /* a handshake went well: the kernel holds its score, newcomers' counts its /56 */
	bool convicted; /* counted among the banned of its /56 */
	bool verified;	/* a status and two minutes of answers: counted in its network */
};

/* A peer seen at a source. Its number is (peer - 1) * PEER_LINKS + slot + 1. */
struct link {
	uint32_t place; /* 0: free */
	uint32_t next, previous;
	bool online;
	uint32_t dial; /* dials of this address that failed: see retry.h */
	uint64_t since_ns, seen_ns, success_ns, tenured_ns; /* 0: never */
	uint64_t vouched_ns; /* when the node itself last had this peer here: what trust goes by */
};

struct peer {
	char id[PEER_ID_MAX];
	uint32_t chain;
	struct list_link shelf_link, online_link;
	uint8_t shelf;
	bool trusted, online, established, /* a handshake went well on this connection */
		leaving;		   /* one of both has said goodbye on it */
	enum direction direction;
	int8_t service;
	uint32_t connection; /* counts connections, to tell them apart */
	uint32_t dial;	     /* dials that failed at addresses that nobody told: see retry.h */
	struct link links[PEER_LINKS];
	struct past past;
	struct quality quality;
	struct ruling
		ruling; /* of the peer itself, for dial and rank; the gate knows sources only */
};

enum { FOLD_LENGTH = 56 };

enum group_kind { GROUP_SHARE, GROUP_NEIGHBOURS };

struct group_key {
	uint8_t kind;
	uint8_t bytes[8]; /* SHARE: the IPv4 /16 or IPv6 /32 of the key; NEIGHBOURS: the IPv6 /56 */
};

struct group {
	struct group_key key;
	uint32_t chain;
	uint32_t root, refused; /* SHARE: automatic refusals by their end */
	uint32_t known, banned; /* NEIGHBOURS: sources */
};

struct floor {
	uint64_t at_ns;
	uint32_t max, connected, inbound_max;
	int8_t value;
	bool contested; /* over half full */
};

struct policy {
	struct policy_settings settings;
	struct policy_output output;
	struct hash_key hash;
	uint64_t now_ns;
	struct pool places, sources, peers, groups;
	struct dirty dirty_places,
		dirty_words, /* of places: those where an operator's word came or went */
		dirty_peers; /* what the store has not seen yet: a source goes with its place, a link with its peer */
	struct table place_by_prefix, peer_by_id, group_by_key;
	struct heap ends;  /* automatic refusals of sources by their end */
	struct heap wakes; /* places by the moment when something else of them changes */
	struct pairing ranks;
	struct list place_shelves[SHELVES], peer_shelves[SHELVES], online;
	uint32_t lengths[LENGTHS]; /* places that are no sources, by length */
	uint32_t source_places, prefix_places;
	struct prefix *protected, *protected_next; /* sorted; room to sort the next one */
	uint32_t protected_count;
	uint32_t sweep_left,
		sweep_at; /* places still to be looked at again, and the last one that was */
	struct floor floors[SERVICES_MAX];
	struct node_state nodes[SERVICES_MAX]; /* what the node said of itself, by service */
	struct networks networks;
	struct contacts contacts;
	struct seats *seats;		      /* scratch of the three questions: see seats.h … */
	struct muster *muster;		      /* … and muster.h */
	uint64_t node_heads_ns[SERVICES_MAX]; /* when the node told its head */
	uint64_t started_ns;		      /* the first moment that was told; 0: none yet */
	bool warm;			      /* see doubt.h */
	struct breaker breaker;
	struct holding holding;
	struct forks forks;
	struct policy_counts counts;
	struct saved_clock loading; /* while the book comes back: the present moment; else 0 */
	bool quiet;		    /* and nothing is told yet of what the kernel is to hold */
};

static inline struct place *place_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->places, number);
}

static inline struct source *source_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->sources, number);
}

static inline struct peer *peer_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->peers, number);
}

static inline struct peer *link_peer(const struct policy *self, uint32_t link)
{
	return peer_at(self, (link - 1) / PEER_LINKS + 1);
}

static inline struct link *link_at(const struct policy *self, uint32_t link)
{
	return &link_peer(self, link)->links[(link - 1) % PEER_LINKS];
}

/* The source that is known at @place, or NULL. */
static inline struct source *place_source(const struct policy *self, const struct place *place)
{
	return place->source ? source_at(self, place->source) : NULL;
}

static inline bool ruling_is_live(const struct ruling *self, uint64_t now_ns)
{
	return self->until_ns > now_ns;
}

/* @ns + @seconds; never FOREVER_NS, never around. */
static inline uint64_t after_s(uint64_t ns, uint64_t seconds)
{
	return ns > FOREVER_NS - 1 - seconds * NS_PER_S ? FOREVER_NS - 1 : ns + seconds * NS_PER_S;
}

/* Whether @ns lies at most @seconds before @now_ns; 0 (never) does not. */
static inline bool is_within_s(uint64_t ns, uint64_t seconds, uint64_t now_ns)
{
	return ns && (ns >= now_ns || now_ns - ns <= seconds * NS_PER_S);
}

#endif
