/* SPDX-License-Identifier: BSD-2-Clause */
#include "sender.h"

#include <errno.h>

int sender_init(struct sender *ret, const char *socket)
{
	*ret = (struct sender){.socket = socket, .waiting = json_array()};
	return ret->waiting ? 0 : -ENOMEM;
}

static void hang_up(struct sender *self)
{
	peergate_close(self->peergate);
	self->peergate = NULL;
}

void sender_release(struct sender *self)
{
	hang_up(self);
	json_decref(self->waiting);
	self->waiting = NULL;
}

/* The first @count of what waits leave; moving the rest is a memmove of pointers. */
static void forget(struct sender *self, size_t count)
{
	while (count--)
		json_array_remove(self->waiting, 0);
}

void sender_put(struct sender *self, json_t *report)
{
	if (json_array_size(self->waiting) >= SENDER_WAITING_MAX) {
		forget(self, 1);
		self->dropped++;
	}
	if (!report || json_array_append_new(self->waiting, report))
		self->dropped++;
}

static int call_method(struct sender *self, const char *method, json_t *params, json_t **ret_result)
{
	self->why = (struct why){0};
	return params ? peergate_call(self->peergate, method, params, ret_result, &self->why)
		      : -ENOMEM;
}

static int call(struct sender *self, json_t *reports)
{
	json_t *result = NULL;
	int error = call_method(self, "gate_report", reports, &result);

	json_decref(result);
	return error;
}

static int reach(struct sender *self)
{
	int error = 0;

	if (self->peergate)
		return 0;
	self->why = (struct why){0};
	error = peergate_connect(&self->peergate, self->socket, &self->why);
	if (!error)
		peergate_timeout(self->peergate, SENDER_ANSWER_MS);
	return error;
}

int sender_ask(struct sender *self, const char *method, json_t *params, json_t **ret_result)
{
	int error = reach(self);

	if (!error)
		error = call_method(self, method, params, ret_result);
	if (error && error != -EREMOTE)
		hang_up(self);
	return error;
}

int sender_call(struct sender *self, const char *method, json_t *params)
{
	json_t *result = NULL;
	int error = sender_ask(self, method, params, &result);

	json_decref(result);
	return error;
}

/* The first @count of what waits, as an array of its own. */
static json_t *first(const struct sender *self, size_t count)
{
	json_t *batch = json_array();

	for (size_t i = 0; batch && i < count; i++)
		json_array_append(batch, json_array_get(self->waiting, i));
	return batch;
}

/* One report is not to the daemon's taste, and so the whole batch was not taken: each is sent alone. */
static int send_singly(struct sender *self, size_t count)
{
	struct why kept = self->why;
	int error = 0;

	for (; count && !error; count--) {
		json_t *one = first(self, 1);

		error = call(self, one);
		json_decref(one);
		if (error && error != -EREMOTE)
			return error;
		if (error)
			kept = self->why;
		self->refused += error == -EREMOTE;
		self->sent += !error;
		forget(self, 1);
		error = 0;
	}
	self->why = kept;
	return error;
}

static int send_batch(struct sender *self)
{
	size_t count = json_array_size(self->waiting);
	json_t *batch;
	int error;

	if (count > SENDER_BATCH_MAX)
		count = SENDER_BATCH_MAX;
	batch = first(self, count);
	error = call(self, batch);
	json_decref(batch);
	if (error == -EREMOTE)
		return send_singly(self, count);
	if (error)
		return error;
	self->sent += count;
	forget(self, count);
	return 0;
}

int sender_flush(struct sender *self)
{
	int error;

	if (!json_array_size(self->waiting))
		return 0;
	error = reach(self);
	if (error)
		return error;
	while (!error && json_array_size(self->waiting))
		error = send_batch(self);
	if (error)
		hang_up(self);
	return error;
}
