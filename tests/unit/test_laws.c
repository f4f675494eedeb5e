/* SPDX-License-Identifier: BSD-2-Clause */
/* POLICY's laws 1 and 2, by examples; test_law_NN.c tries each on random histories. */
#include "play.h"

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

/* A peer whose address is known sends what cannot be decoded, then is cut at each return: the node's word must still count. */
static void law_01_a_used_up_allowance_hides_no_failures(void **state)
{
	struct play *play = play_new();
	struct prefix prefix = play_prefix("192.0.2.7");
	struct account account;

	(void)state;
	for (int i = 0; i < 5; i++)
		play_ok(play, "Bad", "192.0.2.7:1", REPORT_RESPONSE, RESULT_BAD, FOLLOWER);
	policy_explain_prefix(play->policy, &prefix, play->now, &account);
	assert_int_equal(account.score, -25);
	assert_false(play_refuses(play, "192.0.2.7"));
	play_ok(play, "Bad", "192.0.2.7:2", REPORT_VERDICT, RESULT_BAN, FOLLOWER);
	assert_false(play_refuses(play, "192.0.2.7"));
	play_ok(play, "Bad", "192.0.2.7:3", REPORT_VERDICT, RESULT_BAN, FOLLOWER);
	assert_true(play_refuses(play, "192.0.2.7"));
	assert_false(play_bans(play, "192.0.2.7"));
	policy_explain_prefix(play->policy, &prefix, play->now, &account);
	assert_int_equal(account.score, -25);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_01_a_ban_needs_proof),
		cmocka_unit_test(law_01_a_peer_without_an_address_bans_no_source),
		cmocka_unit_test(law_01_one_follower_takes_25_points_in_ten_minutes),
		cmocka_unit_test(law_01_a_used_up_allowance_hides_no_failures),
		cmocka_unit_test(law_01_failed_dials_reach_no_door),
		cmocka_unit_test(law_01_a_stranger_does_not_back_off_a_good_peers_source),
		cmocka_unit_test(law_02_a_trusted_peer_is_never_refused),
		cmocka_unit_test(law_02_trust_reaches_four_sources),
		cmocka_unit_test(law_02_a_follower_gives_no_trust_and_takes_no_ban),
		cmocka_unit_test(law_02_the_more_specific_word_of_an_operator_wins),
		cmocka_unit_test(law_02_no_automatic_refusal_under_an_operators_trust),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
