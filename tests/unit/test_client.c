/* SPDX-License-Identifier: BSD-2-Clause */
/* The client library against a daemon that answers as its method's name says, in a thread of this test. */
#include "fake_daemon.h"

#include <errno.h>
#include <peergate/client.h>

enum { KEPT = 16384, PIPELINED = 20000 };

static struct peergate *begin(struct fake *fake)
{
	struct peergate *client;
	struct why why = {0};

	fake_open(fake);
	assert_int_equal(peergate_connect(&client, fake->path, &why), 0);
	assert_string_equal(peergate_path(client), fake->path);
	return client;
}

static void end(struct fake *fake, struct peergate *client)
{
	peergate_close(client);
	fake_close(fake);
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
