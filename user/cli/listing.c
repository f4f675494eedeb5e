/* SPDX-License-Identifier: BSD-2-Clause */
#include "listing.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void listing_init(struct listing *ret, const struct listing_column *columns, unsigned int count)
{
	*ret = (struct listing){.columns = columns, .count = count};
}

static bool make_room(struct listing *self)
{
	size_t size = self->size ? self->size * 2 : 64;
	struct listing_cell *cells;

	if (self->used < self->size)
		return true;
	cells = realloc(self->cells, size * sizeof(*cells));
	if (!cells)
		return false;
	self->cells = cells;
	self->size = size;
	return true;
}

void listing_cell(struct listing *self, enum tone tone, const char *format, ...)
{
	struct listing_cell cell = {.tone = tone};
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&cell.text, format, args);
	va_end(args);
	if (length < 0 || !make_room(self)) {
		self->broken = true;
		if (length >= 0)
			free(cell.text);
		return;
	}
	self->cells[self->used++] = cell;
}

/* Characters, not bytes: UTF-8's continuation bytes take no room. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void measure(const struct listing *self, int widths[LISTING_COLUMNS_MAX])
{
	for (unsigned int i = 0; i < self->count; i++)
		widths[i] = width_of(self->columns[i].heading);
	for (size_t i = 0; i < self->used; i++) {
		int width = width_of(self->cells[i].text);

		if (width > widths[i % self->count])
			widths[i % self->count] = width;
	}
}

static void print_cell(const struct listing *self, struct output *output, unsigned int column,
		       int width, struct listing_cell cell)
{
	int spaces = width - width_of(cell.text);
	bool last = column + 1 == self->count;

	output_words(output, TONE_PLAIN, "  ");
	if (self->columns[column].right)
		output_words(output, TONE_PLAIN, "%*s", spaces, "");
	output_words(output, cell.tone, "%s", cell.text);
	if (!self->columns[column].right && !last)
		output_words(output, TONE_PLAIN, "%*s", spaces, "");
	if (last)
		output_words(output, TONE_PLAIN, "\n");
}

void listing_finish(struct listing *self, struct output *output)
{
	int widths[LISTING_COLUMNS_MAX];

	measure(self, widths);
	for (unsigned int i = 0; i < self->count; i++)
		print_cell(self, output, i, widths[i],
			   (struct listing_cell){(char *)self->columns[i].heading, TONE_HEADING});
	for (size_t i = 0; i < self->used; i++) {
		print_cell(self, output, i % self->count, widths[i % self->count], self->cells[i]);
		free(self->cells[i].text);
	}
	if (self->broken)
		output_words(output, TONE_BAD, "  (memory ran out: the table is not whole)\n");
	free(self->cells);
	*self = (struct listing){0};
}
