/* SPDX-License-Identifier: BSD-2-Clause */
/* listing: rows of cells, printed aligned once all are known. */
#ifndef LISTING_H
#define LISTING_H

#include "output.h"

enum { LISTING_COLUMNS_MAX = 12 };

struct listing_column {
	const char *heading;
	bool right; /* numbers */
};

struct listing_cell {
	char *text;
	enum tone tone;
};

struct listing {
	const struct listing_column *columns; /* borrowed */
	unsigned int count;		      /* of columns */
	struct listing_cell *cells;	      /* row by row */
	size_t used, size;
	bool broken; /* memory ran out: printed as such */
};

void listing_init(struct listing *ret, const struct listing_column *columns, unsigned int count);

/* The next cell, from left to right. */
void listing_cell(struct listing *self, enum tone tone, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints, indented by two spaces, and releases. */
void listing_finish(struct listing *self, struct output *output);

#endif
