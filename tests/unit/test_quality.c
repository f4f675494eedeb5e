/* SPDX-License-Identifier: BSD-2-Clause */
/* What a peer is worth: evidence for and against it, decayed; latency, protocols, head; and that missing evidence is neutral. */
#include <errno.h>

#include "play.h"

#include "../../user/core/book.h" /* the CLI has one, too */
#include "peers.h"
#include "quality.h"

static struct odds odds_of(struct play *play, const char *peer)
{
	uint32_t number = peer_find(play->policy, peer);

	assert_int_not_equal(number, 0);
	return quality_evidence(&peer_at(play->policy, number)->quality, &play->settings,
				play->now);
}

static void answer(struct play *play, const char *peer)
{
	play_ok(play, peer, NULL, REPORT_RESPONSE, RESULT_OK, NODE);
}

/* A link cannot be talked up: twelve good answers an hour count, however many there are. */
static void good_answers_count_twelve_times_an_hour(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Chatty", "192.0.2.1:1");
	for (int i = 0; i < 3600; i++) {
		answer(play, "Chatty");
		play_wait(play, S);
	}
	/* 12 times .05, the first of them an hour old: 6 h half-life. */
	assert_in_range(odds_of(play, "Chatty").good_milli, 540, 600);
	play_free(play);
}

static void evidence_halves_in_six_hours(void **state)
{
	struct play *play = play_new();
	struct odds before;

	(void)state;
	play_fail(play, "Flaky", "192.0.2.1:1", RESULT_TIMEOUT, NODE);
	play_fail(play, "Flaky", "192.0.2.1:2", RESULT_TIMEOUT, NODE);
	before = odds_of(play, "Flaky");
	assert_int_equal(before.bad_milli, 2000);
	play->now += 6 * HOUR;
	assert_in_range(odds_of(play, "Flaky").bad_milli, 999, 1001);
	play->now -= 12 * HOUR; /* a clock that goes back ages nobody and brings nothing back */
	assert_int_equal(odds_of(play, "Flaky").bad_milli, before.bad_milli);
	play_free(play);
}

/* What each event weighs against a peer, in thousandths of a failed contact. */
static const struct {
	const char *what;
	enum report_event event;
	enum report_result result;
	uint16_t code;
	unsigned int milli;
} weights[] = {
	{"failed handshake", REPORT_HANDSHAKE, RESULT_ERROR, 0, 1000},
	{"bad answer", REPORT_RESPONSE, RESULT_BAD, 0, 500},
	{"late answer", REPORT_RESPONSE, RESULT_TIMEOUT, 0, 500},
	{"proof", REPORT_RESPONSE, RESULT_INVALID, 0, 1000},
	{"full", REPORT_GOODBYE, RESULT_NONE, 129, 200},
	{"shutting down", REPORT_GOODBYE, RESULT_NONE, 1, 0},
};

static void each_event_weighs_as_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(weights); i++) {
		struct play *play = play_new();
		struct report report = NODE;

		report.goodbye_code = weights[i].code;
		play_ok(play, "Peer", "192.0.2.1:1", REPORT_CONNECTED, RESULT_NONE, NODE);
		play_ok(play, "Peer", "192.0.2.1:1", weights[i].event, weights[i].result, report);
		expect_true(weights[i].what, odds_of(play, "Peer").bad_milli == weights[i].milli);
		play_ok(play, "Peer", "192.0.2.1:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
		/* The end of what failed or was full is no further fault. */
		if (weights[i].milli)
			expect_true(weights[i].what,
				    odds_of(play, "Peer").bad_milli == weights[i].milli);
		play_free(play);
	}
}

static void a_short_session_is_half_a_failure(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Brief", "192.0.2.1:1");
	play_wait(play, 119 * S);
	play_ok(play, "Brief", "192.0.2.1:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_int_equal(odds_of(play, "Brief").bad_milli, 500);
	play_ok(play, "Brief", "192.0.2.1:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_int_equal(odds_of(play, "Brief").bad_milli, 500); /* told twice */
	play_join(play, "Long", "192.0.2.2:1");
	play_wait(play, 120 * S);
	play_ok(play, "Long", "192.0.2.2:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_int_equal(odds_of(play, "Long").bad_milli, 0);
	play_free(play);
}

static void no_evidence_is_worth_nothing(void **state)
{
	const struct odds none = {0}, good = {600, 0}, bad = {0, 3000}, mixed = {600, 700},
			  most = {100000, 0};

	(void)state;
	assert_int_equal(odds_share(&none), 0);
	assert_int_equal(odds_share(&good), 375);
	assert_int_equal(odds_share(&bad), 0);
	assert_int_equal(odds_share(&mixed), 0);
	assert_in_range(odds_share(&most), 985, 1000);
}

static void one_wild_sample_moves_the_latency_little(void **state)
{
	struct quality quality = {0};

	(void)state;
	for (int i = 0; i < 20; i++)
		quality_latency(&quality, 50000);
	assert_int_equal(quality.latency_us, 50000);
	quality_latency(&quality, UINT32_MAX);
	assert_in_range(quality.latency_us, 50001, 56250); /* an eighth of one doubling */
	quality_latency(&quality, 1);
	assert_in_range(quality.latency_us, 40000, 56250);
	for (int i = 0; i < 40; i++)
		quality_latency(&quality, 400000); /* but what lasts is believed */
	assert_in_range(quality.latency_us, 380000, 400000);
}

/* Median 100 ms, head 1000; all in thousandths of a point; the usual weights. */
static const struct {
	const char *what;
	struct quality quality;
	int latency, success, protocols, head;
} worths[] = {
	{"nothing is known", {0}, 0, 0, 0, 0},
	{"fast", {.latency_us = 10000, .answers = 255}, 8000, 0, 0, 0},
	{"at the median", {.latency_us = 100000, .answers = 9}, 8000, 0, 0, 0},
	{"twice as slow", {.latency_us = 200000, .answers = 4}, 5333, 0, 0, 0},
	{"four times as slow", {.latency_us = 400000, .answers = 4}, 0, 0, 0, 0},
	{"absurdly slow", {.latency_us = UINT32_MAX, .answers = 4}, 0, 0, 0, 0},
	{"one fast answer", {.latency_us = 10000, .answers = 1}, 2000, 0, 0, 0},
	{"an hour of answers", {.good = 600000, .at_s = 10000}, 0, 4500, 0, 0},
	{"more bad than good", {.good = 600000, .bad = 1000000, .at_s = 10000}, 0, 0, 0, 0},
	{"three of four protocols", {.shared = 3, .ours = 4}, 0, 0, 3750, 0},
	{"no protocol of ours", {.shared = 0, .ours = 4}, 0, 0, 0, 0},
	{"at the head", {.head_slot = 1000, .head_s = 9990, .moved_s = 9990}, 0, 0, 0, 5000},
	{"ahead", {.head_slot = 1 << 30, .head_s = 9990, .moved_s = 9990}, 0, 0, 0, 5000},
	{"an epoch behind", {.head_slot = 967, .head_s = 9990, .moved_s = 9990}, 0, 0, 0, 2500},
	{"two epochs behind", {.head_slot = 936, .head_s = 9990, .moved_s = 9990}, 0, 0, 0, 0},
	{"a head told long ago", {.head_slot = 1000, .head_s = 9000, .moved_s = 9000}, 0, 0, 0, 0},
	{"a head that stands", {.head_slot = 1000, .head_s = 9990, .moved_s = 9300}, 0, 0, 0, 0},
};

static bool is_near(int32_t millionths, int thousandths)
{
	return abs(millionths / 1000 - thousandths) <= 12;
}

static void qualities_add_up_and_what_is_missing_is_neutral(void **state)
{
	const struct yardstick yardstick = {100000, true, 1000}, none = {0};
	struct policy_settings settings;
	struct worth worth;

	(void)state;
	policy_settings_default(&settings);
	for (size_t i = 0; i < ARRAY_SIZE(worths); i++) {
		quality_worth(&worths[i].quality, &yardstick, &settings, 10000 * S, &worth);
		expect_true(worths[i].what, is_near(worth.latency, worths[i].latency));
		expect_true(worths[i].what, is_near(worth.success, worths[i].success));
		expect_true(worths[i].what, is_near(worth.protocols, worths[i].protocols));
		expect_true(worths[i].what, is_near(worth.head, worths[i].head));
		quality_worth(&worths[i].quality, &none, &settings, 10000 * S, &worth);
		expect_true(worths[i].what, !worth.latency && !worth.head);
	}
}

static void rewards_are_thirty_at_most(void **state)
{
	const struct worth most = {8 * POINT, 12 * POINT, 5 * POINT, 30 * POINT};
	struct policy_settings settings;
	struct why why = {""};

	(void)state;
	assert_int_equal(worth_sum(&most), REWARD_MAX);
	policy_settings_default(&settings);
	settings.reward_head = 6;
	assert_int_equal(policy_settings_check(&settings, &why), -ERANGE);
	assert_non_null(strstr(why.sentence, "31 together"));
	settings.reward_latency = 7;
	assert_int_equal(policy_settings_check(&settings, &why), 0);
}

static bool says(const struct account *account, const char *words)
{
	for (unsigned int i = 0; i < account->whys; i++) {
		if (strstr(account->why[i], words))
			return true;
	}
	return false;
}

/* Through reports: a peer's reward is its qualities', its source holds the best that it showed. */
static void reports_make_qualities(void **state)
{
	struct node_state node = {.protocol_count = 2, .protocols = {1, 2}};
	struct report report = NODE;
	struct play *play = play_new();
	char peer[8], addr[24];
	struct account account;

	(void)state;
	report.service = 0;
	policy_node(play->policy, 0, &node, play->now, NULL);
	for (int i = 0; i < 5; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "192.%d.2.1", i);
		play_join(play, peer, addr);
		report.protocol_count = 2;
		memcpy(report.protocols, node.protocols, sizeof(node.protocols));
		report.head_slot = 9000000;
		play_ok(play, peer, addr, REPORT_STATUS, RESULT_OK, report);
		report.latency_us = i == 4 ? 300000 : 100000;
		for (int n = 0; n < 4; n++)
			play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_OK, report);
	}
	play_wait(play, S); /* the heads' window moves to where heads are */
	for (int i = 0; i < 5; i += 4) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "192.%d.2.1", i);
		report.latency_us = i == 4 ? 300000 : 100000;
		play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_OK, report);
		assert_int_equal(policy_explain_peer(play->policy, peer, play->now, &account), 0);
		assert_in_range(account.score, i == 4 ? 13 : 18, i == 4 ? 14 : 19);
		assert_true(says(&account, "success adds 0.5 of 12"));
		assert_true(
			says(&account, i == 4 ? "latency adds 3.1 of 8" : "latency adds 8.0 of 8"));
		assert_true(says(&account, "protocols add 5.0 of 5: it speaks 2 of our 2"));
		assert_true(says(&account, "slot 9000000 told 1 s ago"));
		assert_in_range(play_find(play, (struct prefix[]){play_prefix(addr)})->score,
				i == 4 ? 9 : 14, i == 4 ? 14 : 19); /* told in steps of 5 */
	}
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_answers_count_twelve_times_an_hour),
		cmocka_unit_test(evidence_halves_in_six_hours),
		cmocka_unit_test(each_event_weighs_as_the_table_says),
		cmocka_unit_test(a_short_session_is_half_a_failure),
		cmocka_unit_test(no_evidence_is_worth_nothing),
		cmocka_unit_test(one_wild_sample_moves_the_latency_little),
		cmocka_unit_test(qualities_add_up_and_what_is_missing_is_neutral),
		cmocka_unit_test(rewards_are_thirty_at_most),
		cmocka_unit_test(reports_make_qualities),
	};

	return cmocka_run_group_tests_name("quality", tests, NULL, NULL);
}
