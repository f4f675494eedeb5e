/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * book: what the policy remembers, and how the files of user/core/ see it. Places (sources and other prefixes) with what
 * was decided there, sources with what is known of them, peers, links between the two, networks. All in one piece of memory,
 * each with a cap; numbers from 1 on name records. A peer takes 256 bytes at most and a source 128, everything counted in:
 * moments take four bytes (moment.h), what few records need lies apart (details.h, shadows). For user/core/ only: everybody
 * else includes policy.h.
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
#include "moment.h"
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
	ID_INLINE =
		56, /* "16Uiu2HAm…" has 53 letters; an ID that does not fit with its NUL lies apart */
};

/* A refusal or a trust; none when until_at is 0 or past. */
struct ruling {
	uint32_t until_at, since_at;
	uint8_t standing; /* enum standing. BANNED: a ban; TRUSTED; else a backoff */
	uint8_t reason;	  /* enum reason */
	uint8_t services;
};

/* How often an effect came; see ladder.h. */
struct ladder {
	uint32_t end_at;
	uint8_t level; /* 0: never, or forgotten */
} __attribute__((packed));

/* What peers and sources both have: their account. */
struct past {
	struct ledger ledger;
	uint32_t seen_at;
	uint32_t details;   /* details.h; 0: none */
	uint32_t raised_at; /* when the level of @backoffs last rose */
	struct ladder bans, backoffs, capacity;
	bool tried : 1;	  /* once succeeded: law 10's better pool */
	bool thinned : 1; /* details made room for others' */
	bool known : 1;	  /* a source's: a handshake went well: the kernel holds its score */
	bool verified : 1; /* a source's: a status and two minutes of answers: counted in its network */
};

/* Who leaves first. Each record that is in use stands on a shelf. */
enum shelf {
	SHELF_NONE,
	SHELF_UNTRIED,
	SHELF_TRIED,
	SHELF_KEPT, /* trusted, an operator's; sources with somebody connected; peers that are refused */
	SHELF_ONLINE,	/* peers that are connected */
	SHELF_REFUSED,	/* sources: on no list, but in their network's heap */
	SHELF_PREFIXES, /* an operator's, no sources */
	SHELF_FOLDS,	/* bans of a /56 */
	SHELVES
};

/* What the kernel was told. */
struct held {
	uint32_t until_at;
	int8_t score;
	uint8_t standing, reason, services;
};

/*
 * A source or prefix and what holds there: the operator's word, or else the automatic refusal; where there are both, the latter
 * waits among the shadows. Read them by place_said() and place_automatic(), the prefix by place_prefix().
 */
struct place {
	struct source_key key; /* of a source */
	uint32_t chain;
	union {
		struct list_link link;	  /* on a shelf, or … */
		struct pairing_link rank; /* … refused, in the heap of its network */
	};
	uint32_t end_slot;
	struct ruling ruling;
	uint32_t trust_until_at; /* from a trusted peer (law 2) */
	struct held held;
	uint8_t shelf; /* enum shelf */
	bool is_held : 1;
	bool held_by_operator : 1;
	bool is_said : 1;      /* @ruling is an operator's word */
	bool has_shadow : 1;   /* an automatic refusal waits until that word ends */
	bool has_source : 1;   /* something is known of it */
	bool in_share : 1;     /* @rank is in use */
	bool is_neighbour : 1; /* counted among the known of its /56 … */
	bool is_convicted : 1; /* … and among the banned */
	bool is_rest : 1;      /* counted in the share of those networks that found no room */
};

_Static_assert(sizeof(struct place) == 56, "a place has 56 bytes");

/* What is known of a source; its number is its place's. */
struct source {
	struct past past;
	uint32_t first_link;
	uint16_t run; /* failures on distinct connections since anybody's last success here */
	uint8_t peers;
	uint8_t online; /* of these peers, how many are connected from here */
};

_Static_assert(sizeof(struct source) == 48, "a source has 48 bytes");

/* A place that is no source. Its number among the places is that of the last source + its own. */
struct wide {
	struct prefix prefix;
	uint32_t chain;
};

/* An automatic refusal under an operator's word. */
struct shadow {
	uint32_t place, chain;
	struct ruling ruling;
};

/* A peer seen at a source. */
struct link {
	uint32_t peer : 30; /* 0: free */
	uint32_t online : 1;
	uint32_t good : 1; /* something went well on this connection */
	uint32_t place;
	uint32_t next, next_of_peer; /* of the source's; of the peer's, from the newest on */
	uint32_t since_at, seen_at, tenured_at; /* 0: never */
	uint32_t vouched_at; /* when the node itself last had this peer here: what trust goes by */
	uint32_t dial;	     /* dials of this address that failed: see retry.h */
};

_Static_assert(sizeof(struct link) == 36, "a link has 36 bytes");

/* Read the ID by peer_id(). */
struct peer {
	uint32_t chain;
	char id[ID_INLINE]; /* or a 0 and, behind it, the number of a long one */
	uint32_t first_link;
	/* A cache line ends here. */
	struct past past;
	uint32_t success_at, failure_at;
	struct list_link link;
	uint8_t shelf;
	uint8_t direction; /* enum direction */
	int8_t service;
	bool trusted : 1, online : 1,
		established : 1, /* a handshake went well on this connection */
		leaving : 1;	 /* one of both has said goodbye on it */
	uint32_t share;		 /* its network's, while it is untried; see throngs.h */
	uint32_t connection;	 /* counts connections, to tell them apart */
	uint32_t dial;		 /* dials that failed at addresses that nobody told: see retry.h */
	struct quality quality;
	struct ruling
		ruling; /* of the peer itself, for dial and rank; the gate knows sources only */
};

_Static_assert(sizeof(struct peer) <= 192, "a peer has three cache lines");

enum { FOLD_LENGTH = 56 };

/* Those of one network who never succeeded yet, from the one longest unheard on. */
struct throng {
	uint32_t oldest, newest, count, slot;
};

enum throng_kind { THRONG_SOURCES, THRONG_PEERS, THRONGS };

/* A network: an IPv4 /16 or IPv6 /32, and its share of the tables (shares.h). */
struct share {
	struct source_key key; /* the rest is 0 */
	uint32_t chain;
	uint32_t root, refused; /* sources with an automatic refusal, by their end */
	struct throng throngs[THRONGS];
};

/* Those that find no room in the table of shares have one together. */
enum { SHARE_REST = 1 };

/* An IPv6 /56, in which sources are known or banned. */
struct site {
	struct source_key key; /* the last byte is 0 */
	uint32_t chain;
	uint16_t known, banned;
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
	struct pool places;	 /* all of them: the sources first, then … */
	struct pool source_pool; /* … as which their numbers are taken, … */
	struct pool wides;	 /* … then those that are none */
	struct source *sources;	 /* what is known; that of place 1 first */
	struct pool peers, long_ids, links, details, shadows, shares, sites;
	uint32_t link_hand;	   /* the link that was looked at last when room was wanted */
	struct list details_heard; /* the one longest unheard first */
	struct dirty dirty_places,
		dirty_words, /* of places: those where an operator's word came or went */
		dirty_peers; /* what the store has not seen yet: a source goes with its place, a link with its peer */
	struct table place_by_source, place_by_wide, peer_by_id, long_id_by_text, shadow_by_place,
		share_by_key, site_by_key;
	struct heap ends; /* places by the moment when the first thing that holds there ends */
	struct pairing ranks;
	struct heap throngs
		[THRONGS]; /* shares by the moment when the oldest of their untried was heard */
	struct list throng_lists[THRONGS]; /* how such a throng is linked */
	uint32_t thronging[THRONGS];	   /* all the untried */
	struct list place_shelves[SHELVES], peer_shelves[SHELVES];
	uint32_t lengths[LENGTHS];		   /* places that are no sources, by length */
	struct prefix *protected, *protected_next; /* sorted; room to sort the next one */
	uint32_t protected_count;
	uint32_t sweep_left,
		sweep_at;   /* places still to be looked at again, and the last one that was */
	uint32_t fading_at; /* the last place that was looked at since its score fades */
	uint64_t faded_ns;
	uint32_t held,
		held_scores; /* sources that the kernel holds; those of which it has a score only */
	uint32_t held_hand;  /* the source that was looked at last when room was wanted there */
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
	struct cuts *cuts;
	struct policy_counts counts;
	struct saved_clock loading; /* while the book comes back: the present moment; else 0 */
	bool quiet;		    /* and nothing is told yet of what the kernel is to hold */
};

static inline struct place *place_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->places, number);
}

static inline struct peer *peer_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->peers, number);
}

static inline struct link *link_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->links, number);
}

static inline struct peer *link_peer(const struct policy *self, uint32_t link)
{
	return peer_at(self, link_at(self, link)->peer);
}

static inline uint32_t place_number(const struct policy *self, const struct place *place)
{
	return (uint32_t)(place - (const struct place *)self->places.items) + 1;
}

/* The source that is known at @place, or NULL. */
static inline struct source *place_source(const struct policy *self, const struct place *place)
{
	return place->has_source ? &self->sources[place_number(self, place) - 1] : NULL;
}

static inline bool place_is_source(const struct policy *self, const struct place *place)
{
	return place_number(self, place) <= self->source_pool.max;
}

static inline struct prefix place_prefix(const struct policy *self, const struct place *place)
{
	uint32_t number = place_number(self, place);

	return number <= self->source_pool.max
		       ? source_prefix(&place->key)
		       : ((const struct wide *)pool_at(&self->wides,
						       number - self->source_pool.max))
				 ->prefix;
}

static inline bool ruling_is_live(const struct ruling *self, uint64_t now_ns)
{
	return self->until_at > moment_of(now_ns);
}

/* The operator's word at @place; one of until_at 0: none. */
static inline const struct ruling *place_said(const struct place *place)
{
	static const struct ruling none;

	return place->is_said ? &place->ruling : &none;
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
