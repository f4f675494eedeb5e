/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel saw bears followers out or not; and whose connections may be closed. */
#include "play.h"

/* What a report of each kind does to a source that the kernel did, or did not, see. */
static const struct {
	const char *what;
	enum report_event event;
	enum report_result result;
	unsigned int times;
} tales[] = {
	{"timeouts", REPORT_HANDSHAKE, RESULT_TIMEOUT, 5},
	{"another network", REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, 5},
	{"another fork", REPORT_HANDSHAKE, RESULT_UNVIABLE_FORK, 5},
	{"invalid answers", REPORT_RESPONSE, RESULT_INVALID, 5},
	{"bans", REPORT_VERDICT, RESULT_BAN, 5},
};

static void say_all(struct play *play, const char *peer, const char *addr, size_t tale,
		    struct report base)
{
	for (unsigned int n = 0; n < tales[tale].times; n++) {
		play_wait(play, 6 * S);
		play_ok(play, peer, addr, tales[tale].event, tales[tale].result, base);
	}
}

static uint64_t uncorroborated(const struct play *play)
{
	struct policy_counts counts;

	policy_count(play->policy, &counts);
	return counts.uncorroborated;
}

static void a_follower_touches_only_what_the_kernel_saw(void **state)
{
	(void)state;
	for (size_t tale = 0; tale < ARRAY_SIZE(tales); tale++) {
		struct play *play = play_new();
		struct account account;

		play_visits(play, "192.0.2.7", play->now, play->now + HOUR, 0);
		say_all(play, "Bad", "192.0.2.7", tale, FOLLOWER);
		expect_true(tales[tale].what, play_refuses(play, "192.0.2.7"));
		assert_int_equal(uncorroborated(play), 0);
		say_all(play, "Forged", "203.0.113.99", tale, FOLLOWER);
		expect_true(tales[tale].what, !play_refuses(play, "203.0.113.99"));
		assert_int_equal(uncorroborated(play), tales[tale].times);
		/* The peer has it in its book; the source is not even known. */
		assert_int_equal(policy_explain_peer(play->policy, "Forged", play->now, &account),
				 0);
		expect_true(tales[tale].what, account.score < 0);
		assert_true(play_explains(play, "203.0.113.99", "nothing is known"));
		/* The node itself is believed about its own connections. */
		say_all(play, "Own", "203.0.113.99", tale, NODE);
		expect_true(tales[tale].what, play_refuses(play, "203.0.113.99"));
		play_free(play);
	}
}

static void it_must_be_that_time_and_that_service(void **state)
{
	struct play *play = play_new();
	struct report other = FOLLOWER;

	(void)state;
	play_visits(play, "192.0.2.7", play->now + MIN, play->now + 2 * MIN, 1);
	other.service = 0;
	say_all(play, "Early", "192.0.2.7", 0, FOLLOWER); /* for half a minute */
	assert_false(play_refuses(play, "192.0.2.7"));
	play_wait(play, 30 * S);
	say_all(play, "Elsewhere", "192.0.2.7", 0, other);
	assert_false(play_refuses(play, "192.0.2.7"));
	play_wait(play, MIN);
	say_all(play, "Late", "192.0.2.7", 0, FOLLOWER);
	assert_false(play_refuses(play, "192.0.2.7"));
	assert_int_equal(uncorroborated(play), 15);
	play_free(play);
}

/* What a log says is good counts no more than what it says is bad: nobody becomes known by a line. */
static void good_words_need_it_too(void **state)
{
	struct play *play = play_new();

	(void)state;
	play->blind = true;
	play_ok(play, "Liar", "192.0.2.7", REPORT_CONNECTED, RESULT_NONE, FOLLOWER);
	play_ok(play, "Liar", "192.0.2.7", REPORT_HANDSHAKE, RESULT_OK, FOLLOWER);
	assert_int_equal(play->told, 0);
	play_churn(play, "192.0.2.7"); /* and so protects no source either */
	assert_true(play_refuses(play, "192.0.2.7"));
	play_free(play);
}

/* A line without an address speaks of the peer's last link: only when the kernel sees that one, too. */
static void a_line_without_an_address_needs_it_too(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Good", "192.0.2.7");
	play_wait(play, MIN);
	play->blind = true;
	for (int i = 0; i < 5; i++) {
		play_wait(play, 6 * S);
		play_ok(play, "Good", NULL, REPORT_HANDSHAKE, RESULT_TIMEOUT, FOLLOWER);
	}
	assert_false(play_refuses(play, "192.0.2.7"));
	assert_int_equal(uncorroborated(play), 5);
	assert_true(play_explains(play, "192.0.2.7", "counted for the peer only"));
	/* Nor does it end a link that lives. */
	play_ok(play, "Good", NULL, REPORT_DISCONNECTED, RESULT_NONE, FOLLOWER);
	assert_true(play_explains(play, "192.0.2.7", "1 peer known here, 1 connected"));
	play_visits(play, "192.0.2.7", play->now, play->now + MIN, 0);
	play_ok(play, "Good", NULL, REPORT_DISCONNECTED, RESULT_NONE, FOLLOWER);
	assert_true(play_explains(play, "192.0.2.7", "1 peer known here, 0 connected"));
	play_free(play);
}

static void allow(struct play *play, const char *text)
{
	struct prefix prefix = play_prefix(text);

	assert_int_equal(policy_allow(play->policy, &prefix, play->now, NULL), 0);
}

static bool may_close(const struct play *play, const char *text, const char *words)
{
	const struct prefix prefix = play_prefix(text);
	struct why why = {""};
	bool may = policy_may_close(play->policy, &prefix, play->now, &why);

	assert_true(may == !why.sentence[0]);
	if (words && !strstr(why.sentence, words))
		fail_msg("%s: \"%s\"", text, why.sentence);
	return may;
}

static void law_04_whose_connections_may_be_closed(void **state)
{
	struct play *play = play_new();
	struct prefix wide = play_prefix("198.51.0.0/16");

	(void)state;
	assert_true(may_close(play, "192.0.2.7", NULL)); /* nobody known */
	play_join(play, "Good", "192.0.2.7");
	assert_false(may_close(play, "192.0.2.7", "a good peer is at 192.0.2.7/32"));
	assert_false(may_close(play, "192.0.2.0/24", "192.0.2.7/32"));
	assert_false(may_close(play, "0.0.0.0/0", "192.0.2.7/32"));
	assert_true(may_close(play, "192.0.2.8", NULL));
	/* It gave a proof: its link may go at once (law 15). */
	play_ok(play, "Good", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_true(may_close(play, "192.0.2.7", NULL));
	/* One bad of two: the other's link must not go. */
	play_join(play, "Second", "192.0.2.7");
	assert_false(may_close(play, "192.0.2.7", "a good peer"));
	/* An hour's tenure is remembered for a day. */
	play_join(play, "Old", "2001:db8::1");
	play_wait(play, HOUR + MIN);
	play_ok(play, "Old", "2001:db8::1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_false(may_close(play, "2001:db8::1", "2001:db8::/64"));
	assert_false(may_close(play, "2001:db8::5/128", "2001:db8::/64"));
	assert_false(may_close(play, "2001:db8::/48", "2001:db8::/64"));
	play_wait(play, DAY + S);
	assert_true(may_close(play, "2001:db8::1", NULL));
	/* The trusted. */
	allow(play, "198.51.0.0/16");
	assert_false(may_close(play, "198.51.100.1", "allowed 198.51.100.1/32"));
	assert_false(may_close(play, "198.51.100.0/24", "allowed"));
	assert_false(may_close(play, "198.0.0.0/8", "198.51.0.0/16 is trusted"));
	assert_int_equal(
		policy_ban(play->policy, &wide, FOREVER_NS, REASON_OPERATOR, play->now, NULL), 0);
	assert_true(may_close(play, "198.51.100.1", NULL));
	assert_true(may_close(play, "198.0.0.0/8", NULL));
	play_free(play);
}

static void a_trusted_peers_connections_stay(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_ok(play, "Friend", NULL, REPORT_VERDICT, RESULT_TRUST, NODE);
	play_join(play, "Friend", "192.0.2.7");
	play_ok(play, "Friend", "192.0.2.7", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_false(may_close(play, "192.0.2.7", "is trusted"));
	assert_false(may_close(play, "192.0.0.0/16", "is trusted"));
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_follower_touches_only_what_the_kernel_saw),
		cmocka_unit_test(it_must_be_that_time_and_that_service),
		cmocka_unit_test(good_words_need_it_too),
		cmocka_unit_test(a_line_without_an_address_needs_it_too),
		cmocka_unit_test(law_04_whose_connections_may_be_closed),
		cmocka_unit_test(a_trusted_peers_connections_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
