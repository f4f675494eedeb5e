/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy: what is known of peers and sources, and what follows from it. Pure: the caller gives time and randomness, takes
 * decisions through a table of functions, and gets the same decisions for the same calls, byte for byte (law 11).
 * No descriptor, no clock, no allocation after policy_new().
 *
 * Every time is boot-time ns (CLOCK_BOOTTIME). Calls may name a moment in the past (a log's): what would be over already is
 * not refused any more. A moment later than the latest seen by policy_tick() + 5 s is taken as that, so tick once first.
 * What follows from which report, and why: docs/POLICY.md.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <peergate/abi.h>
#include <peergate/addr.h>
#include <peergate/why.h>

#include "policy_settings.h"

struct policy;

/* A peer ID in text, as libp2p writes it (base58 or CIDv1); longer ones are refused by the caller. */
enum { PEER_ID_MAX = 96 };

/* A fork digest (consensus-specs: ForkDigest, Bytes4), and how many protocols a report may name. */
enum { DIGEST_SIZE = 4, PROTOCOLS_MAX = 32 };

enum { ACCOUNT_WHYS = 48, ACCOUNT_WHY_MAX = 200 };

enum direction { DIRECTION_UNKNOWN, DIRECTION_INBOUND, DIRECTION_OUTBOUND };

enum report_event {
	REPORT_CONNECTED, /* the protocol layer has the connection */
	REPORT_DISCONNECTED,
	REPORT_HANDSHAKE, /* result: ok, timeout, wrong_network, unviable_fork, incompatible, error */
	REPORT_RESPONSE, /* result: ok, bad, timeout; latency */
	REPORT_STATUS,	 /* head slot, protocols: the status exchange succeeded */
	REPORT_GOODBYE,	 /* code, and who said it */
	REPORT_GOSSIP,	 /* score */
	REPORT_VERDICT,	 /* ban, discourage, trust, clear: the protocol layer's own */
};

enum report_result {
	RESULT_NONE,
	RESULT_OK,
	RESULT_TIMEOUT,
	RESULT_WRONG_NETWORK,
	RESULT_UNVIABLE_FORK,
	RESULT_INCOMPATIBLE,
	RESULT_ERROR,
	RESULT_BAD,
	RESULT_INVALID, /* invalid: bad signature or encoding: proof */
	RESULT_BAN,
	RESULT_DISCOURAGE,
	RESULT_TRUST,
	RESULT_CLEAR,
};

struct report {
	char peer[PEER_ID_MAX]; /* "" when only the address is known */
	bool has_addr;
	struct addr addr; /* remote address of the connection, never an announced one */
	uint16_t port;	  /* remote port; tells connections apart; 0 unknown */
	enum direction direction;
	int service; /* 0 .. SERVICES_MAX - 1; -1: all */
	enum report_event event;
	enum report_result result;
	enum reason reason; /* of a verdict or goodbye, when told; REASON_NONE else */
	uint16_t goodbye_code;
	double score;	     /* gossip's, the client's own scale */
	uint32_t latency_us; /* 0: not told */
	uint64_t head_slot;  /* 0: not told */
	bool has_digest, has_our_digest;
	uint8_t digest[DIGEST_SIZE]; /* the fork that they are on */
	uint8_t our_digest
		[DIGEST_SIZE]; /* and the one that we are on, as the node told it with this report */
	uint8_t protocol_count;		   /* of a status: what they speak; 0: not told */
	uint32_t protocols[PROTOCOLS_MAX]; /* hash_text() of each name */
	bool second_hand; /* read from a log or an API by a follower, not said by the node itself */
	uint32_t reporter; /* which follower or node said it: law 1's allowance is kept for each */
};

/* What the kernel is to hold for a source or prefix. @until_ns 0: only the score; FOREVER_NS: no end. */
struct decision {
	struct prefix prefix;
	bool remove;	  /* nothing is to be held any more */
	bool fresh;	  /* nothing was held there before */
	bool by_operator; /* an operator's word, not the policy's own: after a restart it is one again */
	uint64_t until_ns;
	int8_t score;
	enum standing standing;
	enum reason reason;
	uint8_t services;
};

/* Where decisions go; called from within the policy's calls. None may call back into the policy. */
struct policy_output {
	void *context;
	void (*decide)(void *context, const struct decision *decision);
	void (*floor)(void *context, unsigned int service, int8_t floor);
	void (*neighbours)(void *context, const struct source_key *prefix56,
			   uint32_t sources); /* 0: none left */
	/*
	 * Whether the kernel saw a connection of @source on @service (-1: any) about @at_ns. What a follower tells of a source
	 * that was not seen counts for the peer only. NULL: everybody is believed (corroborate off).
	 */
	bool (*saw)(void *context, const struct source_key *source, int service, uint64_t at_ns);
};

int policy_new(struct policy **ret, const struct policy_settings *settings,
	       const struct policy_output *output, uint64_t seed, struct why *why);
void policy_free(struct policy *self);

/* Own, gateway, bootnode … addresses: never refused by reports (law 5). Replaces the former list; copied. */
int policy_protect(struct policy *self, const struct prefix *prefixes, size_t count,
		   struct why *why);

/* Something that the kernel already held when the daemon came: becomes the book's own, nothing is decided anew. */
int policy_restore(struct policy *self, const struct decision *held, uint64_t now_ns);

/* Takes one report that speaks of @at_ns. 0, or -EINVAL with the offending field in @why; then nothing has changed. */
int policy_report(struct policy *self, const struct report *report, uint64_t at_ns,
		  struct why *why);

/*
 * The kernel's own evidence: @short_lived connections of @source in a row on @service (-1: all), none among them or alive that
 * lasted. Suspect: a backoff that grows, never a ban; none for the trusted, the protected, or where somebody is connected and
 * in good order; the first step at most where somebody was good for an hour (laws 1, 2, 4, 5, 16); none where the node itself
 * said of half of them that it cut them because it was full. Told again while it is backed off, nothing changes. -EINVAL: no such service, or no connection at all.
 */
int policy_churn(struct policy *self, const struct source_key *source, int service,
		 uint32_t short_lived, uint64_t at_ns, struct why *why);

/* Whether the live connections of @source may be closed: never a trusted one's, never a good peer's (law 4). */
bool policy_may_close(const struct policy *self, const struct prefix *prefix, uint64_t now_ns,
		      struct why *why);

/* An operator's words: they beat automatic ones, the more specific of two wins (law 2). @until_ns may be FOREVER_NS. */
int policy_ban(struct policy *self, const struct prefix *prefix, uint64_t until_ns,
	       enum reason reason, uint64_t now_ns, struct why *why);
int policy_unban(struct policy *self, const struct prefix *prefix, uint64_t now_ns,
		 struct why *why); /* -ENOENT: no ban there */
int policy_allow(struct policy *self, const struct prefix *prefix, uint64_t now_ns,
		 struct why *why);
int policy_disallow(struct policy *self, const struct prefix *prefix, uint64_t now_ns,
		    struct why *why); /* -ENOENT */

/* A node's own count of its peers. */
struct capacity {
	uint32_t max, connected;
	uint32_t
		inbound_max; /* how many of them may have come to it, by those known here as inbound; 0: not told */
};

/* The floor that follows, in @ret_floor. Stale after settings.capacity_stale_ns: the floor opens. */
int policy_capacity(struct policy *self, unsigned int service, const struct capacity *told,
		    uint64_t now_ns, int8_t *ret_floor, struct why *why);

/*
 * Whether the service is over half full by a count still believed: then strangers may have one connection a source. The kernel's
 * limit of live connections is the daemon's to lower (setting living-contested) while this holds.
 */
bool policy_is_contested(const struct policy *self, unsigned int service, uint64_t now_ns);

/* What a node says of itself: laws 12 and 13 judge others by it. Members that are not told stay as they were. */
struct node_state {
	bool has_digest, has_head, has_syncing;
	uint8_t digest[DIGEST_SIZE];
	uint64_t head_slot;
	bool syncing;
	uint8_t protocol_count;
	uint32_t protocols[PROTOCOLS_MAX]; /* as of a report */
};

int policy_node(struct policy *self, unsigned int service, const struct node_state *told,
		uint64_t now_ns, struct why *why);

/* The breaker of law 6. */
struct breaker_view {
	bool open;		     /* suspect evidence counts for nothing now */
	bool by_operator;	     /* held open by hand */
	uint64_t since_ns, until_ns; /* 0: not open; until FOREVER_NS: as long as it is held */
	uint32_t opened;	     /* how often since the start */
	uint64_t voided;	     /* suspect reports that counted for nothing */
	char why[ACCOUNT_WHY_MAX];   /* a sentence, also when it is closed */
};

/* resume: closes it at once, and for ten minutes it does not open by itself; hold: opens it until resumed. */
enum breaker_action { BREAKER_RESUME, BREAKER_HOLD };

void policy_breaker(struct policy *self, enum breaker_action action, uint64_t now_ns);
void policy_breaker_see(const struct policy *self, uint64_t now_ns, struct breaker_view *ret);

/* To be called about each second, with the true time: ends what has ended, opens stale floors. Bounded work a call. */
void policy_tick(struct policy *self, uint64_t now_ns);

/* The account of one peer or source. */

struct account {
	bool known;
	bool refused; /* what enforce would do to a start from there now */
	enum reason reason;
	enum standing standing;
	int8_t score;
	uint64_t until_ns; /* 0: no end in sight because there is no verdict */
	unsigned int whys;
	char why[ACCOUNT_WHYS][ACCOUNT_WHY_MAX]; /* a sentence each, weightiest first */
};

void policy_explain_addr(const struct policy *self, const struct addr *addr, uint64_t now_ns,
			 struct account *ret);
void policy_explain_prefix(const struct policy *self, const struct prefix *prefix, uint64_t now_ns,
			   struct account *ret);
int policy_explain_peer(const struct policy *self, const char *peer, uint64_t now_ns,
			struct account *ret); /* -ENOENT */

/* Why the floor of @service stands where it does, a sentence in @ret->why. */
void policy_explain_floor(const struct policy *self, unsigned int service, uint64_t now_ns,
			  struct account *ret);

/*
 * What the policy doubts of the node itself now, a sentence each in @ret->why, none in good times: the breaker (law 6), the
 * node's own network (law 12), its head (law 13), the cold start.
 */
void policy_doubts(const struct policy *self, uint64_t now_ns, struct account *ret);

/* One line of the book. Pointers live until the next call that is not const. */
struct peer_view {
	const char *peer; /* "" : a source without a known peer */
	bool has_addr;
	struct prefix source;
	enum standing standing;
	int8_t score;
	bool refused;
	enum reason reason;
	uint64_t until_ns;
	bool connected;
	enum direction direction;
	uint64_t last_seen_ns;
};

/*
 * Walks the book a page at a time: fills up to @count views from cursor @at (0 first), returns how many, and the next
 * cursor in @ret_next (0: that was the last). Records that come or go meanwhile may be missed or seen twice.
 */
size_t policy_peers(const struct policy *self, uint64_t now_ns, uint64_t at, struct peer_view *ret,
		    size_t count, uint64_t *ret_next);

struct policy_counts {
	uint32_t peers, peers_max, sources, sources_max, prefixes, prefixes_max, bans, backoffs,
		trusted;
	uint64_t evicted, reports, reports_ignored;
	uint64_t
		uncorroborated; /* reports that counted for the peer only: the kernel had not seen it there */
	uint64_t churns; /* backoffs for churn */
	uint32_t links, links_max, details, details_max;
	uint64_t links_evicted, details_evicted;
	/* Memory of the book when all of it is in use; what of it is for a peer and for a source, everything counted in. */
	size_t bytes, bytes_per_peer, bytes_per_source;
};

void policy_count(const struct policy *self, struct policy_counts *ret);

#endif
