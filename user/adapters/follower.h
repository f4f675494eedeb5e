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

#include "dialect.h"
#include "join.h"
#include "lines.h"
#include "news.h"
#include "timeline.h"

/*
 * In the text forms a peer's words are not escaped: an agent string can hold whole lines, JSON too, and it may be 8 KiB. So
 * after an entry of such a form nothing is taken for longer than anybody's words can be: only a log that is JSON is read.
 */
enum { FOREIGN_DISTRUST = 64 << 10 };

struct follower_counts {
	uint64_t lines;	    /* whole lines seen */
	uint64_t news;	    /* reports made */
	uint64_t malformed; /* not read: no entry of the log's form */
	uint64_t foreign;   /* entries of another form, and lines too near behind one */
	uint64_t future;    /* not taken: from the future */
	uint64_t
		odd; /* known message, but its peer or address is none, or they contradict each other */
};

struct follower {
	const struct dialect *dialect;
	struct timeline timeline;
	struct lines lines;
	struct join *join;
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

/* The log was replaced or cut: what it says next is another file's first line. */
void follower_restart(struct follower *self);

/* One line, for those who have whole ones. */
void follower_line(struct follower *self, const char *line, size_t length, int64_t now_ms);

/* Lines of which nothing was taken though they may have meant something. */
uint64_t follower_skipped(const struct follower *self);

#endif
