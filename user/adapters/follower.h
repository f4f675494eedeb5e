/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * follower: bytes of a client's log in, news out. Pure: no descriptor, no clock. The remote peer controls parts of the
 * lines: only known fields of known messages count, and an address only when it is that of a connection.
 */
#ifndef FOLLOWER_H
#define FOLLOWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address_book.h"
#include "dialect.h"
#include "docket.h"
#include "join.h"
#include "lines.h"
#include "news.h"
#include "timeline.h"

/*
 * In a forgeable form a peer's words are not escaped: an agent string can hold whole lines of any form, and it may be 8 KiB.
 * So after an entry of such a form no other is taken for longer than anybody's words can be.
 */
enum { FOREIGN_DISTRUST = 64 << 10 };

struct follower_counts {
	uint64_t lines;	    /* whole lines seen */
	uint64_t news;	    /* reports made */
	uint64_t malformed; /* not read: no entry of any form of the client's */
	uint64_t foreign;   /* lines that are too near behind an entry of a forgeable form */
	uint64_t unproven;  /* findings in a forgeable form that nobody else bore out */
	uint64_t disputed;  /* told of the peer alone: log and API name different hosts */
	uint64_t future;    /* not taken: from the future */
	uint64_t
		odd; /* known message, but its peer or address is none, or they contradict each other */
};

struct follower {
	const struct dialect *dialect;
	struct timeline timeline;
	struct lines lines;
	struct entry entry; /* the one that is read */
	struct join *join;
	struct book_of_addresses *book; /* what the node's API says; NULL: it is not asked */
	struct docket docket;		/* what waits for it */
	struct follower_counts counts;
	int64_t now_ms;	   /* of the call that feeds */
	size_t distrusted; /* bytes yet to come of which nothing is taken */
	void (*tell)(void *context, const struct news *news);
	void *context;
};

/* @peers_max: of how many peers the connection is remembered. -ENOMEM. */
int follower_init(struct follower *ret, const struct dialect *dialect, enum timeline_kind kind,
		  uint32_t peers_max, void (*tell)(void *context, const struct news *news),
		  void *context);
void follower_release(struct follower *self);

void follower_feed(struct follower *self, const char *bytes, size_t length, int64_t now_ms);

/*
 * From now on the node's API is heard, too: follower_hears() each time that it says something new of a peer, follower_heard_all()
 * behind each answer (the first is only how things were), follower_tick() once a second or so. -ENOMEM.
 * Findings then wait up to BOOK_AFTER_MS for an address, or to be borne out; when they are not, the milder reading is told.
 */
int follower_with_book(struct follower *self);
void follower_hears(struct follower *self, const char *peer, const struct endpoint *addr,
		    enum way way, bool connected, int64_t now_ms);
void follower_heard_all(struct follower *self, int64_t now_ms);
void follower_tick(struct follower *self, int64_t now_ms);

/* Whether something waits for the API's next answer. */
bool follower_waits(const struct follower *self);

/* Whatever still waits is decided as it stands: the log has ended. */
void follower_finish(struct follower *self);

/*
 * What stands before the place where the reading begins: nothing in it is told, but it says whether the log is of a
 * forgeable form, and whether a line was begun there.
 */
void follower_skip(struct follower *self, const char *bytes, size_t length);

/* The log was replaced or cut: what it says next is another file's first line. */
void follower_restart(struct follower *self);

/* One line, for those who have whole ones. */
void follower_line(struct follower *self, const char *line, size_t length, int64_t now_ms);

/* Lines of which nothing was taken though they may have meant something. */
uint64_t follower_skipped(const struct follower *self);

/* The time that a line says, if it is an entry; else -ENOENT. */
int follower_moment(struct follower *self, const char *line, size_t length, int64_t *ret_ms);

#endif
