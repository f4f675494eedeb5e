/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bad input to the policy: clocks that go backwards, the future, IDs that are none, numbers that are none. Each is defined: refused
 * with a sentence and without a trace, or taken as the least that it may mean. Never a crash or a ban. Crowds and contradictions:
 * test_bad_crowds.c.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>

#include "bad.h"

/* --- clocks --- */

static void a_clock_that_goes_backwards_changes_nothing(void **state)
{
	struct play *play = play_new();
	uint64_t digest;

	(void)state;
	play_ok(play, "Bad", "192.0.2.1", REPORT_VERDICT, RESULT_BAN, NODE);
	digest = play->digest;
	policy_tick(play->policy, play->now - HOUR);
	policy_tick(play->policy, 0);
	assert_int_equal(play->digest, digest);
	assert_true(play_bans(play, "192.0.2.1"));
	play_wait(play, 13 * MIN);
	assert_false(play_refuses(play, "192.0.2.1"));
	policy_tick(play->policy, DAY); /* when it was banned still */
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

/* What would be over already is not refused any more; a report of the boot's first second bans nobody. */
static void reports_about_the_past_refuse_for_what_is_left(void **state)
{
	static const uint64_t ago[] = {0, 5 * MIN, HOUR, DAY - 1, DAY};
	struct play *play = play_new();
	char addr[32];

	(void)state;
	play_wait(play, 10 * MIN);
	for (size_t i = 0; i < ARRAY_SIZE(ago); i++) {
		struct report report;
		uint64_t at = ago[i] < play->now ? play->now - ago[i] : 0;

		snprintf(addr, sizeof(addr), "192.0.2.%zu", i + 1);
		report = report_at("Bad", addr, REPORT_VERDICT, RESULT_BAN);
		assert_int_equal(policy_report(play->policy, &report, at, NULL), 0);
		expect_true(addr, play_bans(play, addr) == (ago[i] < 8 * MIN));
		expect_true(addr, play_left_s(play, addr) <= 12 * 60);
	}
	play_free(play);
}

static void the_future_counts_as_now(void **state)
{
	static const uint64_t ahead[] = {S, HOUR, 365 * DAY, UINT64_MAX / 2};
	struct play *play = play_new();
	char addr[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ahead); i++) {
		struct report report;

		snprintf(addr, sizeof(addr), "192.0.2.%zu", i + 1);
		report = report_at("Bad", addr, REPORT_VERDICT, RESULT_BAN);
		assert_int_equal(policy_report(play->policy, &report, play->now + ahead[i], NULL),
				 0);
		expect_true(addr, play_left_s(play, addr) <= 12 * 60 + 5);
		report = report_at("Good", addr, REPORT_HANDSHAKE, RESULT_OK);
		assert_int_equal(policy_report(play->policy, &report, UINT64_MAX, NULL), 0);
	}
	play_wait(play, 13 * MIN);
	assert_int_equal(count_all(play).bans, 0);
	play_free(play);
}

/* --- values that are none --- */

static void check_spoilt(struct play *play, const char *what, const char *word,
			 const struct report *report)
{
	struct policy_counts before = count_all(play), after;
	uint64_t digest = play->digest;
	struct why why = {""};

	expect_true(what, policy_report(play->policy, report, play->now, &why) == -EINVAL);
	expect_true(what, strstr(why.sentence, word));
	after = count_all(play);
	expect_true(what, play->digest == digest);
	expect_true(what, !memcmp(&before, &after, sizeof(before)));
}

static void peer_of(struct report *report, const char *text)
{
	memset(report->peer, 0, sizeof(report->peer));
	strncpy(report->peer, text, sizeof(report->peer) - 1);
}

static void spaces(struct report *report)
{
	peer_of(report, "16Uiu2 HAm");
}

static void a_path(struct report *report)
{
	peer_of(report, "../../etc/passwd");
}

static void control(struct report *report)
{
	peer_of(report, "16Uiu2\nHAm");
}

static void letters_of_no_alphabet(struct report *report)
{
	peer_of(report, "16Uiu2HÄm");
}

static void a_quote(struct report *report)
{
	peer_of(report, "16Uiu2\"HAm");
}

static void no_end(struct report *report)
{
	memset(report->peer, 'Q', sizeof(report->peer));
}

static void nobody_nowhere(struct report *report)
{
	peer_of(report, "");
	report->has_addr = false;
}

static void not_a_number(struct report *report)
{
	report->event = REPORT_GOSSIP;
	report->result = RESULT_NONE;
	report->score = NAN;
}

static void no_service(struct report *report)
{
	report->service = SERVICES_MAX;
}

static void far_service(struct report *report)
{
	report->service = INT_MIN;
}

static void no_direction(struct report *report)
{
	report->direction = (enum direction)77;
}

static void no_event(struct report *report)
{
	report->event = (enum report_event)77;
}

static void no_result(struct report *report)
{
	report->result = (enum report_result)77;
}

static void a_result_of_another_event(struct report *report)
{
	report->result = RESULT_TRUST;
}

static void no_reason(struct report *report)
{
	report->reason = (enum reason)200;
}

static void the_gates_own_reason(struct report *report)
{
	report->reason = REASON_SOURCE_PACE;
}

static void many_protocols(struct report *report)
{
	report->event = REPORT_STATUS;
	report->result = RESULT_NONE;
	report->protocol_count = 255;
}

static const struct {
	const char *what, *word;
	void (*spoil)(struct report *report);
} spoilt[] = {
	{"a blank in an ID", "peer", spaces},
	{"a path as an ID", "peer", a_path},
	{"a line break in an ID", "peer", control},
	{"umlauts in an ID", "peer", letters_of_no_alphabet},
	{"a quote in an ID", "peer", a_quote},
	{"an ID without an end", "peer", no_end},
	{"nobody, nowhere", "peer", nobody_nowhere},
	{"a score that is no number", "score", not_a_number},
	{"no such service", "service", no_service},
	{"a service far below 0", "service", far_service},
	{"no such direction", "direction", no_direction},
	{"no such event", "result", no_event},
	{"no such result", "result", no_result},
	{"a result of another event", "result", a_result_of_another_event},
	{"no such reason", "reason", no_reason},
	{"the gate's own reason", "reason", the_gates_own_reason},
	{"more protocols than fit", "protocols", many_protocols},
};

static void what_is_no_report_is_refused_without_a_trace(void **state)
{
	struct play *play = small_play();

	(void)state;
	play_join(play, "Good", "192.0.2.1");
	for (size_t i = 0; i < ARRAY_SIZE(spoilt); i++) {
		struct report report =
			report_at("Bad", "192.0.2.7", REPORT_HANDSHAKE, RESULT_WRONG_NETWORK);

		spoilt[i].spoil(&report);
		check_spoilt(play, spoilt[i].what, spoilt[i].word, &report);
	}
	assert_int_equal(count_all(play).bans, 0);
	play_free(play);
}

/* Infinite scores are scores: the worst, or a good one. The largest numbers are numbers. */
static void extremes_are_taken(void **state)
{
	struct report base = NODE;
	struct play *play = small_play();

	(void)state;
	base.score = -INFINITY;
	base.latency_us = UINT32_MAX;
	base.head_slot = UINT64_MAX;
	base.goodbye_code = UINT16_MAX;
	base.protocol_count = PROTOCOLS_MAX;
	for (int i = 0; i < 200; i++) {
		play_ok(play, "Odd", "192.0.2.1", REPORT_GOSSIP, RESULT_NONE, base);
		play_ok(play, "Odd", "192.0.2.1", REPORT_STATUS, RESULT_NONE, base);
		play_ok(play, "Odd", "192.0.2.1", REPORT_RESPONSE, RESULT_OK, base);
		play_ok(play, "Odd", "192.0.2.1", REPORT_GOODBYE, RESULT_NONE, base);
		base.score = i % 2 ? INFINITY : -INFINITY;
		base.head_slot = i % 3 ? UINT64_MAX : 1;
		play_wait(play, S);
	}
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

static void a_node_that_says_nonsense_is_told(void **state)
{
	struct node_state told = {.protocol_count = 255};
	struct capacity capacity = {.max = 0, .connected = UINT32_MAX, .inbound_max = UINT32_MAX};
	struct play *play = small_play();
	struct why why = {""};
	int8_t floor;

	(void)state;
	assert_int_equal(policy_node(play->policy, 0, &told, play->now, &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "protocols"));
	assert_int_equal(policy_node(play->policy, SERVICES_MAX, &told, play->now, NULL), -EINVAL);
	assert_int_equal(policy_capacity(play->policy, 0, &capacity, play->now, &floor, NULL), 0);
	assert_in_range(floor + 20, 0, 40);
	assert_int_equal(
		policy_capacity(play->policy, UINT_MAX, &capacity, play->now, &floor, NULL),
		-EINVAL);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_that_goes_backwards_changes_nothing),
		cmocka_unit_test(reports_about_the_past_refuse_for_what_is_left),
		cmocka_unit_test(the_future_counts_as_now),
		cmocka_unit_test(what_is_no_report_is_refused_without_a_trace),
		cmocka_unit_test(extremes_are_taken),
		cmocka_unit_test(a_node_that_says_nonsense_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
