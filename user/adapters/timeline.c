/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline.h"

#include <errno.h>

void timeline_init(struct timeline *ret, enum timeline_kind kind)
{
	*ret = (struct timeline){.kind = kind, .end_ms = INT64_MAX};
}

int64_t timeline_ends(struct timeline *self, int64_t last_ms, int64_t now_ms)
{
	self->begun = true;
	self->end_ms = last_ms;
	if (self->kind == TIMELINE_FILE && (now_ms - last_ms > TIMELINE_OLD_MS || last_ms > now_ms))
		self->shift_ms = now_ms - last_ms;
	return self->shift_ms;
}

static int64_t rounded(int64_t ms, int64_t step)
{
	int64_t half = ms < 0 ? -step / 2 : step / 2;

	return (ms + half) / step * step;
}

/* What to add so that the line at @line_ms is said about now. */
static void anchor(struct timeline *self, int64_t line_ms, bool zoned, int64_t now_ms)
{
	self->begun = true;
	self->beyond = self->behind = 0;
	self->stepped = false;
	if (self->kind == TIMELINE_STREAM)
		self->shift_ms = now_ms - line_ms;
	else if (self->kind == TIMELINE_LIVE)
		self->shift_ms = zoned ? 0 : rounded(now_ms - line_ms, TIMELINE_QUARTER_MS);
	else if (self->passed)
		self->shift_ms += rounded(now_ms - line_ms - self->shift_ms, TIMELINE_QUARTER_MS);
}

static bool is_future(const struct timeline *self, int64_t line_ms, int64_t now_ms)
{
	int64_t at_ms = line_ms + self->shift_ms;

	switch (self->kind) {
	case TIMELINE_OWN:
	case TIMELINE_FILE:
		return at_ms > now_ms + TIMELINE_SLACK_MS &&
		       line_ms - TIMELINE_SLACK_MS > self->end_ms;
	case TIMELINE_LIVE:
		return at_ms > now_ms + TIMELINE_SLACK_MS;
	default:
		return false;
	}
}

static bool is_ages_ago(const struct timeline *self, int64_t line_ms, int64_t now_ms)
{
	return now_ms - (line_ms + self->shift_ms) > TIMELINE_AGES_DAYS * INT64_C(86400000);
}

/*
 * A clock without a zone goes back by an hour in autumn. Whoever only reads late sees no step; one line may be anybody's in some forms, so a
 * row of them is needed. In a file from its start the step may be long ago, until its end has been passed.
 */
static bool went_back(struct timeline *self, int64_t line_ms, bool zoned, int64_t now_ms)
{
	if (self->last_ms - line_ms > TIMELINE_STEP_MS)
		self->stepped = true;
	self->last_ms = line_ms;
	self->passed |= line_ms >= self->end_ms;
	if (self->kind == TIMELINE_OWN || (self->kind == TIMELINE_FILE && !self->passed) || zoned ||
	    now_ms - (line_ms + self->shift_ms) < TIMELINE_STEP_MS)
		self->stepped = false;
	self->behind = self->stepped ? self->behind + 1 : 0;
	return self->behind > TIMELINE_BEYOND_MAX;
}

int timeline_take(struct timeline *self, int64_t line_ms, bool zoned, int64_t now_ms,
		  int64_t *ret_ms)
{
	bool back = went_back(self, line_ms, zoned, now_ms);
	int64_t at_ms;

	if (!self->begun || back ||
	    (self->kind == TIMELINE_LIVE && !zoned &&
	     (self->beyond >= TIMELINE_BEYOND_MAX || is_ages_ago(self, line_ms, now_ms))))
		anchor(self, line_ms, zoned, now_ms);
	if (is_future(self, line_ms, now_ms)) {
		self->beyond++;
		return -ERANGE;
	}
	self->beyond = 0;
	at_ms = line_ms + self->shift_ms;
	*ret_ms = self->kind != TIMELINE_OWN && at_ms > now_ms ? now_ms : at_ms;
	return 0;
}
