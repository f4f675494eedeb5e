/* SPDX-License-Identifier: BSD-2-Clause */
#include "input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One byte more than a line, so that a line of just the allowed length still shows its newline. */
enum { ROOM = INPUT_LINE_MAX + 1 };

int input_init(struct input *ret, int fd)
{
	char *bytes = malloc(ROOM);

	if (!bytes)
		return -ENOMEM;
	*ret = (struct input){.fd = fd, .bytes = bytes};
	return 0;
}

void input_free(struct input *self)
{
	free(self->bytes);
	self->bytes = NULL;
}

int input_fill(struct input *self)
{
	ssize_t got;

	memmove(self->bytes, self->bytes + self->begin, self->end - self->begin);
	self->end -= self->begin;
	self->begin = 0;
	got = read(self->fd, self->bytes + self->end, ROOM - self->end);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	self->end += (size_t)got;
	self->ended = got == 0;
	return 0;
}

/* No newline in what is there: is it the start of a line, or too much of one, or the last? */
static enum input_found find_rest(struct input *self, char **ret_line, size_t *ret_length)
{
	size_t length = self->end - self->begin;

	if (length > INPUT_LINE_MAX || self->skipping) {
		bool first = !self->skipping;

		self->skipping = true;
		self->begin = self->end;
		self->line += first;
		return first ? INPUT_TOO_LONG : self->ended ? INPUT_END : INPUT_MORE;
	}
	if (!self->ended)
		return INPUT_MORE;
	if (!length)
		return INPUT_END;
	*ret_line = self->bytes + self->begin;
	*ret_length = length;
	self->begin = self->end;
	self->line++;
	return INPUT_LINE;
}

enum input_found input_next(struct input *self, char **ret_line, size_t *ret_length)
{
	char *from = self->bytes + self->begin;
	char *end = memchr(from, '\n', self->end - self->begin);

	if (!end)
		return find_rest(self, ret_line, ret_length);
	self->begin += (size_t)(end - from) + 1;
	if (self->skipping) {
		self->skipping = false;
		return input_next(self, ret_line, ret_length);
	}
	*ret_line = from;
	*ret_length = (size_t)(end - from);
	self->line++;
	return INPUT_LINE;
}
