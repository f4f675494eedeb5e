/* SPDX-License-Identifier: BSD-2-Clause */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lines_init(struct lines *ret)
{
	*ret = (struct lines){.kept = malloc(LINE_MAX_LENGTH)};
	return ret->kept ? 0 : -ENOMEM;
}

void lines_free(struct lines *self)
{
	free(self->kept);
	*self = (struct lines){0};
}

static void keep(struct lines *self, const char *bytes, size_t length)
{
	if (self->skipping)
		return;
	if (length > LINE_MAX_LENGTH - self->length) {
		self->skipping = true;
		self->length = 0;
		return;
	}
	memcpy(self->kept + self->length, bytes, length);
	self->length += length;
}

static void end(struct lines *self, const char *bytes, size_t length, line_fn *take, void *context)
{
	if (self->length || self->skipping) {
		keep(self, bytes, length);
		bytes = self->kept;
		length = self->length;
	}
	if (self->skipping || length > LINE_MAX_LENGTH)
		self->too_long += !self->unwanted;
	else
		take(context, bytes, length);
	self->length = 0;
	self->skipping = self->unwanted = false;
}

void lines_feed(struct lines *self, const char *bytes, size_t length, line_fn *take, void *context)
{
	const char *stop = bytes + length, *newline;

	while (bytes < stop && (newline = memchr(bytes, '\n', (size_t)(stop - bytes)))) {
		end(self, bytes, (size_t)(newline - bytes), take, context);
		bytes = newline + 1;
	}
	keep(self, bytes, (size_t)(stop - bytes));
}

void lines_restart(struct lines *self)
{
	if ((self->length || self->skipping) && !self->unwanted)
		self->cut++;
	self->length = 0;
	self->skipping = self->unwanted = false;
}

void lines_skip(struct lines *self)
{
	self->unwanted = self->length || self->skipping;
	self->skipping = self->unwanted;
	self->length = 0;
}
