/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listener: one of the daemon's two sockets and its clients. When it is full, the process with the most connections gives
 * way: its idlest one is dropped for a newcomer from elsewhere, so that nobody shuts out the others.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

#include <peergate/why.h>

struct client;
struct server;

struct listener {
	uv_pipe_t pipe;
	struct server *server;
	struct client *first;
	unsigned int count;
	bool admin, open;
	uint64_t refused; /* connections sent away for want of room */
	char path[108];	  /* sun_path */
};

/*
 * Binds RUN_DIR/@name with @mode and @group, and listens. A socket that nobody serves any more is replaced; -EADDRINUSE: another
 * daemon serves it; -ENAMETOOLONG.
 */
int listener_open(struct listener *self, struct server *server, const char *name, bool admin,
		  mode_t mode, gid_t group, struct why *why);

/* Drops the clients and removes the socket. */
void listener_close(struct listener *self);

/* Writes what the clients have queued. */
void listener_flush(struct listener *self);

/* Whose answers wait for the store's batch that failed: they are told without it. */
void listener_unkept(struct listener *self, const char *sentence);

void listener_remember(struct listener *self, struct client *client);
void listener_forget(struct listener *self, struct client *client);

/* Puts @client behind all others, for whoever goes through them in turn. */
void listener_last(struct listener *self, struct client *client);

#endif
