/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client: one connection to a socket of the daemon: bytes in, values served, answers and notifications out. What one client
 * can make the daemon hold is bounded: one value, one chunk, and the queued output; who does not read is not read from.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "buffer.h"
#include "json_frame.h"
#include "rpc.h"

enum { CLIENT_SUBSCRIPTIONS_MAX = 8 };

struct subscription {
	uint64_t id;	 /* 0: free */
	uint64_t missed; /* events that found no room since the last that did */
};

struct client {
	uv_pipe_t pipe; /* .data is the client */
	uv_write_t write;
	struct listener *listener;
	struct client *next, *prev;
	struct rpc_caller caller;
	struct json_frame frame;
	struct buffer partial; /* the value that has begun and not ended */
	struct buffer
		rest; /* read, not yet looked at: answers have to be read first, or others come first */
	struct buffer out; /* to be written */
	struct buffer
		told; /* events of the request at hand: they go behind its answer, never into it */
	struct buffer flying; /* being written by the loop */
	struct subscription subscriptions[CLIENT_SUBSCRIPTIONS_MAX];
	uint64_t active_ms; /* loop time when it last completed a value */
	bool answering;	    /* a request is being served */
	uint64_t awaits; /* nothing is told before this batch of the store is over; 0: no matter */
	bool paused;	 /* not read from until the output is gone and the rest served */
	bool ended;	 /* no more to come; closed when the output is gone */
	bool closing;
	bool early_tried; /* the value that has begun was looked at by rank_early */
};

/* Accepts the next connection of @listener; *ret_client is NULL when that failed. */
struct client *client_accept(struct listener *listener);

/* Tells @sentence as an error without a request, and closes when it is told. */
void client_dismiss(struct client *self, const char *sentence);

/* Begins to read. */
void client_start(struct client *self);

/* Writes what is queued, as far as the socket takes it; the loop writes the rest. */
void client_flush(struct client *self);

/*
 * What was answered says `"durable":true`: it is told when the store's batch @ticket is on the disk, and all that comes after it
 * then, too. client_unkept(): it never came there; those answers say so, and leave.
 */
void client_await(struct client *self, uint64_t ticket);
void client_unkept(struct client *self, const char *sentence);

/* The bytes queued. */
size_t client_queued(const struct client *self);

/* Drops it at once. The memory goes when libuv is done with it. */
void client_close(struct client *self);

#endif
