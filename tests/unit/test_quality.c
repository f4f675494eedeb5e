/* SPDX-License-Identifier: BSD-2-Clause */
/* What a peer is worth: evidence for and against it, decayed; latency, protocols, head; and that missing evidence is neutral. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_answers_count_twelve_times_an_hour),
		cmocka_unit_test(evidence_halves_in_six_hours),
		cmocka_unit_test(each_event_weighs_as_the_table_says),
		cmocka_unit_test(a_short_session_is_half_a_failure),
		cmocka_unit_test(no_evidence_is_worth_nothing),
	};

	return cmocka_run_group_tests_name("quality", tests, NULL, NULL);
}
