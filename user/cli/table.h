/* SPDX-License-Identifier: BSD-2-Clause */
/* table: rows of cells, printed aligned once all are known. */
#ifndef TABLE_H
#define TABLE_H

#include "output.h"

enum { TABLE_COLUMNS_MAX = 12 };

struct table_column {
	const char *heading;
	bool right; /* numbers */
};

struct table_cell {
	char *text;
	enum tone tone;
};

struct table {
	const struct table_column *columns; /* borrowed */
	unsigned int count;		    /* of columns */
	struct table_cell *cells;	    /* row by row */
	size_t used, size;
	bool broken; /* memory ran out: printed as such */
};

void table_init(struct table *ret, const struct table_column *columns, unsigned int count);

/* The next cell, from left to right. */
void table_cell(struct table *self, enum tone tone, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints, indented by two spaces, and releases. */
void table_finish(struct table *self, struct output *output);

#endif
