/* SPDX-License-Identifier: BSD-2-Clause */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int64_t channel_deadline(unsigned int timeout_ms)
{
	return timeout_ms ? now_ms() + timeout_ms : INT64_MAX;
}

int channel_open(struct channel *ret, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	int fd, error;

	if (!length)
		return -ENOENT;
	if (length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, length);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		error = -errno;
		close(fd);
		return error;
	}
	*ret = (struct channel){.fd = fd};
	return 0;
}

void channel_close(struct channel *self)
{
	close(self->fd);
	free(self->in.at);
	free(self->out.at);
}

/* Room for @more bytes behind the end: moved to the front first, grown by doubling only when that does not do. */
static int make_room(struct bytes *self, size_t more)
{
	size_t used = self->end - self->begin, size = self->size ? self->size : CHUNK;
	char *grown;

	if (self->size - self->end >= more)
		return 0;
	if (self->begin >= self->size / 2 && self->size - used >= more) {
		memmove(self->at, self->at + self->begin, used);
		self->begin = 0;
		self->end = used;
		return 0;
	}
	while (size - self->end < more)
		size *= 2;
	grown = realloc(self->at, size);
	if (!grown)
		return -ENOMEM;
	self->at = grown;
	self->size = size;
	return 0;
}

static void drop(struct bytes *self, size_t length)
{
	self->begin += length;
	if (self->begin == self->end)
		self->begin = self->end = 0;
}

int channel_put(struct channel *self, const char *data, size_t length)
{
	int error = make_room(&self->out, length);

	if (error)
		return error;
	memcpy(self->out.at + self->out.end, data, length);
	self->out.end += length;
	return 0;
}

size_t channel_unsent(const struct channel *self)
{
	return self->out.end - self->out.begin;
}

static bool is_passing(int error)
{
	return error == EAGAIN || error == EINTR;
}

static int take_in(struct channel *self)
{
	ssize_t got;
	int error = make_room(&self->in, CHUNK);

	if (error)
		return error;
	got = recv(self->fd, self->in.at + self->in.end, self->in.size - self->in.end,
		   MSG_DONTWAIT);
	if (got < 0)
		return is_passing(errno) ? 0 : -errno;
	self->in.end += (size_t)got;
	self->ended = got == 0;
	return 0;
}

static int give_out(struct channel *self)
{
	ssize_t sent = send(self->fd, self->out.at + self->out.begin, channel_unsent(self),
			    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno == EPIPE) {
		self->deaf = true;
		self->out.begin = self->out.end = 0;
		return 0;
	}
	if (sent < 0)
		return is_passing(errno) ? 0 : -errno;
	drop(&self->out, (size_t)sent);
	return 0;
}

static int remaining_ms(int64_t deadline_ms)
{
	int64_t left = deadline_ms - now_ms();

	if (deadline_ms == INT64_MAX)
		return -1;
	return left <= 0 ? 0 : left < 3600000 ? (int)left : 3600000;
}

/* One wait, and one step in each direction that is possible after it. */
static int turn(struct channel *self, int64_t deadline_ms)
{
	struct pollfd wait = {.fd = self->fd};
	int error = 0;

	if (!self->ended && self->in.end - self->in.begin <= LINE_MAX_BYTES)
		wait.events |= POLLIN;
	if (channel_unsent(self))
		wait.events |= POLLOUT;
	if (poll(&wait, 1, remaining_ms(deadline_ms)) < 0)
		return errno == EINTR ? 0 : -errno;
	if (!wait.revents)
		return now_ms() >= deadline_ms ? -ETIMEDOUT : 0;
	if (wait.events & POLLIN)
		error = take_in(self);
	if (!error && channel_unsent(self) && (wait.revents & (POLLOUT | POLLHUP | POLLERR)))
		error = give_out(self);
	return error;
}

int channel_flush(struct channel *self, int64_t deadline_ms)
{
	int error = 0;

	while (!error && channel_unsent(self))
		error = turn(self, deadline_ms);
	return !error && self->deaf ? -ECONNRESET : error;
}

static char *newline(struct channel *self)
{
	size_t length = self->in.end - self->in.begin;
	char *from = self->in.at + self->in.begin, *found = NULL;

	if (length > self->searched)
		found = memchr(from + self->searched, '\n', length - self->searched);
	if (!found)
		self->searched = length;
	return found;
}

static void hand_out(struct channel *self, char *end, char **ret_line, size_t *ret_length)
{
	char *line = self->in.at + self->in.begin;

	*ret_line = line;
	*ret_length = (size_t)(end - line);
	self->searched = 0;
	drop(&self->in, *ret_length + 1);
}

int channel_line(struct channel *self, int64_t deadline_ms, char **ret_line, size_t *ret_length)
{
	char *end;
	int error;

	while (!(end = newline(self))) {
		if (self->in.end - self->in.begin > LINE_MAX_BYTES)
			return -EMSGSIZE;
		if (self->ended)
			return -ECONNRESET;
		error = turn(self, deadline_ms);
		if (error)
			return error;
	}
	hand_out(self, end, ret_line, ret_length);
	return 0;
}

bool channel_ready(struct channel *self)
{
	if (newline(self))
		return true;
	if (!self->ended && take_in(self))
		self->ended = true;
	return newline(self) || self->ended;
}
