/* SPDX-License-Identifier: BSD-2-Clause */
/* Input that contradicts itself or the clock: defined, no crash, no ban, nothing opened. */
#include <errno.h>
#include <math.h>

#include "play.h"

#include "../../user/core/book.h" /* the CLI has one, too */
#include "peers.h"

static const struct {
	const char *what;
	double score;
	uint8_t protocols;
	const char *words;
} refused[] = {
	{"not a number", NAN, 0, "score"},
	{"more protocols than there is room for", 0, 33, "33 are more"},
};

static void what_cannot_be_is_refused_and_changes_nothing(void **state)
{
	struct play *play = play_new();
	struct node_state node = {.protocol_count = 33};
	struct why why = {""};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct report report = NODE;

		why = (struct why){""};
		report.event = REPORT_GOSSIP;
		snprintf(report.peer, sizeof(report.peer), "Peer");
		report.score = refused[i].score;
		report.protocol_count = refused[i].protocols;
		expect_true(refused[i].what,
			    policy_report(play->policy, &report, play->now, &why) == -EINVAL);
		expect_true(refused[i].what, strstr(why.sentence, refused[i].words) != NULL);
	}
	assert_int_equal(policy_node(play->policy, 0, &node, play->now, &why), -EINVAL);
	assert_int_equal(peer_find(play->policy, "Peer"), 0);
	play_free(play);
}

/* Connected twice without a disconnect between, from one source and from two: connected once, and gone at one word. */
static void connected_twice_is_connected(void **state)
{
	const struct prefix first = play_prefix("192.0.2.1");
	struct play *play = play_new();

	(void)state;
	play_join(play, "A", "192.0.2.1:1");
	play_join(play, "A", "192.0.2.1:2");
	assert_int_equal(network_share(play->policy, &first).connected, 1);
	assert_int_equal(play->policy->networks.connected, 1);
	play_join(play, "A", "198.51.100.1:1");
	assert_int_equal(play->policy->networks.connected, 2);
	play_ok(play, "A", NULL, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_int_equal(play->policy->networks.connected, 0);
	assert_int_equal(play->policy->peer_shelves[SHELF_ONLINE].count, 0);
	play_ok(play, "A", NULL, REPORT_DISCONNECTED, RESULT_NONE, NODE); /* told again */
	assert_int_equal(play->policy->networks.connected, 0);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

static void a_disconnect_of_nobody_is_no_fault(void **state)
{
	struct play *play = play_new();
	struct odds odds;

	(void)state;
	for (int i = 0; i < 10; i++)
		play_ok(play, "Ghost", "192.0.2.1:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	odds = quality_evidence(&peer_at(play->policy, peer_find(play->policy, "Ghost"))->quality,
				&play->settings, play->now);
	assert_int_equal(odds.bad_milli, 0);
	assert_int_equal(play->count, 0);
	assert_int_equal(play->policy->networks.connected, 0);
	play_free(play);
}

/* Good and bad news of one moment, in any order: no ban, and what was proven stays. */
static void contradictions_ban_nobody(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (int i = 0; i < 50; i++) {
		play_ok(play, "A", "192.0.2.1:1", REPORT_HANDSHAKE, RESULT_OK, NODE);
		play_ok(play, "A", "192.0.2.1:1", REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
		play_ok(play, "A", "192.0.2.1:1", REPORT_RESPONSE, RESULT_OK, NODE);
		assert_false(play_bans(play, "192.0.2.1"));
	}
	play_free(play);
}

/* The clock goes back an hour, reports speak of tomorrow and of before the boot: nothing is prolonged, nothing ends early. */
static void clocks_may_do_as_they_like(void **state)
{
	struct play *play = play_new();
	struct report report = NODE;
	struct why why = {""};
	unsigned long left_s;

	(void)state;
	play_join(play, "Bad", "192.0.2.1:1");
	play_ok(play, "Bad", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE);
	left_s = play_left_s(play, "192.0.2.1");
	policy_tick(play->policy, play->now - HOUR);
	policy_tick(play->policy, 0);
	assert_int_equal(play_left_s(play, "192.0.2.1"), left_s);
	report.event = REPORT_RESPONSE;
	report.result = RESULT_TIMEOUT;
	report.latency_us = UINT32_MAX;
	report.head_slot = UINT64_MAX;
	snprintf(report.peer, sizeof(report.peer), "Late");
	report.has_addr = true;
	report.addr = play_prefix("192.0.2.2").addr;
	for (int i = 0; i < 20; i++) {
		static const uint64_t moments[] = {0, 1, FOREVER_NS, FOREVER_NS - 1, DAY};

		assert_int_equal(policy_report(play->policy, &report, moments[i % 5], &why), 0);
	}
	/* Of tomorrow: as if five seconds from now. Of a day ago and of now: two incidents, the second step, and no further. */
	assert_in_range(play_left_s(play, "192.0.2.2"), 1, 2405);
	assert_false(play_bans(play, "192.0.2.2"));
	report.event = REPORT_STATUS;
	report.result = RESULT_OK;
	assert_int_equal(policy_report(play->policy, &report, FOREVER_NS, &why), 0);
	assert_int_equal(policy_report(play->policy, &report, 0, &why), 0);
	play_wait(play, S);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_is_refused_and_changes_nothing),
		cmocka_unit_test(connected_twice_is_connected),
		cmocka_unit_test(a_disconnect_of_nobody_is_no_fault),
		cmocka_unit_test(contradictions_ban_nobody),
		cmocka_unit_test(clocks_may_do_as_they_like),
	};

	return cmocka_run_group_tests_name("contradictions", tests, NULL, NULL);
}
