/* SPDX-License-Identifier: BSD-2-Clause */
/* Churn, the kernel's own evidence: who is backed off for it, for how long, and who never. */
#include "play.h"

#include "cuts.h"

#include <errno.h>

static void a_row_backs_off_and_never_bans(void **state)
{
	struct play *play = play_new();
	struct account account;
	struct prefix prefix = play_prefix("192.0.2.7");

	(void)state;
	play_churn(play, "192.0.2.7");
	assert_int_equal(play_left_s(play, "192.0.2.7"), 600);
	assert_false(play_bans(play, "192.0.2.7"));
	assert_int_equal(play_verdict(play, "192.0.2.7")->reason, REASON_CHURN);
	assert_int_equal(play_verdict(play, "192.0.2.7")->services, 0xff);
	assert_true(play_explains(play, "192.0.2.7", "row of short-lived connections"));
	policy_explain_prefix(play->policy, &prefix, play->now, &account);
	assert_int_equal(account.score, -10);
	assert_false(play_refuses(play, "192.0.2.8"));
	/* A hundred thousand more while it is refused are no further row. */
	for (int i = 0; i < 100000; i++)
		play_churn(play, "192.0.2.7");
	policy_explain_prefix(play->policy, &prefix, play->now, &account);
	assert_int_equal(account.score, -10);
	assert_int_equal(play_left_s(play, "192.0.2.7"), 600);
	play_free(play);
}

/* One that comes back at each end: 10 min for the first hour, then 4 times longer a level, up to 12 h; each level an hour apart. */
static void it_grows_by_levels_an_hour_apart(void **state)
{
	struct play *play = play_new();
	unsigned long most = 0, before = 0, refused = 0;

	(void)state;
	for (int minutes = 0; minutes < 48 * 60; minutes++) {
		if (!play_refuses(play, "192.0.2.7")) {
			unsigned long now;

			play_churn(play, "192.0.2.7");
			now = play_left_s(play, "192.0.2.7");
			assert_true(now == before || now == 4 * before || now == 12 * 3600 ||
				    before == 0);
			if (minutes < 60)
				assert_int_equal(now, 600);
			most = now > most ? now : most;
			before = now;
		} else {
			refused++;
		}
		play_wait(play, MIN);
	}
	assert_int_equal(most, 12 * 3600);
	assert_true(refused > 47 * 60); /* of 48 h, all but a minute for each time */
	play_free(play);
}

static void a_day_without_forgets_it(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (int i = 0; i < 3; i++) {
		play_churn(play, "192.0.2.7");
		play_wait(play, 4 * HOUR);
	}
	assert_true(play_explains(play, "192.0.2.7", "rows of short-lived"));
	play_wait(play, DAY);
	play_churn(play, "192.0.2.7");
	assert_int_equal(play_left_s(play, "192.0.2.7"), 600);
	play_free(play);
}

static void a_service_is_backed_off_by_itself(void **state)
{
	struct play *play = play_new();
	const struct source_key source = play_source("192.0.2.7");

	(void)state;
	assert_int_equal(policy_churn(play->policy, &source, 3, 5, play->now, NULL), 0);
	assert_int_equal(play_verdict(play, "192.0.2.7")->services, 1 << 3);
	assert_int_equal(policy_churn(play->policy, &source, 1, 5, play->now, NULL), 0);
	assert_int_equal(play_verdict(play, "192.0.2.7")->services, 1 << 3 | 1 << 1);
	play_free(play);
}

static void what_makes_no_sense_is_told_and_changes_nothing(void **state)
{
	struct play *play = play_new();
	const struct source_key source = play_source("192.0.2.7");
	const struct source_key other = play_source("192.0.2.8");
	struct why why = {""};

	(void)state;
	assert_int_equal(policy_churn(play->policy, &source, 8, 5, play->now, &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "service"));
	assert_int_equal(policy_churn(play->policy, &source, -2, 5, play->now, &why), -EINVAL);
	assert_int_equal(policy_churn(play->policy, &source, 0, 0, play->now, &why), -EINVAL);
	assert_int_equal(play->told, 0);
	/* A moment that is over already: what would follow is over, too. */
	assert_int_equal(policy_churn(play->policy, &source, -1, 5, play->now - HOUR, &why), 0);
	assert_false(play_refuses(play, "192.0.2.7"));
	/* One far ahead is taken as now. */
	assert_int_equal(policy_churn(play->policy, &other, -1, 5, FOREVER_NS, &why), 0);
	assert_in_range(play_left_s(play, "192.0.2.8"), 600, 605);
	play_free(play);
}

static void allow(struct play *play, const char *text)
{
	struct prefix prefix = play_prefix(text);

	assert_int_equal(policy_allow(play->policy, &prefix, play->now, NULL), 0);
}

/* Law 2. */
static void law_02_the_trusted_do_not_churn(void **state)
{
	struct play *play = play_new();

	(void)state;
	allow(play, "192.0.2.0/24");
	play_ok(play, "Friend", NULL, REPORT_VERDICT, RESULT_TRUST, NODE);
	play_join(play, "Friend", "198.51.100.7");
	play_ok(play, "Friend", "198.51.100.7", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	for (int i = 0; i < 50; i++) {
		play_churn(play, "192.0.2.7");
		play_churn(play, "198.51.100.7");
		play_wait(play, S);
	}
	assert_false(play_refuses(play, "192.0.2.7"));
	assert_false(play_refuses(play, "198.51.100.7"));
	/* When the trust ends there is nothing that was kept for them. */
	play_wait(play, 2 * DAY);
	assert_false(play_refuses(play, "198.51.100.7"));
	assert_false(play_explains(play, "198.51.100.7", "short-lived"));
	play_free(play);
}

/* Law 5. */
static void law_05_the_protected_do_not_churn(void **state)
{
	static const char *const addrs[] = {"10.0.0.1",	   "192.168.1.1", "127.0.0.1", "100.64.0.1",
					    "169.254.1.1", "fe80::1",	  "fc00::1",   "::1"};
	struct play *play = play_new();
	struct prefix own = play_prefix("203.0.113.10");

	(void)state;
	assert_int_equal(policy_protect(play->policy, &own, 1, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(addrs); i++)
		play_churn(play, addrs[i]);
	play_churn(play, "203.0.113.10");
	assert_int_equal(play->told, 0);
	play_free(play);
}

/* Law 4: where somebody is in good order, a neighbour's churn shuts nobody out. */
static void law_04_a_good_peers_source_does_not_churn(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Good", "192.0.2.7");
	for (int i = 0; i < 100; i++)
		play_churn(play, "192.0.2.7");
	assert_false(play_refuses(play, "192.0.2.7"));
	/* It may go when it is gone; it was too short here to be remembered. */
	play_ok(play, "Good", "192.0.2.7", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_churn(play, "192.0.2.7");
	assert_int_equal(play_left_s(play, "192.0.2.7"), 600);
	play_free(play);
}

/* Law 16: who was good for an hour within the last day waits ten minutes at most, however often. */
static void law_16_tenure_keeps_it_at_the_first_step(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Good", "192.0.2.7");
	play_wait(play, HOUR + MIN);
	play_ok(play, "Good", "192.0.2.7", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	for (int i = 0; i < 10; i++) {
		play_churn(play, "192.0.2.7");
		assert_int_equal(play_left_s(play, "192.0.2.7"), 600);
		play_wait(play, 2 * HOUR);
	}
	play_wait(play, 4 * HOUR + MIN); /* a day after it left */
	play_churn(play, "192.0.2.7");
	assert_true(play_left_s(play, "192.0.2.7") > 600);
	play_free(play);
}

/* Law 1: churn is no failure of a peer, so it confirms no follower's verdict; and a ban stands above it. */
static void law_01_churn_confirms_no_verdict(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (int i = 0; i < 20; i++) {
		play_churn(play, "192.0.2.7");
		play_wait(play, 11 * MIN);
	}
	play_ok(play, "Bad", "192.0.2.7", REPORT_VERDICT, RESULT_BAN, FOLLOWER);
	assert_false(play_bans(play, "192.0.2.7"));
	play_ok(play, "Bad", "192.0.2.9", REPORT_VERDICT, RESULT_BAN, NODE);
	play_churn(play, "192.0.2.9");
	assert_true(play_bans(play, "192.0.2.9"));
	play_free(play);
}

/* The kernel tells a row at its fifth short connection, and each further one. */
static void tell_row(struct play *play, uint32_t short_lived)
{
	const struct source_key source = play_source("192.0.2.7");

	assert_int_equal(policy_churn(play->policy, &source, -1, short_lived, play->now, NULL), 0);
}

/* A connection that the node ends at once, because it is full; or they do. */
static void cut(struct play *play, enum direction who, bool second_hand)
{
	const struct report goodbye = {
		.direction = who, .goodbye_code = 129, .second_hand = second_hand};

	play_ok(play, "P", "192.0.2.7", REPORT_CONNECTED, RESULT_NONE,
		(struct report){.direction = DIRECTION_INBOUND});
	play_ok(play, "P", "192.0.2.7", REPORT_GOODBYE, RESULT_NONE, goodbye);
	play_ok(play, "P", "192.0.2.7", REPORT_DISCONNECTED, RESULT_NONE,
		(struct report){.direction = DIRECTION_INBOUND});
	play_wait(play, 3 * MIN);
}

static bool is_churning(struct play *play)
{
	const struct decision *verdict = play_verdict(play, "192.0.2.7");

	return verdict && verdict->reason == REASON_CHURN;
}

/* For hours: the row grows in the kernel, and each of its connections was ours to end. */
static void who_a_full_node_cuts_does_not_churn(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (uint32_t row = 1; row <= 100; row++) {
		cut(play, DIRECTION_OUTBOUND, false);
		if (row >= 5)
			tell_row(play, row);
		assert_false(is_churning(play));
	}
	/* It hangs up by itself from then on: that was forgiven for what was cut, and for no more. */
	tell_row(play, 101);
	assert_true(is_churning(play));
	play_free(play);
}

static void an_ended_row_begins_anew(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (int i = 0; i < 5; i++)
		cut(play, DIRECTION_OUTBOUND, false);
	tell_row(play, 50); /* five of fifty are no excuse */
	assert_true(is_churning(play));
	play_free(play);

	play = play_new();
	for (uint32_t row = 1; row <= 40; row++)
		cut(play, DIRECTION_OUTBOUND, false);
	tell_row(play, 40);
	for (int i = 0; i < 3; i++)
		cut(play, DIRECTION_OUTBOUND, false);
	tell_row(play, 5); /* another row, three of five ours */
	assert_false(is_churning(play));
	tell_row(play, 6);
	assert_true(is_churning(play));
	play_free(play);
}

/* Their own fullness, a follower's word alone, and what was cut a day ago excuse nobody. */
static void others_words_excuse_no_row(void **state)
{
	static const struct {
		enum direction who;
		bool second_hand;
		uint64_t wait_ns;
	} cases[] = {{DIRECTION_INBOUND, false, 0},
		     {DIRECTION_UNKNOWN, false, 0},
		     {DIRECTION_OUTBOUND, true, 0},
		     {DIRECTION_OUTBOUND, false, 25 * HOUR}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct play *play = play_new();

		for (int k = 0; k < 5; k++)
			cut(play, cases[i].who, cases[i].second_hand);
		play_wait(play, cases[i].wait_ns);
		tell_row(play, 5);
		assert_true(is_churning(play));
		play_free(play);
	}
}

/* A NAT: one got in, and all that come after are cut; a follower tells of some. Until somebody fails there, or nobody is cut any more. */
static void a_nat_whose_peers_are_cut_does_not_churn(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_ok(play, "Q", "192.0.2.7", REPORT_HANDSHAKE, RESULT_OK,
		(struct report){.direction = DIRECTION_INBOUND, .second_hand = true});
	play_ok(play, "Q", "192.0.2.7", REPORT_DISCONNECTED, RESULT_NONE,
		(struct report){.direction = DIRECTION_INBOUND, .second_hand = true});
	cut(play, DIRECTION_OUTBOUND, true);
	tell_row(play, 5);
	assert_true(is_churning(play)); /* three minutes later */
	play_free(play);

	play = play_new();
	play_ok(play, "Q", "192.0.2.7", REPORT_HANDSHAKE, RESULT_OK,
		(struct report){.direction = DIRECTION_INBOUND, .second_hand = true});
	play_ok(play, "Q", "192.0.2.7", REPORT_DISCONNECTED, RESULT_NONE,
		(struct report){.direction = DIRECTION_INBOUND, .second_hand = true});
	for (uint32_t row = 5; row < 50; row++) {
		play_ok(play, "P", "192.0.2.7", REPORT_GOODBYE, RESULT_NONE,
			(struct report){.direction = DIRECTION_OUTBOUND,
					.goodbye_code = 129,
					.second_hand = true});
		play_wait(play, 10 * S);
		tell_row(play, row);
		assert_false(is_churning(play));
	}
	play_ok(play, "R", "192.0.2.7", REPORT_HANDSHAKE, RESULT_TIMEOUT,
		(struct report){.direction = DIRECTION_INBOUND, .second_hand = true});
	tell_row(play, 50);
	assert_true(is_churning(play));
	play_free(play);
}

/* More sources than are remembered: the one cut longest ago is judged as ever, the last is not. */
static void the_memory_of_cuts_is_bounded(void **state)
{
	struct play *play = play_new();

	(void)state;
	for (unsigned int i = 0; i <= CUTS_MAX; i++) {
		char peer[16], addr[32];

		snprintf(peer, sizeof(peer), "P%u", i);
		snprintf(addr, sizeof(addr), "198.51.%u.%u", 100 + i / 200, 1 + i % 200);
		for (int k = 0; k < 3; k++)
			play_ok(play, peer, addr, REPORT_GOODBYE, RESULT_NONE,
				(struct report){.direction = DIRECTION_OUTBOUND,
						.goodbye_code = 129});
		play_wait(play, S);
	}
	play_churn(play, "198.51.100.1");
	play_churn(play, "198.51.101.57");
	assert_int_equal(play_verdict(play, "198.51.100.1")->reason, REASON_CHURN);
	assert_int_not_equal(play_verdict(play, "198.51.101.57")->reason, REASON_CHURN);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_a_full_node_cuts_does_not_churn),
		cmocka_unit_test(an_ended_row_begins_anew),
		cmocka_unit_test(others_words_excuse_no_row),
		cmocka_unit_test(a_nat_whose_peers_are_cut_does_not_churn),
		cmocka_unit_test(the_memory_of_cuts_is_bounded),
		cmocka_unit_test(a_row_backs_off_and_never_bans),
		cmocka_unit_test(it_grows_by_levels_an_hour_apart),
		cmocka_unit_test(a_day_without_forgets_it),
		cmocka_unit_test(a_service_is_backed_off_by_itself),
		cmocka_unit_test(what_makes_no_sense_is_told_and_changes_nothing),
		cmocka_unit_test(law_02_the_trusted_do_not_churn),
		cmocka_unit_test(law_05_the_protected_do_not_churn),
		cmocka_unit_test(law_04_a_good_peers_source_does_not_churn),
		cmocka_unit_test(law_16_tenure_keeps_it_at_the_first_step),
		cmocka_unit_test(law_01_churn_confirms_no_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
