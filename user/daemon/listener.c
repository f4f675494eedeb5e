/* SPDX-License-Identifier: BSD-2-Clause */
#include "listener.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "log.h"
#include "server.h"

enum { BACKLOG = 128 };

void listener_unkept(struct listener *self, const char *sentence)
{
	for (struct client *client = self->first; client; client = client->next)
		client_unkept(client, sentence);
}

void listener_remember(struct listener *self, struct client *client)
{
	client->next = self->first;
	client->prev = NULL;
	if (self->first)
		self->first->prev = client;
	self->first = client;
	self->count++;
}

void listener_forget(struct listener *self, struct client *client)
{
	if (client->prev)
		client->prev->next = client->next;
	else
		self->first = client->next;
	if (client->next)
		client->next->prev = client->prev;
	self->count--;
}

void listener_last(struct listener *self, struct client *client)
{
	struct client *last = client;

	while (last->next)
		last = last->next;
	if (last == client)
		return;
	listener_forget(self, client);
	client->prev = last;
	client->next = NULL;
	last->next = client;
	self->count++;
}

void listener_flush(struct listener *self)
{
	struct client *next;

	for (struct client *c = self->first; c; c = next) {
		next = c->next;
		if (c->out.length || c->ended || c->paused)
			client_flush(c);
	}
}

static unsigned int connections_of(const struct listener *self, pid_t pid)
{
	unsigned int count = 0;

	for (const struct client *c = self->first; c; c = c->next)
		count += c->caller.pid == pid;
	return count;
}

/* Whom to drop for a newcomer from @pid; NULL: nobody holds more than that one would then. */
static struct client *give_way(const struct listener *self, const struct client *newcomer)
{
	unsigned int most = connections_of(self, newcomer->caller.pid);
	struct client *victim = NULL;

	for (struct client *c = self->first; c; c = c->next) {
		unsigned int count;

		if (c == newcomer || c->caller.pid == newcomer->caller.pid)
			continue;
		count = connections_of(self, c->caller.pid);
		if (count > most || (victim && count == most && c->active_ms < victim->active_ms)) {
			most = count;
			victim = c;
		}
	}
	return victim;
}

static void make_room(struct listener *self, struct client *newcomer)
{
	const char *sentence = "too many connections: close some, or raise clients-max";
	struct client *victim = give_way(self, newcomer);

	self->refused++;
	if (!victim) {
		client_dismiss(newcomer, sentence);
		return;
	}
	client_dismiss(victim, sentence);
	client_start(newcomer);
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct listener *self = stream->data;
	struct client *client;

	if (status)
		return;
	client = client_accept(self);
	if (!client)
		return;
	if (self->count > self->server->engine.config.wire.clients_max)
		make_room(self, client);
	else
		client_start(client);
}

/* Removes a socket that a daemon before us left; one that answers is somebody's. */
static int clear(const struct sockaddr_un *at, struct why *why)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), failed, error;
	struct stat there;

	if (fd < 0)
		return why_fill(why, -errno, "socket: %s", strerror(errno));
	failed = connect(fd, (const struct sockaddr *)at, sizeof(*at));
	error = errno;
	close(fd);
	if (!failed)
		return why_fill(why, -EADDRINUSE,
				"another daemon serves %s: stop it, or give another --run-dir",
				at->sun_path);
	/* Only a socket is ours to remove. */
	if (error == ECONNREFUSED && !lstat(at->sun_path, &there) && S_ISSOCK(there.st_mode))
		unlink(at->sun_path);
	return 0;
}

static int bind_to(struct listener *self, int fd, mode_t mode, gid_t group, struct why *why)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	mode_t mask;
	int error = 0;

	strcpy(at.sun_path, self->path);
	if (clear(&at, why))
		return -EADDRINUSE;
	/* Nobody may connect before the owner is right. */
	mask = umask(0777 & ~0600);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)))
		error = -errno;
	umask(mask);
	if (!error && (chown(self->path, (uid_t)-1, group) || chmod(self->path, mode)))
		error = -errno;
	return error ? why_fill(why, error, "%s: %s", self->path, strerror(-error)) : 0;
}

int listener_open(struct listener *self, struct server *server, const char *name, bool admin,
		  mode_t mode, gid_t group, struct why *why)
{
	const char *dir = server->engine.config.run_dir;
	int fd, error;

	self->server = server;
	self->admin = admin;
	if (snprintf(self->path, sizeof(self->path), "%s/%s", dir, name) >= (int)sizeof(self->path))
		return why_fill(why, -ENAMETOOLONG,
				"%s/%s is longer than the %zu letters of a socket's path: give a "
				"shorter --run-dir",
				dir, name, sizeof(self->path) - 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return why_fill(why, -errno, "socket: %s", strerror(errno));
	error = bind_to(self, fd, mode, group, why);
	if (error) {
		close(fd);
		return error;
	}
	uv_pipe_init(&server->loop, &self->pipe, 0);
	self->pipe.data = self;
	self->open = true;
	error = uv_pipe_open(&self->pipe, fd);
	if (!error)
		error = uv_listen((uv_stream_t *)&self->pipe, BACKLOG, on_connection);
	return error ? why_fill(why, error, "%s: %s", self->path, uv_strerror(error)) : 0;
}

void listener_close(struct listener *self)
{
	if (!self->open)
		return;
	self->open = false;
	while (self->first)
		client_close(self->first);
	unlink(self->path);
	uv_close((uv_handle_t *)&self->pipe, NULL);
}
