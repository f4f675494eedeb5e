/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stitch: pieces of lines become lines again. Who keeps a program's output bounds a line and writes a longer one as several records:
 * journald 48 KiB (and at NULs), Docker 16 KiB. A piece is never a line: a peer's words could begin where the cut is.
 */
#ifndef STITCH_H
#define STITCH_H

#include "lines.h"

/* So many lines at a time may be unfinished: a program has two streams, and the next takes over after a crash. */
enum { STITCH_OPEN_MAX = 8, STITCH_NAME_MAX = 64 };

struct stitch_open {
	char stream[STITCH_NAME_MAX]; /* "": free */
	uint64_t began;		      /* the greater, the later */
	struct lines lines;
};

struct stitch {
	struct stitch_open open[STITCH_OPEN_MAX];
	uint64_t pieces;
	line_fn *
		take; /* an empty line stands for one that was cut or too long, so that it is counted */
	void *context;
};

enum stitch_end {
	STITCH_ENDS, /* with its newline */
	STITCH_GOES_ON,
	STITCH_CUT, /* its end will not come: nothing of the line is taken */
};

void stitch_init(struct stitch *ret, line_fn *take, void *context);
void stitch_release(struct stitch *self);

/* The next piece of what stands in the stream of that name (shorter than STITCH_NAME_MAX). A newline within becomes a blank. */
void stitch_piece(struct stitch *self, const char *stream, const char *bytes, size_t length,
		  enum stitch_end end);

/* Whether any line is unfinished. */
bool stitch_is_open(const struct stitch *self);

/* A line of that stream may have begun that nobody saw: what comes next, to its end, is left out. */
void stitch_doubt(struct stitch *self, const char *stream);

/* Of lines that have begun, the rest is left out, too. */
void stitch_skip(struct stitch *self);

#endif
