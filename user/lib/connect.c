/* SPDX-License-Identifier: BSD-2-Clause */
/* connect: finding the daemon's socket, and saying in a sentence why there is none. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"

static int explain(int error, const char *path, struct why *why)
{
	switch (error) {
	case -ENOENT:
	case -ECONNREFUSED:
	case -ENOTSOCK:
		return why_fill(why, -ECONNREFUSED, "no daemon at %s: is peergated running?", path);
	case -EACCES:
	case -EPERM:
		return why_fill(why, -EACCES,
				"not allowed to open %s: join group peergate or use sudo", path);
	case -ENAMETOOLONG:
		return why_fill(why, error, "%s: a socket's path has at most 107 characters", path);
	default:
		return why_fill(why, error, "cannot connect to %s: %s", path, strerror(-error));
	}
}

static int open_at(struct peergate **ret, const char *path)
{
	struct peergate *self = calloc(1, sizeof(*self));
	int error = -ENOMEM;

	if (!self)
		return error;
	self->timeout_ms = 5000;
	self->path = strdup(path);
	if (self->path)
		error = channel_open(&self->channel, path);
	if (error) {
		free(self->path);
		free(self);
		return error;
	}
	*ret = self;
	return 0;
}

int peergate_connect(struct peergate **ret, const char *path, struct why *why)
{
	int error;

	if (!path)
		path = getenv("PEERGATE_SOCKET");
	if (!path || !path[0]) {
		if (!open_at(ret, PEERGATE_ADMIN_SOCKET))
			return 0;
		path = PEERGATE_SOCKET;
	}
	error = open_at(ret, path);
	return error ? explain(error, path, why) : 0;
}

void peergate_close(struct peergate *self)
{
	if (!self)
		return;
	channel_close(&self->channel);
	queue_release(&self->answers);
	queue_release(&self->events);
	free(self->path);
	free(self);
}

bool peergate_is_gone(int error)
{
	return error == -ECONNREFUSED || error == -ENOENT || error == -ECONNRESET;
}

int handle_explain(const struct peergate *self, int error, struct why *why)
{
	switch (error) {
	case 0:
		return 0;
	case -ETIMEDOUT:
		return why_fill(why, error, "the daemon at %s gave no answer within %u ms",
				self->path, self->timeout_ms);
	case -ECONNRESET:
		return why_fill(why, error, "the daemon at %s hung up", self->path);
	case -EPROTO:
		return why_fill(why, error, "what answers at %s speaks no JSON-RPC", self->path);
	case -EMSGSIZE:
		return why_fill(why, error, "the daemon at %s sent a line longer than %d MiB",
				self->path, LINE_MAX_BYTES >> 20);
	default:
		return why_fill(why, error, "talking to the daemon at %s: %s", self->path,
				strerror(-error));
	}
}
