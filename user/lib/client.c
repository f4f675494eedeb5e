/* SPDX-License-Identifier: BSD-2-Clause */
/* client: JSON-RPC 2.0 over a channel: requests out, answers and notifications told apart on their way in. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"

/* What may wait to be sent before a send waits for the daemon: keeps a producer that never flushes bounded. */
enum { UNSENT_MAX = 256 << 10 };

const char *peergate_path(const struct peergate *self)
{
	return self->path;
}

void peergate_timeout(struct peergate *self, unsigned int timeout_ms)
{
	self->timeout_ms = timeout_ms;
}

int peergate_error_code(const struct peergate *self)
{
	return self->error_code;
}

uint64_t peergate_missed(const struct peergate *self)
{
	return self->missed;
}

int peergate_fd(const struct peergate *self)
{
	return self->channel.fd;
}

int peergate_flush(struct peergate *self, struct why *why)
{
	int error = channel_flush(&self->channel, channel_deadline(self->timeout_ms));

	return handle_explain(self, error, why);
}

/* Takes @message over. */
static int put(struct peergate *self, json_t *message, struct why *why)
{
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	int error = -ENOMEM;

	if (text) {
		size_t length = strlen(text);

		text[length] = '\n'; /* the NUL's place: one value a line */
		error = channel_put(&self->channel, text, length + 1);
	}
	free(text);
	json_decref(message);
	if (!error && channel_unsent(&self->channel) > UNSENT_MAX)
		return peergate_flush(self, why);
	return handle_explain(self, error, why);
}

static json_t *request(const char *method, json_t *params)
{
	json_t *message = json_pack("{s:s, s:s}", "jsonrpc", "2.0", "method", method);

	if (message && params && json_object_set(message, "params", params)) {
		json_decref(message);
		return NULL;
	}
	return message;
}

int peergate_notify(struct peergate *self, const char *method, json_t *params, struct why *why)
{
	return put(self, request(method, params), why);
}

int peergate_send(struct peergate *self, const char *method, json_t *params, int64_t *ret_id,
		  struct why *why)
{
	json_t *message = request(method, params);
	int64_t id = self->last_id + 1;
	int error;

	if (message && json_object_set_new(message, "id", json_integer(id))) {
		json_decref(message);
		message = NULL;
	}
	error = put(self, message, why);
	if (error)
		return error;
	*ret_id = self->last_id = id;
	return 0;
}

static int read_message(struct peergate *self, int64_t deadline_ms, json_t **ret, struct why *why)
{
	json_error_t fault;
	json_t *message;
	size_t length;
	char *line;
	int error =
		self->garbled ? -EPROTO : channel_line(&self->channel, deadline_ms, &line, &length);

	if (error)
		return handle_explain(self, error, why);
	message = json_loadb(line, length, 0, &fault);
	if (!json_is_object(message)) {
		self->garbled = true;
		json_decref(message);
		return handle_explain(self, -EPROTO, why);
	}
	*ret = message;
	return 0;
}

static bool is_notification(const json_t *message)
{
	return json_object_get(message, "method") != NULL;
}

static int keep_event(struct peergate *self, json_t *message)
{
	json_t *event = json_object_get(json_object_get(message, "params"), "result");
	int dropped = event ? queue_push(&self->events, json_incref(event)) : 0;

	json_decref(message);
	if (dropped > 0)
		self->missed++;
	return dropped < 0 ? dropped : 0;
}

/* An answer whose request could not be read has the id null: 0 here. */
static int64_t id_of(const json_t *message)
{
	return json_integer_value(json_object_get(message, "id"));
}

/* One message from the daemon, kept where it belongs; an answer to request @awaited (0: none) is handed out instead. */
static int take_message(struct peergate *self, int64_t awaited, int64_t deadline_ms,
			json_t **ret_answer, struct why *why)
{
	json_t *message = NULL;
	int error = read_message(self, deadline_ms, &message, why);

	if (error)
		return error;
	if (is_notification(message)) {
		error = keep_event(self, message);
	} else if (awaited && (id_of(message) == awaited || !id_of(message))) {
		*ret_answer = message;
	} else {
		error = queue_push(&self->answers, message);
		if (error > 0)
			return why_fill(why, -EOVERFLOW, "%d answers wait for peergate_answer()",
					QUEUE_MAX);
	}
	return handle_explain(self, error, why);
}

/* The result of an answer, which is used up. */
static int open_answer(struct peergate *self, json_t *answer, json_t **ret_result, struct why *why)
{
	json_t *fault = json_object_get(answer, "error");
	json_t *result = json_object_get(answer, "result");
	const char *sentence = json_string_value(json_object_get(fault, "message"));
	int error = 0;

	if (result && !fault) {
		*ret_result = json_incref(result);
	} else if (fault) {
		self->error_code = (int)json_integer_value(json_object_get(fault, "code"));
		error = why_fill(why, -EREMOTE, "%s",
				 sentence ? sentence : "an error without words");
	} else {
		error = why_fill(why, -EPROTO, "%s answered with neither result nor error",
				 self->path);
	}
	json_decref(answer);
	return error;
}

int peergate_call(struct peergate *self, const char *method, json_t *params, json_t **ret_result,
		  struct why *why)
{
	int64_t deadline_ms = channel_deadline(self->timeout_ms);
	json_t *answer = NULL;
	int64_t id;
	int error = peergate_send(self, method, params, &id, why);

	while (!error && !answer)
		error = take_message(self, id, deadline_ms, &answer, why);
	return error ? error : open_answer(self, answer, ret_result, why);
}

int peergate_answer(struct peergate *self, int64_t *ret_id, json_t **ret_result, struct why *why)
{
	int64_t deadline_ms = channel_deadline(self->timeout_ms);
	json_t *answer;
	int error = 0;

	while (!error && !(answer = queue_pop(&self->answers)))
		error = take_message(self, 0, deadline_ms, NULL, why);
	if (error)
		return error;
	*ret_id = id_of(answer);
	return open_answer(self, answer, ret_result, why);
}

int peergate_next(struct peergate *self, json_t **ret_event, struct why *why)
{
	int64_t deadline_ms = channel_deadline(self->timeout_ms);
	json_t *event;
	int error = 0;

	while (!error && !(event = queue_pop(&self->events)))
		error = take_message(self, 0, deadline_ms, NULL, why);
	if (error)
		return error;
	*ret_event = event;
	return 0;
}

/* Sorts all whole lines that are there. A fault stays: the next wait will meet it and tell. */
static bool sort_ready(struct peergate *self)
{
	while (!self->garbled && channel_ready(&self->channel))
		if (take_message(self, 0, channel_deadline(1), NULL, NULL))
			return false;
	return !self->garbled;
}

bool peergate_has_answer(struct peergate *self)
{
	return self->answers.count || !sort_ready(self) || self->answers.count;
}

bool peergate_has_event(struct peergate *self)
{
	return self->events.count || !sort_ready(self) || self->events.count;
}
