/* SPDX-License-Identifier: BSD-2-Clause */
#include "stitch.h"

#include <stdlib.h>
#include <string.h>

void stitch_init(struct stitch *ret, line_fn *take, void *context)
{
	*ret = (struct stitch){.take = take, .context = context};
}

void stitch_release(struct stitch *self)
{
	for (size_t i = 0; i < STITCH_OPEN_MAX; i++)
		lines_free(&self->open[i].lines);
}

static struct stitch_open *find(struct stitch *self, const char *stream)
{
	for (size_t i = 0; i < STITCH_OPEN_MAX; i++)
		if (!strcmp(self->open[i].stream, stream))
			return &self->open[i];
	return NULL;
}

/* A free place, or that of the line which has waited longest for its end. NULL: no memory. */
static struct stitch_open *begin(struct stitch *self, const char *stream)
{
	struct stitch_open *open = &self->open[0];

	for (size_t i = 0; i < STITCH_OPEN_MAX && open->stream[0]; i++)
		if (!self->open[i].stream[0] || self->open[i].began < open->began)
			open = &self->open[i];
	if (open->stream[0])
		self->take(self->context, "", 0);
	if (!open->lines.kept && lines_init(&open->lines))
		return NULL;
	lines_restart(&open->lines);
	memccpy(open->stream, stream, '\0', sizeof(open->stream));
	open->began = ++self->pieces;
	return open;
}

static void no_line(void *context, const char *line, size_t length)
{
	(void)context;
	(void)line;
	(void)length;
}

static void add(struct stitch_open *open, const char *bytes, size_t length)
{
	const char *newline;

	while ((newline = memchr(bytes, '\n', length))) {
		size_t part = (size_t)(newline - bytes);

		lines_feed(&open->lines, bytes, part, no_line, NULL);
		lines_feed(&open->lines, " ", 1, no_line, NULL);
		bytes += part + 1;
		length -= part + 1;
	}
	lines_feed(&open->lines, bytes, length, no_line, NULL);
}

static void finish(struct stitch *self, struct stitch_open *open, enum stitch_end end)
{
	bool was_wanted = !open->lines.unwanted, is_whole = !open->lines.skipping;

	open->stream[0] = '\0';
	if (end == STITCH_ENDS && is_whole)
		lines_feed(&open->lines, "\n", 1, self->take, self->context);
	else if (was_wanted)
		self->take(self->context, "", 0);
	lines_restart(&open->lines);
}

void stitch_piece(struct stitch *self, const char *stream, const char *bytes, size_t length,
		  enum stitch_end end)
{
	struct stitch_open *open = find(self, stream);

	/* Nearly always. */
	if (!open && end == STITCH_ENDS && !memchr(bytes, '\n', length)) {
		self->take(self->context, bytes, length);
		return;
	}
	if (!open)
		open = begin(self, stream);
	if (!open)
		return;
	add(open, bytes, length);
	if (end != STITCH_GOES_ON)
		finish(self, open, end);
}

bool stitch_is_open(const struct stitch *self)
{
	for (size_t i = 0; i < STITCH_OPEN_MAX; i++)
		if (self->open[i].stream[0])
			return true;
	return false;
}

void stitch_doubt(struct stitch *self, const char *stream)
{
	struct stitch_open *open = find(self, stream);

	if (!open)
		open = begin(self, stream);
	if (open)
		open->lines.skipping = open->lines.unwanted = true;
}

void stitch_skip(struct stitch *self)
{
	for (size_t i = 0; i < STITCH_OPEN_MAX; i++)
		if (self->open[i].stream[0])
			lines_skip(&self->open[i].lines);
}
