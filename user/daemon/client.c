/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gate.h"
#include "json_write.h"
#include "listener.h"
#include "rank_early.h"
#include "server.h"

/* After this many times the largest value without a good one, the stream is given up. */
enum { LOST_AFTER = 16 };

size_t client_queued(const struct client *self)
{
	return self->out.length + self->told.length + self->flying.length;
}

static const struct config_wire *limits(const struct client *self)
{
	return &self->caller.server->engine.config.wire;
}

static void on_closed(uv_handle_t *handle)
{
	struct client *self = handle->data;

	buffer_free(&self->partial);
	buffer_free(&self->rest);
	buffer_free(&self->out);
	buffer_free(&self->told);
	buffer_free(&self->flying);
	free(self);
}

void client_close(struct client *self)
{
	if (self->closing)
		return;
	self->closing = true;
	rank_early_end(self);
	listener_forget(self->listener, self);
	uv_close((uv_handle_t *)&self->pipe, on_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
	struct client *self = handle->data;

	(void)suggested;
	/* One chunk serves all: what is read is used up before the next read. */
	*ret = uv_buf_init(self->caller.server->chunk, sizeof(self->caller.server->chunk));
}

static void serve_value(struct client *self, const char *bytes, size_t length)
{
	if (!self->partial.length) {
		rpc_serve(&self->caller, bytes, length, &self->out);
		return;
	}
	buffer_append(&self->partial, bytes, length);
	if (self->partial.failed)
		rpc_refuse(&self->out, RPC_INTERNAL_ERROR, "no memory for the value");
	else
		rpc_serve(&self->caller, self->partial.bytes, self->partial.length, &self->out);
}

static void serve(struct client *self, const char *bytes, size_t length)
{
	self->active_ms = uv_now(self->pipe.loop);
	self->answering = true;
	serve_value(self, bytes, length);
	self->answering = false;
	buffer_append(&self->out, self->told.bytes, self->told.length);
	self->out.failed |= self->told.failed;
	buffer_clear(&self->told);
}

static void refuse(struct client *self, enum frame_event event)
{
	const struct json_frame *frame = &self->frame;

	if (event == FRAME_MALFORMED)
		rpc_refuse(&self->out, RPC_PARSE_ERROR,
			   "the value is not JSON; read on behind the end of the line");
	else if (event == FRAME_TOO_LONG)
		rpc_refuse(&self->out, RPC_INVALID_REQUEST, "the value is longer than %zu bytes",
			   frame->size_max);
	else if (event == FRAME_TOO_DEEP)
		rpc_refuse(&self->out, RPC_INVALID_REQUEST,
			   "the value has more than %u brackets within each other",
			   frame->depth_max);
}

/* The memory of a large value is not kept for the next small one. */
static void forget_partial(struct client *self)
{
	rank_early_end(self);
	self->early_tried = false;
	if (self->partial.room > sizeof(self->caller.server->chunk))
		buffer_free(&self->partial);
	else
		buffer_clear(&self->partial);
}

static bool is_lost(const struct client *self)
{
	return self->frame.skipped > (uint64_t)LOST_AFTER * self->frame.size_max;
}

/* Takes the next piece; returns how many bytes that was. */
static size_t take(struct client *self, const char *bytes, size_t length)
{
	size_t taken;
	enum frame_event event = json_frame_next(&self->frame, bytes, length, &taken);

	if (event == FRAME_VALUE) {
		serve(self, bytes, taken);
		forget_partial(self);
	} else if (event != FRAME_MORE || json_frame_is_between(&self->frame)) {
		refuse(self, event);
		forget_partial(self);
	} else {
		buffer_append(&self->partial, bytes, taken);
		rank_early_more(self);
	}
	return taken;
}

static void end(struct client *self)
{
	self->ended = true;
	uv_read_stop((uv_stream_t *)&self->pipe);
}

static void pause_reading(struct client *self, const char *bytes, size_t length)
{
	if (!self->paused)
		uv_read_stop((uv_stream_t *)&self->pipe);
	self->paused = true;
	buffer_append(&self->rest, bytes, length);
}

/* The time for clients is used up: the rest waits for the next turn; who was served in this one comes last then. */
static void wait_for_turn(struct client *self, const char *bytes, size_t length, bool served)
{
	pause_reading(self, bytes, length);
	turn_want(&self->caller.server->turn);
	if (served)
		listener_last(self->listener, self);
}

static void take_all(struct client *self, const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length && !self->ended && !self->closing) {
		if (turn_is_over(&self->caller.server->turn)) {
			wait_for_turn(self, bytes + at, length - at, at > 0);
			return;
		}
		if (client_queued(self) > limits(self)->output_max)
			client_flush(self);
		if (client_queued(self) > limits(self)->output_max) {
			pause_reading(self, bytes + at, length - at);
			return;
		}
		at += take(self, bytes + at, length - at);
		if (!is_lost(self))
			continue;
		rpc_refuse(&self->out, RPC_INVALID_REQUEST,
			   "no value could be made out in %llu bytes; closing",
			   (unsigned long long)self->frame.skipped);
		end(self);
	}
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *chunk)
{
	struct client *self = stream->data;

	if (length > 0) {
		take_all(self, chunk->base, (size_t)length);
		return;
	}
	if (!length)
		return;
	if (length == UV_EOF && !json_frame_is_between(&self->frame))
		rpc_refuse(&self->out, RPC_PARSE_ERROR, "the stream ended within a value");
	/* Whoever has only stopped writing still wants the answers. */
	end(self);
}

void client_start(struct client *self)
{
	if (uv_read_start((uv_stream_t *)&self->pipe, on_alloc, on_read))
		client_close(self);
}

static void resume(struct client *self)
{
	struct buffer rest = self->rest;

	self->paused = false;
	self->rest = (struct buffer){0};
	take_all(self, rest.bytes, rest.length);
	buffer_free(&rest);
	if (!self->paused && !self->ended && !self->closing)
		client_start(self);
}

static void on_written(uv_write_t *write, int status)
{
	struct client *self = write->data;

	buffer_clear(&self->flying);
	if (self->closing)
		return;
	if (status)
		client_close(self);
	else
		client_flush(self);
}

/* What the socket takes at once, without the loop. */
static bool write_now(struct client *self)
{
	uv_buf_t all = uv_buf_init(self->out.bytes, (unsigned int)self->out.length);
	int written = uv_try_write((uv_stream_t *)&self->pipe, &all, 1);

	if (written < 0)
		return written == UV_EAGAIN;
	self->out.length -= (size_t)written;
	memmove(self->out.bytes, self->out.bytes + written, self->out.length);
	return true;
}

static bool write_later(struct client *self)
{
	struct buffer spare = self->flying;
	uv_buf_t all;

	self->flying = self->out;
	self->out = spare;
	all = uv_buf_init(self->flying.bytes, (unsigned int)self->flying.length);
	self->write.data = self;
	return !uv_write(&self->write, (uv_stream_t *)&self->pipe, &all, 1, on_written);
}

void client_await(struct client *self, uint64_t ticket)
{
	if (ticket > self->awaits)
		self->awaits = ticket;
}

static bool is_held(const struct client *self)
{
	return self->awaits > store_done(&self->caller.server->store);
}

/* No text within JSON can hold these letters: its quotes would have a backslash before them. */
static const char kept[] = "\"durable\":true";

void client_unkept(struct client *self, const char *sentence)
{
	const char *at = self->out.bytes, *end = at + self->out.length, *found;
	struct buffer told = {0};

	if (!is_held(self) && !self->awaits)
		return;
	self->awaits = 0;
	while (at && (found = memmem(at, (size_t)(end - at), kept, sizeof(kept) - 1))) {
		buffer_append(&told, at, (size_t)(found - at));
		buffer_text(&told, "\"durable\":false,\"undurable\":");
		json_write_text(&told, sentence);
		at = found + sizeof(kept) - 1;
	}
	buffer_append(&told, at, (size_t)(end - at));
	told.failed |= self->out.failed;
	buffer_free(&self->out);
	self->out = told;
}

/* While its answers wait for the disk, it is served on: many words share one journey there. */
static void serve_on(struct client *self)
{
	if (self->paused && client_queued(self) <= limits(self)->output_max)
		resume(self);
}

void client_flush(struct client *self)
{
	if (self->closing || self->flying.length)
		return;
	if (is_held(self)) {
		serve_on(self);
		return;
	}
	if (self->out.failed || (self->out.length && !write_now(self)) ||
	    (self->out.length && !write_later(self))) {
		client_close(self);
		return;
	}
	if (self->flying.length)
		return;
	if (self->paused)
		resume(self);
	else if (self->ended)
		client_close(self);
}

static int identify(struct client *self)
{
	struct ucred who;
	socklen_t length = sizeof(who);
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&self->pipe, &fd) ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length))
		return -1;
	self->caller.uid = who.uid;
	self->caller.pid = who.pid;
	return 0;
}

struct client *client_accept(struct listener *listener)
{
	struct client *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->listener = listener;
	self->caller = (struct rpc_caller){
		.server = listener->server, .client = self, .admin = listener->admin};
	self->caller.output_max = limits(self)->output_max;
	json_frame_init(&self->frame, limits(self)->value_max, limits(self)->depth_max);
	if (uv_pipe_init(listener->pipe.loop, &self->pipe, 0)) {
		free(self);
		return NULL;
	}
	self->pipe.data = self;
	self->active_ms = uv_now(self->pipe.loop);
	listener_remember(listener, self);
	if (!uv_accept((uv_stream_t *)&listener->pipe, (uv_stream_t *)&self->pipe) &&
	    !identify(self))
		return self;
	client_close(self);
	return NULL;
}

void client_dismiss(struct client *self, const char *sentence)
{
	rpc_refuse(&self->out, RPC_SERVER_ERROR, "%s", sentence);
	end(self);
	client_flush(self);
	/* What the socket does not take at once is not waited for. */
	client_close(self);
}
