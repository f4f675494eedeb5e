/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_daemon: a daemon that does what its method's name says, in a thread of the test. It serves one connection. */
#ifndef FAKE_DAEMON_H
#define FAKE_DAEMON_H

#include "tap.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FLOOD = 20000 }; /* notifications, of "flood" */

struct fake {
	char folder[64], path[96];
	int listener;
	pthread_t thread;
	FILE *out;
	json_t *held; /* the id of a request that is answered after the next one */
};

static void say(struct fake *self, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);

	fprintf(self->out, "%s\n", text);
	free(text);
	json_decref(message);
}

static void answer(struct fake *self, json_t *id, json_t *result)
{
	say(self, json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

static void notify(struct fake *self, int number)
{
	say(self,
	    json_pack("{s:s, s:s, s:{s:s, s:i}}", "jsonrpc", "2.0", "method", "gate_subscription",
		      "params", "subscription", "0x1", "result", number));
}

static void do_echo(struct fake *self, json_t *id, json_t *params)
{
	answer(self, id, params ? json_incref(params) : json_null());
}

static void do_fail(struct fake *self, json_t *id, json_t *params)
{
	(void)params;
	say(self, json_pack("{s:s, s:O, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", id, "error", "code",
			    -32602, "message", "addr: \"x\" is no address"));
}

static void do_unread(struct fake *self, json_t *id, json_t *params)
{
	(void)id;
	(void)params;
	say(self, json_pack("{s:s, s:n, s:{s:i, s:s}}", "jsonrpc", "2.0", "id", "error", "code",
			    -32700, "message", "not JSON"));
}

static void do_noisy(struct fake *self, json_t *id, json_t *params)
{
	for (int i = 0; i < 3; i++)
		notify(self, i);
	do_echo(self, id, params);
	notify(self, 3);
}

static void do_flood(struct fake *self, json_t *id, json_t *params)
{
	for (int i = 0; i < FLOOD; i++)
		notify(self, i);
	do_echo(self, id, params);
}

static void do_later(struct fake *self, json_t *id, json_t *params)
{
	(void)params;
	self->held = json_incref(id);
}

static void do_mute(struct fake *self, json_t *id, json_t *params)
{
	(void)self;
	(void)id;
	(void)params;
}

static void do_neither(struct fake *self, json_t *id, json_t *params)
{
	(void)params;
	say(self, json_pack("{s:s, s:O}", "jsonrpc", "2.0", "id", id));
}

static void do_garbage(struct fake *self, json_t *id, json_t *params)
{
	(void)id;
	(void)params;
	fputs("220 mail.example ESMTP\n", self->out);
}

static void do_list(struct fake *self, json_t *id, json_t *params)
{
	(void)id;
	(void)params;
	fputs("[]\n", self->out);
}

/* One byte a write. */
static void do_crumbs(struct fake *self, json_t *id, json_t *params)
{
	setvbuf(self->out, NULL, _IONBF, 0);
	do_echo(self, id, params);
}

static void do_quit(struct fake *self, json_t *id, json_t *params)
{
	(void)id;
	(void)params;
	shutdown(fileno(self->out), SHUT_RDWR);
}

/* The beginning of an answer, and then no more. */
static void do_break(struct fake *self, json_t *id, json_t *params)
{
	fputs("{\"jsonrpc\":\"2.0\",", self->out);
	fflush(self->out);
	do_quit(self, id, params);
}

static const struct {
	const char *method;
	void (*act)(struct fake *self, json_t *id, json_t *params);
} acts[] = {
	{"echo", do_echo},   {"fail", do_fail},	      {"unread", do_unread},
	{"noisy", do_noisy}, {"flood", do_flood},     {"later", do_later},
	{"mute", do_mute},   {"neither", do_neither}, {"garbage", do_garbage},
	{"list", do_list},   {"crumbs", do_crumbs},   {"quit", do_quit},
	{"break", do_break},
};

static void act(struct fake *self, const char *line)
{
	json_t *request = json_loads(line, 0, NULL), *id = json_object_get(request, "id");
	const char *method = json_string_value(json_object_get(request, "method"));
	json_t *held = self->held;

	self->held = NULL;
	for (size_t i = 0; id && i < ARRAY_SIZE(acts); i++)
		if (!strcmp(acts[i].method, method))
			acts[i].act(self, id, json_object_get(request, "params"));
	if (held)
		do_echo(self, held, NULL);
	json_decref(held);
	json_decref(request);
	fflush(self->out);
}

static void *serve(void *context)
{
	struct fake *self = context;
	int fd = accept(self->listener, NULL, NULL);
	FILE *in = fdopen(dup(fd), "r");
	size_t size = 0;
	char *line = NULL;

	self->out = fdopen(fd, "w");
	while (getline(&line, &size, in) > 0)
		act(self, line);
	free(line);
	json_decref(self->held);
	fclose(in);
	fclose(self->out);
	return NULL;
}

static void fake_open(struct fake *self)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	*self = (struct fake){.folder = "/tmp/test_client.XXXXXX"};
	assert_non_null(mkdtemp(self->folder));
	snprintf(self->path, sizeof(self->path), "%s/s", self->folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", self->path);
	self->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(self->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(self->listener, 1), 0);
	assert_int_equal(pthread_create(&self->thread, NULL, serve, self), 0);
}

/* After the client has closed its end. */
static void fake_close(struct fake *self)
{
	pthread_join(self->thread, NULL);
	close(self->listener);
	unlink(self->path);
	rmdir(self->folder);
}

#endif
