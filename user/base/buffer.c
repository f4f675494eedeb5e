/* SPDX-License-Identifier: BSD-2-Clause */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 4096 };

static bool make_room(struct buffer *self, size_t length)
{
	size_t room = self->room ? self->room : ROOM_FIRST;
	char *bytes;

	if (length <= self->room - self->length)
		return true;
	while (room - self->length < length)
		room *= 2;
	bytes = realloc(self->bytes, room);
	if (!bytes)
		return false;
	self->bytes = bytes;
	self->room = room;
	return true;
}

void buffer_append(struct buffer *self, const void *bytes, size_t length)
{
	if (self->failed || !length)
		return;
	if (!make_room(self, length)) {
		self->failed = true;
		return;
	}
	memcpy(self->bytes + self->length, bytes, length);
	self->length += length;
}

char *buffer_reserve(struct buffer *self, size_t length)
{
	if (!self->failed && !make_room(self, length))
		self->failed = true;
	return self->failed ? NULL : self->bytes + self->length;
}

void buffer_text(struct buffer *self, const char *text)
{
	buffer_append(self, text, strlen(text));
}

void buffer_clear(struct buffer *self)
{
	self->length = 0;
	self->failed = false;
}

void buffer_free(struct buffer *self)
{
	free(self->bytes);
	*self = (struct buffer){0};
}
