/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * questions: what the network layer asks of the book. Continue or disconnect (admit)? In what order to dial (rank)? Who is
 * really here (mesh)? Whom to let go (prune)? Nothing here changes the book; the same book, question and seed give the same answer.
 *
 * Every time is boot-time ns. Results are written to arrays of the caller; pointers in them live until the next call of the
 * policy that is not const. Formulas, constants and their sources: docs/POLICY.md.
 */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "policy.h"

enum { CANDIDATE_ADDRS = 8, MATE_WHY_MAX = 160 };

/* About to dial, or just accepted: may it go on? One of peer and addr at least. */
struct admission {
	char peer[PEER_ID_MAX]; /* "": not known yet */
	bool has_addr;
	struct addr addr;
	enum direction direction; /* UNKNOWN: as inbound */
	int service;		  /* -1: all */
};

struct admittance {
	bool allow;
	enum reason reason; /* REASON_NONE when allowed */
	uint64_t retry_ns;  /* when to ask again; 0: allowed, or nobody knows; FOREVER_NS: never */
	char why[MATE_WHY_MAX]; /* one sentence */
};

void policy_admit(const struct policy *self, const struct admission *question, uint64_t now_ns,
		  struct admittance *ret);

/* Whom the node might dial: announced, so an address helps its peer and harms nobody (law 14). */
struct candidate {
	char peer[PEER_ID_MAX]; /* "": only addresses are known */
	struct addr addrs[CANDIDATE_ADDRS];
	uint8_t addr_count;
	bool has_digest; /* the announced fork digest (ENR eth2) */
	uint8_t digest[DIGEST_SIZE];
};

enum rank_why {
	/* To be dialled, as the word says: */
	RANK_ANCHOR,   /* long good tenure with us, outbound */
	RANK_KNOWN,    /* dialled or met before, ranked by what it did */
	RANK_NEWCOMER, /* never met */
	RANK_EXPLORE, /* never met, and the one dial in eight for such: first where no network was tried */
	/* Not now: */
	RANK_WRONG_FORK,       /* its announced digest is not ours */
	RANK_REFUSED,	       /* banned or backed off */
	RANK_LIVE,	       /* connected already, or somebody at that source is */
	RANK_NETWORK_CAPPED,   /* its network holds its share of our links */
	RANK_NETWORK_IN_BATCH, /* a better candidate of the same network comes first in this answer */
	RANK_DUPLICATE,	       /* named before in this list */
	RANK_NO_ADDRESS,
	RANK_WHYS
};

const char *rank_word(enum rank_why why); /* "anchor", "wrong_fork" … */

struct ranked {
	uint32_t candidate; /* index in the question */
	uint8_t addr;	    /* index of the address to dial first */
	bool dial;	    /* false: left out, told with its why, behind those to dial */
	enum rank_why why;
	uint32_t key;	/* what it was ordered by, in millionths: higher first */
	uint64_t order; /* its place in the answer */
};

/*
 * Orders @count candidates, best first: those to dial (@want at most, 0: all), then those left out, among them whoever would have
 * been dialled by a larger @want. @ret has room for @count. Returns how many of them are to be dialled. The first of two with the
 * same peer counts; who names no peer is known by his first address. Private addresses come last, and share nothing with anybody.
 */
size_t policy_rank(const struct policy *self, const struct candidate *candidates, size_t count,
		   size_t want, int service, uint64_t seed, uint64_t now_ns, struct ranked *ret);

/* A connected peer and why it stands where it does. */
struct mate {
	const char *peer;
	bool has_addr;
	struct prefix source;
	enum direction direction;
	enum standing standing;
	int8_t score;
	uint64_t since_ns; /* connected since */
	char why[MATE_WHY_MAX];
};

/* Peers connected at the protocol level (status exchanged, not being disconnected), best and most stable first; @want 0: as many as fit. */
size_t policy_mesh(const struct policy *self, int service, size_t want, uint64_t now_ns,
		   struct mate *ret, size_t max);

/*
 * Whom to let go, first one first, at most @want; 0: as many as are over what was told by policy_capacity(). Fewer when all others are
 * spared: the trusted, the young, the best. See docs/POLICY.md for the order.
 */
size_t policy_prune(const struct policy *self, int service, size_t want, uint64_t now_ns,
		    struct mate *ret, size_t max);

#endif
