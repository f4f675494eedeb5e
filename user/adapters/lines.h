/* SPDX-License-Identifier: BSD-2-Clause */
/* lines: cuts a stream of bytes into lines of a bounded length; longer ones are left out and counted. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An identify message may be 8 KiB, and JSON writes a control character as six: the longest honest line has room here. */
enum { LINE_MAX_LENGTH = 256 << 10 };

struct lines {
	char *kept; /* the beginning of a line whose end has not come; LINE_MAX_LENGTH bytes */
	size_t length;
	bool skipping;	   /* within a line that is too long, or */
	bool unwanted;	   /* that had begun before anybody read */
	uint64_t too_long; /* so many were left out */
	uint64_t cut;	   /* so many ended with the stream, not with a newline */
};

typedef void line_fn(void *context, const char *line, size_t length); /* without its newline */

int lines_init(struct lines *ret); /* -ENOMEM */
void lines_free(struct lines *self);

/* Hands each whole line to @take; the rest is kept for the next call. */
void lines_feed(struct lines *self, const char *bytes, size_t length, line_fn *take, void *context);

/* The stream begins anew (rotated, truncated): what was kept is half a line, and is dropped. */
void lines_restart(struct lines *self);

/* If a line has begun, the rest of it is left out, too, and nowhere counted. */
void lines_skip(struct lines *self);

#endif
