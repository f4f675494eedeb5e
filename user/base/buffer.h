/* SPDX-License-Identifier: BSD-2-Clause */
/* buffer: bytes that grow at the end. A failed allocation is remembered, so that many appends need one check. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *bytes; /* not NUL-terminated; NULL while empty */
	size_t length, room;
	bool failed; /* an append had no memory: what is here is not whole */
};

void buffer_append(struct buffer *self, const void *bytes, size_t length);
void buffer_text(struct buffer *self, const char *text);

/*
 * Room for @length bytes behind the end, for whoever writes them there and then adds what he wrote to self->length. NULL: no memory,
 * which is remembered.
 */
char *buffer_reserve(struct buffer *self, size_t length);

/* Keeps the memory, and forgets a failure. */
void buffer_clear(struct buffer *self);

/* Lets the memory go. The zeroed struct is an empty buffer, before and after. */
void buffer_free(struct buffer *self);

#endif
