/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel: lines in and bytes out over a unix socket, with deadlines, and never stuck because both ends write: while it
 * sends it takes in what comes.
 *
 * Deadlines are CLOCK_MONOTONIC ms, as channel_deadline() makes them. Errors: -ETIMEDOUT; -ECONNRESET: the other end is
 * gone and no whole line is left; -EMSGSIZE: a line is longer than LINE_MAX_BYTES; -ENOMEM.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_MAX_BYTES = 64 << 20 };

struct bytes {
	char *at; /* NULL while size is 0 */
	size_t size, begin, end;
};

struct channel {
	int fd;
	bool ended;	 /* the other end will send no more */
	bool deaf;	 /* the other end takes no more; what it said before may still be read */
	size_t searched; /* bytes after in.begin that hold no newline */
	struct bytes in, out;
};

/* @timeout_ms 0: never. */
int64_t channel_deadline(unsigned int timeout_ms);

/* Connects; -ENAMETOOLONG when @path has no room in a socket address, else connect()'s errors. */
int channel_open(struct channel *ret, const char *path);
void channel_close(struct channel *self);

/* Keeps @length bytes to be sent by the next flush or wait. */
int channel_put(struct channel *self, const char *data, size_t length);
size_t channel_unsent(const struct channel *self);
int channel_flush(struct channel *self, int64_t deadline_ms);

/* The next line, without its newline; valid until the next call. Sends what is to be sent meanwhile. */
int channel_line(struct channel *self, int64_t deadline_ms, char **ret_line, size_t *ret_length);

/* Takes in what has come, without waiting. Whether there is a whole line then, or an end to be told. */
bool channel_ready(struct channel *self);

#endif
