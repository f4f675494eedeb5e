/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports: what becomes of a right one, and what is said of a wrong one. */
#include "tap.h"

#include <errno.h>
#include <string.h>

#include "hash.h"
#include "report_decode.h"
#include "who.h"

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

static void networks_and_protocols(void **state)
{
	static const uint8_t theirs[] = {1, 2, 0xab, 0xcd}, ours[] = {0xff, 0, 0, 1};
	struct dated_report r;

	(void)state;
	assert_int_equal(
		decode("{\"peer\":\"x\",\"event\":\"status\",\"digest\":\"0x0102abCD\","
		       "\"our_digest\":\"0xff000001\",\"protocols\":[\"/b/1\",\"/a/1\",\"/b/1\"]}",
		       &r, NULL),
		0);
	assert_true(r.report.has_digest && r.report.has_our_digest);
	assert_memory_equal(r.report.digest, theirs, sizeof(theirs));
	assert_memory_equal(r.report.our_digest, ours, sizeof(ours));
	assert_int_equal(r.report.protocol_count, 2);
	assert_true(r.report.protocols[0] < r.report.protocols[1]);
	assert_true(r.report.protocols[0] == hash_text("/a/1", 4) ||
		    r.report.protocols[1] == hash_text("/a/1", 4));
}

/* What is kept of two long lists that share all but one name differs by one at most. */
static void many_protocols(void **state)
{
	uint32_t kept[2][PROTOCOLS_MAX];
	uint8_t count[2];
	json_t *names = json_array();
	unsigned int shared = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		json_array_append_new(names, json_sprintf("/eth2/beacon_chain/req/%d", i));
	assert_int_equal(who_protocols(&count[0], kept[0], names, NULL), 0);
	json_array_insert_new(names, 0, json_string("/one/more"));
	assert_int_equal(who_protocols(&count[1], kept[1], names, NULL), 0);
	assert_int_equal(count[0], PROTOCOLS_MAX);
	assert_int_equal(count[1], PROTOCOLS_MAX);
	for (int i = 0; i < PROTOCOLS_MAX; i++) {
		expect_true("sorted", !i || kept[0][i] > kept[0][i - 1]);
		for (int j = 0; j < PROTOCOLS_MAX; j++)
			shared += kept[0][i] == kept[1][j];
	}
	assert_true(shared >= PROTOCOLS_MAX - 1);
	while (json_array_size(names) < 257)
		json_array_append_new(names, json_string("/x"));
	assert_int_equal(who_protocols(&count[0], kept[0], names, NULL), -EINVAL);
	json_decref(names);
}

/* One peer, however it is written; what other networks call a peer stays as it is. */
static void peers_by_several_texts(void **state)
{
	static const char *const texts[] = {
		"QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
		"bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe",
		"k2k4r8ncs1yoluq95unsd7x2vfhgve0ncjoggwqx9vyh3vl8warrcp15",
	};
	char peer[PEER_ID_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(who_peer(peer, texts[i], NULL), 0);
		assert_string_equal(peer, texts[0]);
	}
	assert_int_equal(
		who_peer(peer, "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xq", NULL),
		0);
	assert_string_equal(peer, "bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xq");
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
	{"{\"peer\":\"x\",\"event\":\"status\",\"digest\":\"0x0a0B0c0d\",\"protocols\":[]}", NULL},
	{"{\"peer\":\"x\",\"event\":\"status\",\"digest\":\"0a0b0c0d\"}",
	 "write its four bytes as"},
	{"{\"peer\":\"x\",\"event\":\"status\",\"digest\":\"0x0a0b0c0d0e\"}", "digest: "},
	{"{\"peer\":\"x\",\"event\":\"status\",\"our_digest\":\"0x0a0b0c0x\"}", "our_digest: "},
	{"{\"peer\":\"x\",\"event\":\"status\",\"digest\":1}", "digest: must be a string"},
	{"{\"peer\":\"x\",\"event\":\"status\",\"protocols\":\"/a\"}",
	 "protocols: must be an array, not a string"},
	{"{\"peer\":\"x\",\"event\":\"status\",\"protocols\":[\"/a\",\"\"]}", "protocols[1]: "},
	{"{\"peer\":\"x\",\"event\":\"connected\",\"agent\":\"a\",\"agent_version\":\"b\","
	 "\"downscore_reasons\":[\"c\"]}",
	 NULL},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"disconnect_reason\":\"too_many_peers\"}", NULL},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"disconnect_reason\":\"to_many_peers\"}",
	 "did you mean too_many_peers?"},
	{"{\"peer\":\"x\",\"event\":\"goodbye\",\"reason\":\"unknown\","
	 "\"disconnect_reason\":\"io_error\"}",
	 "disconnect_reason: \"io_error\", but reason is \"unknown\""},
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
		cmocka_unit_test(networks_and_protocols),
		cmocka_unit_test(many_protocols),
		cmocka_unit_test(peers_by_several_texts),
		cmocka_unit_test(each_is_taken_or_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
