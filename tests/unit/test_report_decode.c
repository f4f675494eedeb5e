/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports: what becomes of a right one, and what is said of a wrong one. */
#include "tap.h"

#include <errno.h>
#include <string.h>

#include "report_decode.h"

enum { REPORTER = 77 };

static int decode(const char *text, struct dated_report *ret, struct why *why)
{
	struct config config;
	json_t *object = json_loads(text, 0, NULL);
	int error;

	assert_non_null(object);
	config_default(&config);
	config_set(&config, "service", "beacon=tcp:1", NULL);
	config_set(&config, "service", "execution=tcp:2", NULL);
	error = report_decode(ret, object, &config, REPORTER, why);
	json_decref(object);
	return error;
}

static void a_whole_one(void **state)
{
	struct dated_report r;
	struct addr addr = {{[10] = 0xff, 0xff, 192, 0, 2, 7}};

	(void)state;
	assert_int_equal(
		decode("{\"peer\":\"16Uiu2\",\"addr\":\"/ip4/192.0.2.7/tcp/4001\",\"direction\":"
		       "\"inbound\",\"service\":\"execution\",\"event\":\"response\",\"result\":"
		       "\"ok\",\"latency_ms\":1.5,\"head_slot\":12345678,\"code\":3,\"score\":-2.5,"
		       "\"at\":1700000000.25,\"secondhand\":true,\"reason\":\"io_error\"}",
		       &r, NULL),
		0);
	assert_string_equal(r.report.peer, "16Uiu2");
	assert_true(r.report.has_addr && addr_equal(&r.report.addr, &addr));
	assert_int_equal(r.report.port, 4001);
	assert_int_equal(r.report.direction, DIRECTION_INBOUND);
	assert_int_equal(r.report.service, 1);
	assert_int_equal(r.report.event, REPORT_RESPONSE);
	assert_int_equal(r.report.result, RESULT_OK);
	assert_int_equal(r.report.reason, REASON_IO_ERROR);
	assert_int_equal(r.report.latency_us, 1500);
	assert_true(r.report.head_slot == 12345678);
	assert_int_equal(r.report.goodbye_code, 3);
	assert_true(r.report.score == -2.5 && r.at_unix_s == 1700000000.25);
	assert_true(r.report.second_hand);
	assert_int_equal(r.report.reporter, REPORTER);
}

static void what_is_not_told(void **state)
{
	struct dated_report r;

	(void)state;
	memset(&r, 0xff, sizeof(r));
	assert_int_equal(decode("{\"peer\":\"x\",\"event\":\"connected\",\"addr\":null}", &r, NULL),
			 0);
	assert_false(r.report.has_addr || r.report.second_hand);
	assert_int_equal(r.report.service, -1);
	assert_int_equal(r.report.direction, DIRECTION_UNKNOWN);
	assert_int_equal(r.report.result, RESULT_NONE);
	assert_int_equal(r.report.reason, REASON_NONE);
	assert_true(r.at_unix_s == 0);
}

static const struct {
	const char *text, *part; /* NULL: taken */
} reports[] = {
	{"{\"addr\":\"192.0.2.7\",\"event\":\"disconnected\"}", NULL},
	{"{\"addr\":\"[2001:db8::1]:9000\",\"event\":\"status\"}", NULL},
	{"{\"peer\":\"x\",\"event\":\"handshake\",\"result\":\"unviable_fork\"}", NULL},
	{"{\"peer\":\"x\",\"event\":\"response\",\"result\":\"invalid\"}", NULL},
	{"{\"peer\":\"x\",\"event\":\"verdict\",\"result\":\"clear\"}", NULL},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"code\":129}", NULL},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"reason\":\"client_shutdown\"}", NULL},
	{"{\"peer\":\"x\",\"event\":\"gossip\",\"score\":-16000}", NULL},
	{"[]", "must be an object"},
	{"{}", "event: missing"},
	{"{\"event\":\"connected\"}", "peer: missing"},
	{"{\"peer\":\"x\",\"event\":7}", "event: must be a string, not a number"},
	{"{\"peer\":\"x\",\"event\":\"handshaek\",\"result\":\"ok\"}", "did you mean handshake?"},
	{"{\"peer\":\"x\",\"event\":\"handshake\"}", "result: missing"},
	{"{\"peer\":\"x\",\"event\":\"handshake\",\"result\":\"ban\"}", "result: \"ban\""},
	{"{\"peer\":\"x\",\"event\":\"status\",\"result\":\"ok\"}",
	 "result: an event status has none"},
	{"{\"peer\":\"x\",\"event\":\"verdict\",\"result\":\"bann\"}", "did you mean ban?"},
	{"{\"peer\":\"x\",\"event\":\"gossip\"}", "score: missing"},
	{"{\"peer\":\"x\",\"event\":\"gossip\",\"score\":\"low\"}", "score: must be a number"},
	{"{\"peer\":\"x\",\"event\":\"gossip\",\"score\":1e300}", "score: 1e+300 is outside"},
	{"{\"peer\":\"x\",\"event\":\"goodbye\"}", "code: missing"},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"code\":-1}", "code: -1 is outside 0 .. 65535"},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"code\":1.5}", "code: 1.5 is no whole number"},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"reason\":\"bored\"}", "reason: \"bored\""},
	{"{\"peer\":\"\",\"event\":\"connected\"}", "peer: 0 letters"},
	{"{\"peer\":\"a b\",\"event\":\"connected\"}", "no peer ID"},
	{"{\"peer\":\"a\\nb\",\"event\":\"connected\"}", "no peer ID"},
	{"{\"peer\":"
	 "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "xxxxxxxxxxxxx\",\"event\":\"connected\"}",
	 "peer: 96 letters"},
	{"{\"addr\":\"/dns4/example.org/tcp/1\",\"event\":\"connected\"}", "addr: "},
	{"{\"addr\":\"192.0.2.0/24\",\"event\":\"connected\"}", "addr: "},
	{"{\"peer\":\"x\",\"event\":\"connected\",\"direction\":\"inbuond\"}",
	 "did you mean inbound?"},
	{"{\"peer\":\"x\",\"event\":\"connected\",\"service\":\"beakon\"}", "did you mean beacon?"},
	{"{\"peer\":\"x\",\"event\":\"connected\",\"at\":12}", "at: 12 is outside"},
	{"{\"peer\":\"x\",\"event\":\"connected\",\"at\":1e18}", "at: 1e+18 is outside"},
	{"{\"peer\":\"x\",\"event\":\"connected\",\"secondhand\":1}",
	 "secondhand: must be true or false"},
	{"{\"peer\":\"x\",\"event\":\"response\",\"result\":\"ok\",\"latency_ms\":-1}",
	 "latency_ms"},
	{"{\"peer\":\"x\",\"event\":\"connected\",\"adr\":\"192.0.2.7\"}", "did you mean addr?"},
	{"{\"peer\":{},\"event\":\"connected\"}", "peer: must be a string, not an object"},
};

static void each_is_taken_or_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		struct dated_report r;
		struct why why = {""};
		int error = decode(reports[i].text, &r, &why);

		if (!reports[i].part && error)
			fail_msg("%s: %s", reports[i].text, why.sentence);
		if (!reports[i].part)
			continue;
		expect_true(reports[i].text, error == -EINVAL);
		if (!strstr(why.sentence, reports[i].part))
			fail_msg("%s: \"%s\" does not say \"%s\"", reports[i].text, why.sentence,
				 reports[i].part);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_one),
		cmocka_unit_test(what_is_not_told),
		cmocka_unit_test(each_is_taken_or_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
