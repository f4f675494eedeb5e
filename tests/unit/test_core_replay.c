/* SPDX-License-Identifier: BSD-2-Clause */
/* The 2019 log's peer, today's mute ones, and the innocent of the same logs, as a follower reports them. */
#include "play.h"

/* Seconds after 02:16:23; the three handshakes fail, then the verdict; what follows are connects only. */
static const struct {
	unsigned int at_s;
	enum report_event event;
	enum report_result result;
	const char *addr; /* as the line names it; NULL: the peer's ID only */
} log_2019[] = {
	{0, REPORT_CONNECTED, RESULT_NONE, NULL},
	{0, REPORT_HANDSHAKE, RESULT_ERROR, "54.160.155.134:13000"},
	{0, REPORT_DISCONNECTED, RESULT_NONE, NULL},
	{0, REPORT_CONNECTED, RESULT_NONE, NULL},
	{0, REPORT_HANDSHAKE, RESULT_ERROR, "54.160.155.134:13000"},
	{0, REPORT_DISCONNECTED, RESULT_NONE, NULL},
	{17, REPORT_CONNECTED, RESULT_NONE, NULL},
	{17, REPORT_HANDSHAKE, RESULT_ERROR, "54.160.155.134:33192"},
	{17, REPORT_VERDICT, RESULT_BAN, "54.160.155.134:33192"},
};

static const unsigned int connects_after_s[] = {18, 29, 29, 40, 40, 52, 54, 57, 58, 75, 75, 79, 80};

static void the_2019_peer_is_banned_at_its_verdict(void **state)
{
	struct play *play = play_new();
	uint64_t start = play->now;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(log_2019); i++) {
		play_wait(play, start + log_2019[i].at_s * S - play->now);
		assert_false(play_bans(play, "54.160.155.134"));
		play_ok(play, "16Uiu2HAmKKTgBtBAkfi3B3QjtoxXR1pVwh5Ym1Q3G8vjWmiDFnqz",
			log_2019[i].addr, log_2019[i].event, log_2019[i].result, FOLLOWER);
	}
	for (size_t i = 0; i < ARRAY_SIZE(connects_after_s); i++) {
		play_wait(play, start + connects_after_s[i] * S - play->now);
		assert_true(play_bans(play, "54.160.155.134"));
	}
	assert_int_equal(play_verdict(play, "54.160.155.134")->reason, REASON_BAD_SCORE);
	assert_true(play_explains(play, "54.160.155.134", "3 handshake errors"));
	play_free(play);
}

/* A line "handshake failed" alone, twice for one connection: still one failure, no refusal. */
static void one_failed_connection_is_forgiven(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_ok(play, "Starting", "192.0.2.1:1", REPORT_HANDSHAKE, RESULT_TIMEOUT, FOLLOWER);
	play_ok(play, "Starting", "192.0.2.1:1", REPORT_HANDSHAKE, RESULT_ERROR, FOLLOWER);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_wait(play, 10 * S);
	play_join(play, "Starting", "192.0.2.1:2");
	play_fail(play, "Starting", "192.0.2.1:3", RESULT_TIMEOUT, FOLLOWER);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

/* A mute peer that comes back as soon as it may, each attempt ten seconds long, for a day. */
static void mute_peers_are_backed_off_for_ever_longer(void **state)
{
	struct play *play = play_new();
	unsigned long longest_s = 0;
	unsigned int attempts = 0;

	(void)state;
	for (uint64_t end = play->now + DAY; play->now < end; attempts++) {
		play_wait(play, 10 * S);
		play_fail(play, "Mute", "198.51.100.1", RESULT_TIMEOUT, FOLLOWER);
		assert_false(play_bans(play, "198.51.100.1"));
		if (play_left_s(play, "198.51.100.1") > longest_s)
			longest_s = play_left_s(play, "198.51.100.1");
		play_wait(play, play_left_s(play, "198.51.100.1") * S + S);
	}
	assert_in_range(attempts, 4, 16); /* 8,640 without the gate */
	assert_in_range(longest_s, 3 * 3600, 12 * 3600);
	play_free(play);
}

/* The same with a new identity and a new port each time: the source is what fails. */
static void new_names_do_not_help_a_mute_source(void **state)
{
	struct play *play = play_new();
	char peer[16];

	(void)state;
	for (int i = 0; i < 2; i++) {
		snprintf(peer, sizeof(peer), "Mute%d", i);
		play_fail(play, peer, "2001:db8:1::7", RESULT_TIMEOUT, NODE);
	}
	assert_true(play_refuses(play, "2001:db8:1::7"));
	assert_true(play_refuses(play, "2001:db8:1::8")); /* the /64 is the source */
	assert_false(play_refuses(play, "2001:db8:1:1::7"));
	play_free(play);
}

/* The full node of 2019: its lines name no address, and a follower's word on fullness touches no source anyway. */
static void a_full_node_in_a_log_refuses_nobody(void **state)
{
	struct report bye = FOLLOWER;
	struct play *play = play_new();

	(void)state;
	bye.goodbye_code = 129;
	bye.direction = DIRECTION_OUTBOUND;
	for (int i = 0; i < 15; i++) {
		play_ok(play, "Honest", "192.0.2.5", REPORT_GOODBYE, RESULT_NONE, bye);
		play_wait(play, S);
	}
	assert_int_equal(play->told, 0);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_2019_peer_is_banned_at_its_verdict),
		cmocka_unit_test(one_failed_connection_is_forgiven),
		cmocka_unit_test(mute_peers_are_backed_off_for_ever_longer),
		cmocka_unit_test(new_names_do_not_help_a_mute_source),
		cmocka_unit_test(a_full_node_in_a_log_refuses_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
