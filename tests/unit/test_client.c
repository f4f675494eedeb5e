/* SPDX-License-Identifier: BSD-2-Clause */
/* The client library against a daemon that answers as its method's name says, in a thread of this test. */
#include "tap.h"

#include <errno.h>
#include <peergate/client.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FLOOD = 20000, KEPT = 16384, PIPELINED = 20000 };

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

static struct peergate *begin(struct fake *self)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct peergate *client;
	struct why why = {0};

	*self = (struct fake){.folder = "/tmp/test_client.XXXXXX"};
	assert_non_null(mkdtemp(self->folder));
	snprintf(self->path, sizeof(self->path), "%s/s", self->folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", self->path);
	self->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(self->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(self->listener, 1), 0);
	assert_int_equal(pthread_create(&self->thread, NULL, serve, self), 0);
	assert_int_equal(peergate_connect(&client, self->path, &why), 0);
	assert_string_equal(peergate_path(client), self->path);
	return client;
}

static void end(struct fake *self, struct peergate *client)
{
	peergate_close(client);
	pthread_join(self->thread, NULL);
	close(self->listener);
	unlink(self->path);
	rmdir(self->folder);
}

static const struct {
	const char *method;
	int error;
	const char *sentence; /* part of it */
	bool gone;
} calls[] = {
	{"echo", 0, "", false},
	{"crumbs", 0, "", false},
	{"noisy", 0, "", false},
	{"fail", -EREMOTE, "addr: \"x\" is no address", false},
	{"unread", -EREMOTE, "not JSON", false},
	{"neither", -EPROTO, "neither result nor error", false},
	{"garbage", -EPROTO, "speaks no JSON-RPC", false},
	{"list", -EPROTO, "speaks no JSON-RPC", false},
	{"mute", -ETIMEDOUT, "no answer within 200 ms", false},
	{"quit", -ECONNRESET, "hung up", true},
	{"break", -ECONNRESET, "hung up", true},
};

static void test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		json_t *params = json_pack("{s:i}", "n", 7), *result = NULL;
		struct why why = {0};
		struct fake fake;
		struct peergate *client = begin(&fake);
		int error;

		peergate_timeout(client, calls[i].error == -ETIMEDOUT ? 200 : 5000);
		error = peergate_call(client, calls[i].method, params, &result, &why);
		expect_true(calls[i].method, error == calls[i].error);
		expect_true(calls[i].method, strstr(why.sentence, calls[i].sentence));
		expect_true(calls[i].method, peergate_is_gone(error) == calls[i].gone);
		expect_true(calls[i].method, error ? !result : json_equal(params, result));
		json_decref(params);
		json_decref(result);
		end(&fake, client);
	}
}

/* The connection outlives an error of the daemon, and a null result is a result. */
static void test_after_error(void **state)
{
	struct fake fake;
	struct peergate *client = begin(&fake);
	json_t *result = NULL;

	(void)state;
	assert_int_equal(peergate_call(client, "fail", NULL, &result, NULL), -EREMOTE);
	assert_int_equal(peergate_error_code(client), -32602);
	assert_int_equal(peergate_call(client, "echo", NULL, &result, NULL), 0);
	assert_true(json_is_null(result));
	end(&fake, client);
}

/* After a line that is no JSON nothing is believed any more, though an answer would follow. */
static void test_garbled_for_good(void **state)
{
	struct fake fake;
	struct peergate *client = begin(&fake);
	json_t *result = NULL;

	(void)state;
	assert_int_equal(peergate_call(client, "garbage", NULL, &result, NULL), -EPROTO);
	assert_int_equal(peergate_call(client, "echo", NULL, &result, NULL), -EPROTO);
	assert_true(peergate_has_event(client));
	assert_int_equal(peergate_next(client, &result, NULL), -EPROTO);
	end(&fake, client);
}

static void expect_event(struct peergate *client, int number)
{
	json_t *event = NULL;

	assert_int_equal(peergate_next(client, &event, NULL), 0);
	assert_int_equal(json_integer_value(event), number);
	json_decref(event);
}

static void test_events_kept_apart(void **state)
{
	struct fake fake;
	struct peergate *client = begin(&fake);
	json_t *result = NULL;

	(void)state;
	assert_false(peergate_has_event(client));
	assert_int_equal(peergate_call(client, "noisy", NULL, &result, NULL), 0);
	assert_true(peergate_has_event(client));
	for (int i = 0; i < 4; i++)
		expect_event(client, i);
	assert_false(peergate_has_event(client));
	peergate_timeout(client, 50);
	assert_int_equal(peergate_next(client, &result, NULL), -ETIMEDOUT);
	end(&fake, client);
}

/* Nobody reads events while a call waits: the oldest go, and are counted. */
static void test_events_bounded(void **state)
{
	struct fake fake;
	struct peergate *client = begin(&fake);
	json_t *result = NULL;

	(void)state;
	assert_int_equal(peergate_call(client, "flood", NULL, &result, NULL), 0);
	assert_int_equal(peergate_missed(client), FLOOD - KEPT);
	expect_event(client, FLOOD - KEPT);
	end(&fake, client);
}

/* Answers out of order, and to a call in between, each find their request. */
static void test_order(void **state)
{
	struct fake fake;
	struct peergate *client = begin(&fake);
	json_t *result = NULL;
	int64_t first, second, id;

	(void)state;
	assert_int_equal(peergate_send(client, "later", NULL, &first, NULL), 0);
	assert_int_equal(peergate_send(client, "fail", NULL, &second, NULL), 0);
	assert_int_equal(peergate_call(client, "echo", NULL, &result, NULL), 0);
	assert_int_equal(peergate_answer(client, &id, &result, NULL), -EREMOTE);
	assert_int_equal(id, second);
	assert_int_equal(peergate_answer(client, &id, &result, NULL), 0);
	assert_int_equal(id, first);
	assert_false(peergate_has_answer(client));
	end(&fake, client);
}

/* Far more than both socket buffers hold, nobody reading answers meanwhile: neither side may get stuck. */
static void test_pipelined(void **state)
{
	struct fake fake;
	struct peergate *client = begin(&fake);
	json_t *params = json_pack("{s:s}", "text", "two dozen bytes of text.");
	json_t *result = NULL;
	struct why why = {0};
	int64_t id;

	(void)state;
	for (int i = 0; i < PIPELINED; i++) {
		if (i >= KEPT / 2) {
			assert_int_equal(peergate_answer(client, &id, &result, &why), 0);
			assert_int_equal(id, i - KEPT / 2 + 1);
			json_decref(result);
		}
		assert_int_equal(peergate_send(client, "echo", params, &id, &why), 0);
		assert_int_equal(id, i + 1);
	}
	for (int i = 0; i < KEPT / 2; i++) {
		assert_int_equal(peergate_answer(client, &id, &result, &why), 0);
		json_decref(result);
	}
	assert_int_equal(id, PIPELINED);
	json_decref(params);
	end(&fake, client);
}

/* Notifications get no answer, and stand before the call that follows. */
static void test_notify(void **state)
{
	struct fake fake;
	struct peergate *client = begin(&fake);
	json_t *result = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(peergate_notify(client, "echo", NULL, NULL), 0);
	assert_int_equal(peergate_flush(client, NULL), 0);
	assert_int_equal(peergate_call(client, "echo", NULL, &result, NULL), 0);
	assert_false(peergate_has_answer(client));
	end(&fake, client);
}

static void test_no_daemon(void **state)
{
	char long_path[200];
	struct peergate *client = NULL;
	struct why why = {0};

	(void)state;
	assert_int_equal(peergate_connect(&client, "/nonexistent/s", &why), -ECONNREFUSED);
	assert_string_equal(why.sentence, "no daemon at /nonexistent/s: is peergated running?");
	setenv("PEERGATE_SOCKET", "/nonexistent/env", 1);
	why.sentence[0] = '\0';
	assert_int_equal(peergate_connect(&client, NULL, &why), -ECONNREFUSED);
	assert_non_null(strstr(why.sentence, "/nonexistent/env"));
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(peergate_connect(&client, long_path, NULL), -ENAMETOOLONG);
	assert_null(client);
	peergate_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_after_error),
		cmocka_unit_test(test_garbled_for_good),
		cmocka_unit_test(test_events_kept_apart),
		cmocka_unit_test(test_events_bounded),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_pipelined),
		cmocka_unit_test(test_notify),
		cmocka_unit_test(test_no_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
