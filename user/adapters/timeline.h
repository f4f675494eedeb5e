/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timeline: the times of a log as times of this host. A line that is told later than now is from the future and is not
 * taken, but for clocks without a zone, whose distance is learnt, and old logs, which are moved to end now.
 * All times are unix ms; now is always the caller's.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

enum timeline_kind {
	TIMELINE_OWN,	 /* the log's own times, as they are (--dry-run) */
	TIMELINE_LIVE,	 /* lines come as they are written */
	TIMELINE_FILE,	 /* from the start of a file: timeline_ends() says when it ends */
	TIMELINE_STREAM, /* a pipe: its first line counts as now */
};

struct timeline {
	enum timeline_kind kind;
	bool begun;
	int64_t shift_ms;    /* added to the log's times */
	int64_t end_ms;	     /* the log's: later times are from the future; INT64_MAX: not known */
	unsigned int beyond; /* lines from the future in a row */
	int64_t last_ms;     /* what the line before said */
	bool passed;	     /* TIMELINE_FILE: what was there has been read */
	bool stepped;	     /* the clock went back, and lines come from before since: */
	unsigned int behind; /* so many in a row */
};

/* Two clocks of one host differ by less; a zone by a multiple of the quarter. In a row: then it is our mistake. */
enum {
	TIMELINE_SLACK_MS = 5000,
	TIMELINE_OLD_MS = 60 * 1000,
	TIMELINE_QUARTER_MS = 900 * 1000,
	TIMELINE_BEYOND_MAX = 16,
	TIMELINE_STEP_MS =
		600 *
		1000 /* back, from one line to the next: summer time has ended, say; lines of one moment differ by less */
};

/* Half a year: a clock without a year that jumps back by more has seen New Year's Eve. */
enum { TIMELINE_AGES_DAYS = 180 };

void timeline_init(struct timeline *ret, enum timeline_kind kind);

/* TIMELINE_FILE, TIMELINE_OWN: the last line there is says @last_ms. Returns by how much the log is moved. */
int64_t timeline_ends(struct timeline *self, int64_t last_ms, int64_t now_ms);

/* 0 and the line's time on this host, never later than @now_ms (but for TIMELINE_OWN); -ERANGE: from the future. */
int timeline_take(struct timeline *self, int64_t line_ms, bool zoned, int64_t now_ms,
		  int64_t *ret_ms);

#endif
