/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * address_book: which peer is where, and since when, by the node's own word: its API's list of peers, as it changes. It gives
 * lines that name only a peer an address, and it bears out, or not, what a log says in whose form anybody may write.
 * Bounded: the peer that was heard of longest ago leaves first. Times are unix ms of this host; now is always the caller's.
 */
#ifndef ADDRESS_BOOK_H
#define ADDRESS_BOOK_H

#include <peergate/addr.h>
#include <stdbool.h>
#include <stdint.h>

#include "news.h"

/*
 * The API is asked once a second at most, and a line may come that much later than what it tells of: the reason and the
 * address of one connection are up to 15 s apart. A mute connection lasts 10 s.
 */
enum {
	BOOK_BEFORE_MS = 30 * 1000,
	BOOK_AFTER_MS = 15 * 1000,
	BOOK_FRESH_MS = 60 * 1000, /* without an answer for longer it is not waited for */
	BOOK_LAG_MS =
		1000, /* an answer tells how it was when it was asked for, at most so long ago */
	/* A handshake's ten seconds, the API's six between two answers, and how long an answer takes. */
	BOOK_SHORT_MS = 20 * 1000,
	BOOK_PLACES =
		4, /* of a peer that are remembered: it comes back each 10 s from another port */
	BOOK_PEERS_MAX = 16384
};

struct book_of_addresses;

int book_new(struct book_of_addresses **ret, uint32_t peers_max, uint64_t seed); /* -ENOMEM */
void book_free(struct book_of_addresses *self); /* NULL is welcome */

/*
 * The API says at @at_ms that @peer is, or was last, at @addr; by whose dial, and whether it is connected. Saying the same
 * again is welcome and is no change. An address of a peer that did not come in is what somebody announced: it counts for nothing.
 */
void book_says(struct book_of_addresses *self, const char *peer, const struct endpoint *addr,
	       enum way way, bool connected, int64_t at_ms);

/*
 * An answer is complete. Up to the first one all is as it was, nobody knows since when; after a later one, who was not
 * mentioned has not changed.
 */
void book_said_all(struct book_of_addresses *self, int64_t at_ms);

/* Whether the API answers: there was a complete answer not long ago. */
bool book_is_fresh(const struct book_of_addresses *self, int64_t now_ms);

/* 0 and where @peer came in from at @at_ms; -ENOENT: nothing is known of it yet, or it did not come in. */
int book_find(const struct book_of_addresses *self, const char *peer, int64_t at_ms,
	      struct endpoint *ret_addr);

/* Whether the book knows where @peer came in from, and it is from another host than @addr. */
bool book_disputes(const struct book_of_addresses *self, const char *peer,
		   const struct endpoint *addr);

/* What is said of a connection: that it began and lives; that it ended; that it went wrong, and the peer is to blame. */
enum course { COURSE_LIVES, COURSE_ENDED, COURSE_FAILED };

/*
 * Whether the book bears out that around @at_ms @peer was at just that address, port and transport (NULL: wherever it
 * was), and what is said of its connection. That a peer was somewhere some time is not enough: a change must have been seen,
 * which nobody brings about for another. But everybody goes some time, and who waits for it can say why: blame is borne out
 * only where the connection was as short as one that fails.
 */
bool book_bears_out(const struct book_of_addresses *self, const char *peer,
		    const struct endpoint *addr, enum course course, int64_t at_ms);

uint32_t book_count(const struct book_of_addresses *self);

#endif
