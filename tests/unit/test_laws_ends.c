/* SPDX-License-Identifier: BSD-2-Clause */
/* POLICY's laws 3, 4 and 5, by examples: how bans end, and who is never refused. */
#include "play.h"

#include "questions.h"

static void ban(struct play *play, const char *text)
{
	struct prefix prefix = play_prefix(text);

	assert_int_equal(
		policy_ban(play->policy, &prefix, FOREVER_NS, REASON_OPERATOR, play->now, NULL), 0);
}

/* Law 3: each offence as soon as the last ban is over; the ban's length between a fifth less and a fifth more. */
static const struct {
	const char *what;
	enum report_event event;
	enum report_result result;
	bool established;
	unsigned int minutes[6];
} bans[] = {
	{"at the handshake", REPORT_VERDICT, RESULT_BAN, false, {10, 40, 160, 640, 720, 720}},
	{"established", REPORT_VERDICT, RESULT_BAN, true, {60, 240, 720, 720, 720, 720}},
	{"wrong network",
	 REPORT_HANDSHAKE,
	 RESULT_WRONG_NETWORK,
	 false,
	 {10, 40, 160, 640, 1440, 1440}},
};

/* How long the refusal is in all, when its peer comes back as soon as it can: after an hour at most it goes on to its end. */
static unsigned long whole_ban_s(struct play *play)
{
	unsigned long first_s = play_left_s(play, "192.0.2.7"), second_s;

	assert_in_range(first_s, 1, 3600);
	play_wait(play, (first_s + 1) * S);
	assert_false(play_refuses(play, "192.0.2.7"));
	play_ok(play, "Bad", "192.0.2.7", REPORT_CONNECTED, RESULT_NONE, NODE);
	second_s = play_left_s(play, "192.0.2.7");
	if (second_s)
		play_wait(play, (second_s + 1) * S);
	assert_false(play_refuses(play, "192.0.2.7"));
	return first_s + second_s;
}

static void law_03_every_automatic_ban_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bans); i++) {
		struct play *play = play_new();

		for (int n = 0; n < 6; n++) {
			unsigned long least = bans[i].minutes[n] * 60ul * 4 / 5, whole;

			if (bans[i].established)
				play_join(play, "Bad", "192.0.2.7");
			else
				play_ok(play, "Bad", "192.0.2.7", REPORT_CONNECTED, RESULT_NONE,
					NODE);
			play_ok(play, "Bad", "192.0.2.7", bans[i].event, bans[i].result, NODE);
			whole = whole_ban_s(play);
			expect_true(bans[i].what, whole >= least && whole <= least * 3 / 2);
			expect_true(bans[i].what, whole <= (i == 2 ? 24 : 12) * 3600ul);
		}
		play_free(play);
	}
}

/* An address is somebody else's tomorrow: while the banned peer stays away its ban ends in an hour. */
static void law_03_a_source_waits_an_hour_while_its_peer_stays_away(void **state)
{
	struct play *play = play_new();
	struct admission question = {.peer = "Bad", .direction = DIRECTION_INBOUND, .service = -1};
	struct admittance answer;

	(void)state;
	for (int n = 0; n < 3; n++) { /* an hour, four, twelve */
		play_join(play, "Bad", "192.0.2.7");
		play_ok(play, "Bad", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
		assert_in_range(play_left_s(play, "192.0.2.7"), 48 * 60, 3600);
		if (n < 2)
			whole_ban_s(play);
	}
	play_wait(play, 61 * MIN);
	assert_false(play_refuses(play, "192.0.2.7"));
	policy_admit(play->policy, &question, play->now, &answer);
	assert_false(answer.allow); /* the peer itself waits to the end */
	play_join(play, "Innocent", "192.0.2.7");
	assert_false(play_refuses(play, "192.0.2.7"));
	play_wait(play, HOUR);
	/* Somebody else's offence is another ban, no longer than an hour without him. */
	play_ok(play, "Innocent", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_in_range(play_left_s(play, "192.0.2.7"), 1, 3600);
	play_free(play);
}

static void law_03_a_level_is_forgotten_each_calm_day(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (int n = 0; n < 3; n++) {
		play_ok(play, "Bad", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
		whole_ban_s(play);
	}
	play_wait(play, 2 * DAY); /* three bans, two forgotten: the next is the second again */
	play_ok(play, "Bad", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_in_range(play_left_s(play, "192.0.2.7"), 32 * 60, 48 * 60);
	play_free(play);
}

static void law_03_an_operators_ban_lasts_as_told(void **state)
{
	struct play *play = play_new();
	struct prefix prefix = play_prefix("192.0.2.7");

	(void)state;
	assert_int_equal(policy_ban(play->policy, &prefix, play->now + 30 * DAY, REASON_OPERATOR,
				    play->now, NULL),
			 0);
	play_wait(play, 30 * DAY - S);
	assert_true(play_bans(play, "192.0.2.7"));
	play_wait(play, S);
	assert_false(play_refuses(play, "192.0.2.7"));
	assert_int_equal(play->count, 0);
	play_free(play);
}

static void law_04_a_good_peers_source_is_banned_for_minutes(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Good", "192.0.2.7:1");
	play_wait(play, HOUR + S);
	play_ok(play, "Good", "192.0.2.7:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	for (int n = 0; n < 5; n++) {
		play_join(play, "Bad", "192.0.2.7:2");
		play_ok(play, "Bad", "192.0.2.7:2", REPORT_VERDICT, RESULT_BAN, NODE);
		assert_in_range(play_left_s(play, "192.0.2.7"), 1, 600);
		play_wait(play, 10 * MIN + S);
	}
	/* Law 15: the good peer's own proof is not excused by its past. */
	play_ok(play, "Good", "192.0.2.7:1", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_in_range(play_left_s(play, "192.0.2.7"), 601, 12 * 3600);
	play_free(play);
}

static const struct {
	const char *addr;
	bool is_protected;
} addresses[] = {
	{"127.0.0.1", true},
	{"10.1.2.3", true},
	{"172.16.0.1", true},
	{"172.31.255.1", true},
	{"172.32.0.1", false},
	{"192.168.1.1", true},
	{"169.254.1.1", true},
	{"100.64.0.1", true},
	{"100.128.0.1", false},
	{"224.0.0.1", true},
	{"0.0.0.0", true},
	{"255.255.255.255", true},
	{"::1", true},
	{"::", true},
	{"fe80::1", true},
	{"fd00::1", true},
	{"ff02::1", true},
	{"::ffff:127.0.0.1", true},
	{"64:ff9b::a01:203", true},
	{"2002:a01:203::1", true},
	{"192.0.2.1", false},
	{"198.51.100.1", false},
	{"203.0.113.1", false},
	{"198.18.0.1", false},
	{"2001:db8::1", false},
	{"54.160.155.134", false},
};

static void law_05_own_and_private_addresses_are_never_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct play *play = play_new();
		const char *addr = addresses[i].addr;

		for (int n = 0; n < 5; n++)
			play_fail(play, "Bad", addr, RESULT_TIMEOUT, NODE);
		play_ok(play, "Bad", addr, REPORT_VERDICT, RESULT_BAN, NODE);
		play_ok(play, "Bad", addr, REPORT_GOODBYE, RESULT_NONE,
			(struct report){.service = -1,
					.direction = DIRECTION_OUTBOUND,
					.goodbye_code = 129});
		expect_true(addr, play_refuses(play, addr) != addresses[i].is_protected);
		expect_true(addr,
			    !addresses[i].is_protected || play_explains(play, addr, "protected"));
		play_free(play);
	}
}

static void law_05_listed_addresses_are_never_refused(void **state)
{
	struct play *play = play_new();
	struct prefix listed[] = {play_prefix("192.0.2.0/24"), play_prefix("2001:db8::/64"),
				  play_prefix("192.0.2.128/25")};
	struct prefix host;

	(void)state;
	play_ok(play, "Bad", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_true(play_bans(play, "192.0.2.7"));
	assert_int_equal(policy_protect(play->policy, listed, 3, NULL), 0);
	assert_false(play_refuses(play, "192.0.2.7")); /* a gateway that changed */
	play_ok(play, "Bad", "192.0.2.200", REPORT_VERDICT, RESULT_BAN, NODE);
	play_ok(play, "Bad", "2001:db8::9", REPORT_VERDICT, RESULT_BAN, NODE);
	play_ok(play, "Bad", "192.0.3.1", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_false(play_refuses(play, "192.0.2.200"));
	assert_false(play_refuses(play, "2001:db8::9"));
	assert_true(play_bans(play, "192.0.3.1"));
	/* One host of a /64 protects it, also when it is refused already; the same list again changes nothing. */
	play_ok(play, "Bad", "2001:db8:1::9", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_true(play_bans(play, "2001:db8:1::9"));
	host = play_prefix("2001:db8:1::1/128");
	for (int i = 0; i < 2; i++)
		assert_int_equal(policy_protect(play->policy, &host, 1, NULL), 0);
	assert_false(play_refuses(play, "2001:db8:1::9"));
	assert_int_equal(policy_protect(play->policy, NULL, 0, NULL), 0);
	play_wait(play, S);
	assert_true(play_bans(play, "2001:db8:1::9")); /* its time is not over */
	/* An operator may. */
	ban(play, "192.0.2.200");
	assert_true(play_bans(play, "192.0.2.200"));
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_03_every_automatic_ban_ends),
		cmocka_unit_test(law_03_a_source_waits_an_hour_while_its_peer_stays_away),
		cmocka_unit_test(law_03_a_level_is_forgotten_each_calm_day),
		cmocka_unit_test(law_03_an_operators_ban_lasts_as_told),
		cmocka_unit_test(law_04_a_good_peers_source_is_banned_for_minutes),
		cmocka_unit_test(law_05_own_and_private_addresses_are_never_refused),
		cmocka_unit_test(law_05_listed_addresses_are_never_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
