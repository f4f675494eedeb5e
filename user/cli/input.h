/* SPDX-License-Identifier: BSD-2-Clause */
/* input: numbered lines of a stream that comes in pieces, each of bounded length. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INPUT_LINE_MAX = 1 << 20 };

enum input_found {
	INPUT_MORE,	/* no whole line is left: input_fill() */
	INPUT_LINE,	/* one line; the last needs no newline */
	INPUT_TOO_LONG, /* a line over INPUT_LINE_MAX bytes, which is skipped */
	INPUT_END,
};

struct input {
	int fd;
	char *bytes;
	size_t begin, end;
	uint64_t line; /* number of the line found last; the first is 1 */
	bool ended, skipping;
};

/* -ENOMEM. */
int input_init(struct input *ret, int fd);
void input_free(struct input *self);

/* One read(), which waits if there is nothing to read. 0, or its negative errno. */
int input_fill(struct input *self);

/* @ret_line is valid until the next input_fill(). */
enum input_found input_next(struct input *self, char **ret_line, size_t *ret_length);

#endif
