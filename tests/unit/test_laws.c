/* SPDX-License-Identifier: BSD-2-Clause */
/* POLICY's laws, each by examples; test_laws_random.c tries them on random histories. */
#include "play.h"

/* Law 1: a ban needs proof from an authenticated connection whose address was seen, or an operator. */
static const struct {
	const char *what;
	enum report_event event;
	enum report_result result;
	bool has_peer, second_hand, bans, refuses;
	unsigned int times;
} proofs[] = {
	{"the node's verdict", REPORT_VERDICT, RESULT_BAN, true, false, true, true, 1},
	{"wrong network", REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, true, false, true, true, 1},
	{"invalid answer", REPORT_RESPONSE, RESULT_INVALID, true, false, true, true, 1},
	{"another fork", REPORT_HANDSHAKE, RESULT_UNVIABLE_FORK, true, false, false, true, 1},
	{"a verdict without a peer", REPORT_VERDICT, RESULT_BAN, false, false, false, false, 1},
	{"a network without a peer", REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, false, false, false,
	 false, 1},
	{"a follower's verdict", REPORT_VERDICT, RESULT_BAN, true, true, false, false, 1},
	{"a follower's wrong network", REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, true, true, false,
	 false, 1},
	{"a follower's two verdicts", REPORT_VERDICT, RESULT_BAN, true, true, false, true, 2},
	{"a follower's three verdicts", REPORT_VERDICT, RESULT_BAN, true, true, true, true, 3},
	{"one timeout", REPORT_HANDSHAKE, RESULT_TIMEOUT, true, false, false, false, 1},
	{"a hundred timeouts", REPORT_HANDSHAKE, RESULT_TIMEOUT, true, false, false, true, 100},
	{"a hundred slow answers", REPORT_RESPONSE, RESULT_TIMEOUT, true, false, false, true, 100},
	{"a hundred bad answers", REPORT_RESPONSE, RESULT_BAD, true, false, false, true, 100},
	{"a hundred discouragements", REPORT_VERDICT, RESULT_DISCOURAGE, true, false, false, false,
	 100},
	{"a hundred connects", REPORT_CONNECTED, RESULT_NONE, true, false, false, false, 100},
};

static void law_01_a_ban_needs_proof(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(proofs); i++) {
		struct play *play = play_new();
		struct report base = proofs[i].second_hand ? FOLLOWER : NODE;

		for (unsigned int n = 0; n < proofs[i].times; n++) {
			play_wait(play, 6 * S);
			play_ok(play, proofs[i].has_peer ? "Bad" : NULL, "192.0.2.7",
				proofs[i].event, proofs[i].result, base);
			base.port = (uint16_t)(n + 1);
		}
		expect_true(proofs[i].what, play_bans(play, "192.0.2.7") == proofs[i].bans);
		expect_true(proofs[i].what, play_refuses(play, "192.0.2.7") == proofs[i].refuses);
		play_free(play);
	}
}

static void law_01_a_peer_without_an_address_bans_no_source(void **state)
{
	struct play *play = play_new();
	struct account account;

	(void)state;
	play_ok(play, "Bad", NULL, REPORT_VERDICT, RESULT_BAN, NODE);
	assert_int_equal(play->told, 0);
	assert_int_equal(policy_explain_peer(play->policy, "Bad", play->now, &account), 0);
	assert_int_equal(account.standing, STANDING_BANNED);
	/* But the connection that it has now was seen. */
	play_ok(play, "Seen", "192.0.2.8", REPORT_CONNECTED, RESULT_NONE, NODE);
	play_ok(play, "Seen", NULL, REPORT_VERDICT, RESULT_BAN, NODE);
	assert_true(play_bans(play, "192.0.2.8"));
	play_free(play);
}

static void law_01_one_follower_takes_25_points_in_ten_minutes(void **state)
{
	struct play *play = play_new();
	struct report other = FOLLOWER;
	struct account account;
	struct prefix prefix = play_prefix("192.0.2.7");

	(void)state;
	for (uint16_t port = 1; port <= 50; port++) {
		struct report base = FOLLOWER;

		base.port = port;
		play_ok(play, "Bad", "192.0.2.7", REPORT_HANDSHAKE, RESULT_TIMEOUT, base);
	}
	policy_explain_prefix(play->policy, &prefix, play->now, &account);
	assert_int_equal(account.score, -25);
	other.reporter = 2;
	play_ok(play, "Bad", "192.0.2.7:99", REPORT_HANDSHAKE, RESULT_TIMEOUT, other);
	policy_explain_prefix(play->policy, &prefix, play->now, &account);
	assert_int_equal(account.score, -35);
	play_free(play);
}

static void law_01_failed_dials_reach_no_door(void **state)
{
	struct play *play = play_new();
	struct report dial = NODE;

	(void)state;
	dial.direction = DIRECTION_OUTBOUND;
	for (int i = 0; i < 100; i++) {
		play_ok(play, "Far", "192.0.2.7", REPORT_HANDSHAKE, RESULT_TIMEOUT, dial);
		play_wait(play, MIN);
	}
	assert_int_equal(play->told, 0);
	play_free(play);
}

static void law_01_a_stranger_does_not_back_off_a_good_peers_source(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Good", "192.0.2.7:1");
	for (int i = 0; i < 20; i++)
		play_fail(play, "Stranger", "192.0.2.7:2", RESULT_TIMEOUT, FOLLOWER);
	assert_false(play_refuses(play, "192.0.2.7"));
	play_ok(play, "Good", "192.0.2.7:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_wait(play, 10 * MIN + S);
	play_fail(play, "Stranger", "192.0.2.7:2", RESULT_TIMEOUT, FOLLOWER);
	play_fail(play, "Stranger", "192.0.2.7:3", RESULT_TIMEOUT, FOLLOWER);
	assert_true(play_refuses(play, "192.0.2.7"));
	play_free(play);
}

static void law_02_a_trusted_peer_is_never_refused(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_ok(play, "Friend", NULL, REPORT_VERDICT, RESULT_TRUST, NODE);
	play_join(play, "Friend", "192.0.2.7");
	assert_int_equal(play_verdict(play, "192.0.2.7")->standing, TRUSTED);
	play_ok(play, "Neighbour", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
	play_fail(play, "Neighbour", "192.0.2.7", RESULT_TIMEOUT, NODE);
	assert_false(play_refuses(play, "192.0.2.7"));
	play_wait(play, 23 * HOUR);
	assert_int_equal(play_verdict(play, "192.0.2.7")->standing, TRUSTED);
	play_wait(play, HOUR + S); /* a day without it */
	assert_null(play_verdict(play, "192.0.2.7"));
	play_free(play);
}

static void law_02_trust_reaches_four_sources(void **state)
{
	struct play *play = play_new();
	unsigned int trusted = 0;
	char addr[32];

	(void)state;
	play_ok(play, "Friend", NULL, REPORT_VERDICT, RESULT_TRUST, NODE);
	for (int i = 1; i <= 9; i++) {
		snprintf(addr, sizeof(addr), "192.0.2.%d", i);
		play_join(play, "Friend", addr);
		play_wait(play, S);
		play_ok(play, "Friend", addr, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	}
	for (unsigned int i = 0; i < play->count; i++)
		trusted += play->held[i].standing == STANDING_TRUSTED;
	assert_int_equal(trusted, 4);
	play_free(play);
}

static void law_02_a_follower_gives_no_trust_and_takes_no_ban(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_ok(play, "Liar", "192.0.2.7", REPORT_VERDICT, RESULT_TRUST, FOLLOWER);
	play_ok(play, "Liar", "192.0.2.7", REPORT_HANDSHAKE, RESULT_OK, FOLLOWER);
	assert_null(play_verdict(play, "192.0.2.7"));
	play_ok(play, "Liar", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
	play_ok(play, "Liar", "192.0.2.7", REPORT_VERDICT, RESULT_CLEAR, FOLLOWER);
	assert_true(play_bans(play, "192.0.2.7"));
	play_ok(play, "Liar", "192.0.2.7", REPORT_VERDICT, RESULT_CLEAR, NODE);
	assert_false(play_refuses(play, "192.0.2.7"));
	/* A trusted peer that a line places at a stranger's address shares no trust with it. */
	play_ok(play, "Friend", NULL, REPORT_VERDICT, RESULT_TRUST, NODE);
	play_ok(play, "Friend", "192.0.2.66", REPORT_HANDSHAKE, RESULT_OK, FOLLOWER);
	assert_null(play_verdict(play, "192.0.2.66"));
	play_free(play);
}

static void ban(struct play *play, const char *text)
{
	struct prefix prefix = play_prefix(text);

	assert_int_equal(
		policy_ban(play->policy, &prefix, FOREVER_NS, REASON_OPERATOR, play->now, NULL), 0);
}

static void allow(struct play *play, const char *text)
{
	struct prefix prefix = play_prefix(text);

	assert_int_equal(policy_allow(play->policy, &prefix, play->now, NULL), 0);
}

static void law_02_the_more_specific_word_of_an_operator_wins(void **state)
{
	struct play *play = play_new();

	(void)state;
	ban(play, "192.0.0.0/16");
	allow(play, "192.0.2.0/24");
	ban(play, "192.0.2.7");
	assert_true(play_refuses(play, "192.0.1.1"));
	assert_false(play_refuses(play, "192.0.2.1"));
	assert_true(play_refuses(play, "192.0.2.7"));
	play_free(play);
}

static void law_02_no_automatic_refusal_under_an_operators_trust(void **state)
{
	struct play *play = play_new();
	struct prefix prefix = play_prefix("192.0.2.0/24");

	(void)state;
	play_ok(play, "Bad", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_true(play_bans(play, "192.0.2.7"));
	allow(play, "192.0.2.0/24");
	assert_false(play_refuses(play, "192.0.2.7"));
	play_ok(play, "Worse", "192.0.2.8", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_false(play_refuses(play, "192.0.2.8"));
	assert_int_equal(policy_disallow(play->policy, &prefix, play->now, NULL), 0);
	assert_true(play_bans(play, "192.0.2.7"));     /* its time is not over */
	assert_false(play_refuses(play, "192.0.2.8")); /* was never written */
	/* And a trusted peer's source below an operator's ban is refused all the same. */
	play_ok(play, "Friend", NULL, REPORT_VERDICT, RESULT_TRUST, NODE);
	play_join(play, "Friend", "198.51.100.7");
	ban(play, "198.51.100.0/24");
	assert_true(play_refuses(play, "198.51.100.7"));
	play_free(play);
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

static void law_03_every_automatic_ban_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bans); i++) {
		struct play *play = play_new();

		for (int n = 0; n < 6; n++) {
			unsigned long least = bans[i].minutes[n] * 60ul * 4 / 5, left;

			if (bans[i].established)
				play_join(play, "Bad", "192.0.2.7");
			play_ok(play, "Bad", "192.0.2.7", bans[i].event, bans[i].result, NODE);
			left = play_left_s(play, "192.0.2.7");
			expect_true(bans[i].what, left >= least && left <= least * 3 / 2);
			expect_true(bans[i].what, left <= (i == 2 ? 24 : 12) * 3600ul);
			play_wait(play, (left + 1) * S);
			assert_false(play_refuses(play, "192.0.2.7"));
		}
		play_free(play);
	}
}

static void law_03_a_level_is_forgotten_each_calm_day(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (int n = 0; n < 3; n++) {
		play_ok(play, "Bad", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
		play_wait(play, (play_left_s(play, "192.0.2.7") + 1) * S);
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
	/* An operator may. */
	ban(play, "192.0.2.200");
	assert_true(play_bans(play, "192.0.2.200"));
	play_free(play);
}

static void ban_by_proof(struct play *play, const char *addr)
{
	play_ok(play, "Bad", addr, REPORT_VERDICT, RESULT_BAN, NODE);
}

static struct policy_settings small(void)
{
	struct policy_settings settings;

	policy_settings_default(&settings);
	settings.sources_max = 1000; /* a share of ten */
	settings.peers_max = 1000;
	return settings;
}

static unsigned int count_bans(const struct play *play)
{
	unsigned int bans_held = 0;

	for (unsigned int i = 0; i < play->count; i++)
		bans_held += play->held[i].standing == STANDING_BANNED;
	return bans_held;
}

static void law_10_one_network_fills_no_table(void **state)
{
	struct policy_settings settings = small();
	struct play *play = play_new_with(&settings, 1);
	uint64_t first_end = 0;
	char addr[64];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(addr, sizeof(addr), "192.0.%d.%d", i / 100, i % 100 + 1);
		ban_by_proof(play, addr);
		snprintf(addr, sizeof(addr), "2001:db8:%x::1", i + 1);
		ban_by_proof(play, addr);
		play_wait(play, S / 10);
	}
	assert_int_equal(count_bans(play), 20);
	/* Those nearest their end left: what stays ends later than any of the first ones could. */
	for (unsigned int i = 0; i < play->count; i++) {
		if (!first_end || play->held[i].until_ns < first_end)
			first_end = play->held[i].until_ns;
	}
	assert_true(first_end > play->now + 10 * MIN);
	play_free(play);
}

static void law_10_at_the_cap_the_ban_nearest_its_end_leaves(void **state)
{
	struct policy_settings settings = small();
	struct play *play;
	char addr[64];

	(void)state;
	settings.sources_max = 100;
	settings.share_permille = 1000;
	play = play_new_with(&settings, 1);
	ban(play, "203.0.113.1");
	for (int i = 0; i < 300; i++) {
		uint64_t least = UINT64_MAX;
		struct prefix leaving = {.length = 0};

		for (unsigned int n = 0; n < play->count; n++) {
			if (play->held[n].until_ns < least) {
				least = play->held[n].until_ns;
				leaving = play->held[n].prefix;
			}
		}
		snprintf(addr, sizeof(addr), "192.0.%d.%d", i / 100, i % 100 + 1);
		ban_by_proof(play, addr);
		assert_true(play_bans(play, addr));
		assert_true(i < 99 || !play_find(play, &leaving));
		assert_true(play->count <= 100);
		play_wait(play, S / 7 + 1); /* no two end at once */
	}
	assert_true(play_bans(play, "203.0.113.1")); /* an operator's never */
	play_free(play);
}

static void law_10_many_banned_64_fold_into_their_56(void **state)
{
	struct play *play = play_new();
	char addr[64];

	(void)state;
	for (int i = 0; i < 8; i++) {
		assert_false(play_refuses(play, "2001:db8:0:ff::1"));
		snprintf(addr, sizeof(addr), "2001:db8:0:%x::1", i * 16);
		ban_by_proof(play, addr);
	}
	assert_true(play_bans(play, "2001:db8:0:ff::1"));
	assert_true(play_bans(play, "2001:db8:0:10::1"));
	assert_int_equal(count_bans(play), 1);
	assert_in_range(play_left_s(play, "2001:db8::1"), 4 * 60, 6 * 60);
	assert_false(play_refuses(play, "2001:db8:0:100::1"));
	play_wait(play, 7 * MIN);
	assert_int_equal(count_bans(play), 0);
	play_free(play);
}

static void law_10_an_innocent_neighbour_prevents_the_fold(void **state)
{
	struct play *play = play_new();
	char addr[64];

	(void)state;
	play_join(play, "Good", "2001:db8:0:ff::1");
	for (int i = 0; i < 32; i++) {
		snprintf(addr, sizeof(addr), "2001:db8:0:%x::1", i);
		ban_by_proof(play, addr);
	}
	assert_false(play_refuses(play, "2001:db8:0:ff::1"));
	assert_int_equal(count_bans(play), 32);
	play_free(play);
}

static void law_10_newcomers_push_out_no_tried_ones(void **state)
{
	struct policy_settings settings = small();
	struct policy_counts counts;
	struct account account;
	struct play *play;
	char peer[16], addr[32];

	(void)state;
	settings.sources_max = settings.peers_max = 100;
	play = play_new_with(&settings, 1);
	for (int i = 0; i < 60; i++) {
		snprintf(peer, sizeof(peer), "Good%d", i);
		snprintf(addr, sizeof(addr), "192.0.2.%d", i + 1);
		play_join(play, peer, addr);
		play_ok(play, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(peer, sizeof(peer), "New%d", i);
		snprintf(addr, sizeof(addr), "198.18.%d.%d", i / 250, i % 250 + 1);
		play_fail(play, peer, addr, RESULT_TIMEOUT, NODE);
	}
	policy_count(play->policy, &counts);
	assert_true(counts.peers <= 100 && counts.sources <= 100 && counts.evicted >= 4900);
	for (int i = 0; i < 60; i++) {
		struct prefix prefix;

		snprintf(peer, sizeof(peer), "Good%d", i);
		snprintf(addr, sizeof(addr), "192.0.2.%d", i + 1);
		prefix = play_prefix(addr);
		assert_int_equal(policy_explain_peer(play->policy, peer, play->now, &account), 0);
		assert_non_null(play_find(play, &prefix));
	}
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_01_a_ban_needs_proof),
		cmocka_unit_test(law_01_a_peer_without_an_address_bans_no_source),
		cmocka_unit_test(law_01_one_follower_takes_25_points_in_ten_minutes),
		cmocka_unit_test(law_01_failed_dials_reach_no_door),
		cmocka_unit_test(law_01_a_stranger_does_not_back_off_a_good_peers_source),
		cmocka_unit_test(law_02_a_trusted_peer_is_never_refused),
		cmocka_unit_test(law_02_trust_reaches_four_sources),
		cmocka_unit_test(law_02_a_follower_gives_no_trust_and_takes_no_ban),
		cmocka_unit_test(law_02_the_more_specific_word_of_an_operator_wins),
		cmocka_unit_test(law_02_no_automatic_refusal_under_an_operators_trust),
		cmocka_unit_test(law_03_every_automatic_ban_ends),
		cmocka_unit_test(law_03_a_level_is_forgotten_each_calm_day),
		cmocka_unit_test(law_03_an_operators_ban_lasts_as_told),
		cmocka_unit_test(law_04_a_good_peers_source_is_banned_for_minutes),
		cmocka_unit_test(law_05_own_and_private_addresses_are_never_refused),
		cmocka_unit_test(law_05_listed_addresses_are_never_refused),
		cmocka_unit_test(law_10_one_network_fills_no_table),
		cmocka_unit_test(law_10_at_the_cap_the_ban_nearest_its_end_leaves),
		cmocka_unit_test(law_10_many_banned_64_fold_into_their_56),
		cmocka_unit_test(law_10_an_innocent_neighbour_prevents_the_fold),
		cmocka_unit_test(law_10_newcomers_push_out_no_tried_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
