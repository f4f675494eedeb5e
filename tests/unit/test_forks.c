/* SPDX-License-Identifier: BSD-2-Clause */
/* Law 12: bans for another network end when our own fork changes; and when it is us who are on the wrong one. Law 14: moves. */
#include "play.h"

#include "../../user/core/book.h" /* the CLI has one, too */

static const uint8_t old_fork[DIGEST_SIZE] = {0xaa, 1, 1, 1},
		     new_fork[DIGEST_SIZE] = {0xbb, 2, 2, 2},
		     strange[DIGEST_SIZE] = {0xcc, 3, 3, 3};

static void we_are_on(struct play *play, const uint8_t digest[DIGEST_SIZE])
{
	struct node_state node = {.has_digest = true};

	memcpy(node.digest, digest, DIGEST_SIZE);
	assert_int_equal(policy_node(play->policy, 0, &node, play->now, NULL), 0);
}

static struct report with(const uint8_t theirs[DIGEST_SIZE], const uint8_t ours[DIGEST_SIZE])
{
	struct report report = NODE;

	report.has_digest = theirs != NULL;
	report.has_our_digest = ours != NULL;
	if (theirs)
		memcpy(report.digest, theirs, DIGEST_SIZE);
	if (ours)
		memcpy(report.our_digest, ours, DIGEST_SIZE);
	return report;
}

static void wrong(struct play *play, const char *peer, const char *addr,
		  const uint8_t theirs[DIGEST_SIZE], const uint8_t ours[DIGEST_SIZE])
{
	play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, with(theirs, ours));
}

/* Who upgraded before us was banned by us: when we follow, he is free at once, and nobody else is. */
static void law_12_bans_end_when_our_fork_changes(void **state)
{
	struct play *play = play_new();

	(void)state;
	we_are_on(play, old_fork);
	wrong(play, "Early", "192.0.2.1", new_fork, NULL);
	wrong(play, "Stranger", "192.0.2.2", strange, NULL);
	play_join(play, "Forger", "192.0.2.3");
	play_ok(play, "Forger", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_true(play_bans(play, "192.0.2.1") && play_bans(play, "192.0.2.2"));
	assert_true(play_explains(play, "192.0.2.1",
				  "their fork digest: 0xbb020202, ours then: 0xaa010101"));
	we_are_on(play, old_fork); /* told again: no change */
	assert_true(play_bans(play, "192.0.2.1"));
	we_are_on(play, new_fork);
	assert_false(play_refuses(play, "192.0.2.1"));
	assert_false(play_refuses(play, "192.0.2.2")); /* judged by our old fork: tried anew */
	assert_true(play_bans(play, "192.0.2.3"));
	assert_int_equal(play_find(play, (struct prefix[]){play_prefix("192.0.2.3")})->standing,
			 BANNED);
	play_free(play);
}

/* The same by a report that names our digest; a follower's line cannot, else it would free whom it likes. */
static void law_12_only_the_node_says_where_it_is(void **state)
{
	struct report line = with(NULL, new_fork);
	struct play *play = play_new();

	(void)state;
	wrong(play, "Early", "192.0.2.1", new_fork, old_fork);
	assert_true(play_bans(play, "192.0.2.1"));
	line.second_hand = true;
	play_ok(play, "Other", "198.51.100.1", REPORT_HANDSHAKE, RESULT_OK, line);
	assert_true(play_bans(play, "192.0.2.1"));
	play_ok(play, "Other", "198.51.100.1", REPORT_HANDSHAKE, RESULT_OK, with(NULL, new_fork));
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

/* After our change, for two days: what a handshake of another fork earns. */
static const struct {
	const char *what;
	const uint8_t *theirs;
	unsigned int hours;
	bool is_banned;
} lates[] = {
	{"one behind, at once", old_fork, 0, false},
	{"one behind, a day later", old_fork, 24, false},
	{"one behind, on the third day", old_fork, 49, true},
	{"of nowhere", strange, 0, true},
	{"nobody says which", NULL, 1, false},
	{"nobody says which, on the third day", NULL, 49, true},
	{"ours, and yet refused", new_fork, 99, false},
};

static void law_12_one_fork_behind_is_backed_off_for_two_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lates); i++) {
		struct play *play = play_new();

		we_are_on(play, old_fork);
		play_wait(play, HOUR);
		we_are_on(play, new_fork);
		play_wait(play, lates[i].hours * HOUR);
		wrong(play, "Late", "192.0.2.1", lates[i].theirs, NULL);
		expect_true(lates[i].what, play_refuses(play, "192.0.2.1"));
		expect_true(lates[i].what, play_bans(play, "192.0.2.1") == lates[i].is_banned);
		if (!lates[i].is_banned)
			expect_true(lates[i].what, play_left_s(play, "192.0.2.1") <= 3600);
		play_free(play);
	}
}

static void meet(struct play *play, unsigned int networks, unsigned int wrong_ones)
{
	char peer[16], addr[32];

	for (unsigned int i = 0; i < networks; i++) {
		snprintf(peer, sizeof(peer), "P%u", i);
		snprintf(addr, sizeof(addr), "52.%u.0.1:%u", i, 1000 + i);
		if (i < wrong_ones)
			wrong(play, peer, addr, strange, NULL);
		else
			play_join(play, peer, addr);
	}
}

/* Half of eight networks are of another network: it is us. One network's many peers are one. */
static void law_12_when_half_are_of_another_network_it_is_us(void **state)
{
	struct play *play = play_new();
	struct account doubts;

	(void)state;
	we_are_on(play, old_fork);
	meet(play, 8, 3);
	for (int i = 0; i < 20; i++) {
		char peer[16], addr[32];

		snprintf(peer, sizeof(peer), "Same%d", i);
		snprintf(addr, sizeof(addr), "52.0.7.%d", i);
		wrong(play, peer, addr, strange, NULL);
	}
	assert_false(forks_suspect_us(play->policy));
	assert_true(play_bans(play, "52.0.7.3"));
	wrong(play, "P3", "52.3.0.1:9", strange, NULL); /* its latest counts: four of eight */
	assert_true(forks_suspect_us(play->policy));
	policy_doubts(play->policy, play->now, &doubts);
	assert_int_equal(doubts.whys, 1);
	assert_non_null(strstr(doubts.why[0], "check the node's own network"));
	assert_true(play_refuses(play, "52.3.0.1") && !play_bans(play, "52.3.0.1"));
	wrong(play, "P9", "52.9.0.1", strange, NULL);
	assert_true(play_refuses(play, "52.9.0.1") && !play_bans(play, "52.9.0.1"));
	assert_int_equal(play_left_s(play, "52.9.0.1"), 600);
	play_wait(play, 11 * MIN);
	assert_false(forks_suspect_us(play->policy));
	wrong(play, "P10", "52.10.0.1", strange, NULL);
	assert_true(play_bans(play, "52.10.0.1"));
	play_free(play);
}

/* A mass fork: thousands of bans end, some at once, the rest within seconds, and no call does it all. */
static void law_12_thousands_end_in_slices(void **state)
{
	struct policy_settings settings;
	struct play *play;
	char peer[16], addr[32];

	(void)state;
	policy_settings_default(&settings);
	settings.share_permille = 1000;
	play = play_new_with(&settings, 1);
	we_are_on(play, old_fork);
	for (unsigned int i = 0; i < 3000; i++) {
		snprintf(peer, sizeof(peer), "P%u", i);
		snprintf(addr, sizeof(addr), "52.%u.%u.1", i % 200, i / 200);
		wrong(play, peer, addr, new_fork, NULL);
		if (i == 7)
			play_wait(play, 11 * MIN); /* else we should suspect ourselves */
	}
	/* Eight networks of another fork: the rest was only backed off. */
	assert_true(forks_suspect_us(play->policy));
	play_free(play);

	play = play_new_with(&settings, 1);
	we_are_on(play, old_fork);
	for (unsigned int i = 0; i < 3000; i++) {
		snprintf(peer, sizeof(peer), "P%u", i);
		snprintf(addr, sizeof(addr), "52.%u.%u.%u", i % 7, i / 100, i % 100);
		wrong(play, peer, addr, new_fork, NULL);
	}
	assert_int_equal(play->count, 3000);
	we_are_on(play, new_fork);
	assert_int_equal(play->count, 3000 - 256);
	play_wait(play, S);
	assert_int_equal(play->count, 0);
	play_free(play);
}

/* Law 14: the good hour goes with the peer, and stays where it still is. */
static void law_14_tenure_goes_to_the_new_source(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Good", "192.0.2.1:1");
	play_wait(play, HOUR + S);
	play_ok(play, "Good", "192.0.2.1:1", REPORT_RESPONSE, RESULT_OK, NODE);
	play_ok(play, "Good", "192.0.2.1:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_true(play_explains(play, "192.0.2.1", "was good here for an hour"));
	play_join(play, "Good", "198.51.100.9:1");
	assert_true(play_explains(play, "198.51.100.9", "was good here for an hour"));
	play_join(play, "Bad", "192.0.2.1:2"); /* the old place is anybody's now */
	play_ok(play, "Bad", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_in_range(play_left_s(play, "192.0.2.1"), 48 * 60, 3600);
	play_join(play, "Worse", "198.51.100.9:2");
	play_ok(play, "Worse", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_in_range(play_left_s(play, "198.51.100.9"), 1, 600);
	play_free(play);
}

/* An address that is only claimed moves nothing: the handshake there has to go well. */
static void law_14_an_attempt_moves_nothing(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "Good", "192.0.2.1:1");
	play_wait(play, HOUR + S);
	play_ok(play, "Good", "192.0.2.1:1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_ok(play, "Good", "198.51.100.9:1", REPORT_CONNECTED, RESULT_NONE, NODE);
	play_ok(play, "Good", "198.51.100.9:1", REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
	assert_false(play_explains(play, "198.51.100.9", "was good here for an hour"));
	assert_true(play_explains(play, "192.0.2.1", "was good here for an hour"));
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_12_bans_end_when_our_fork_changes),
		cmocka_unit_test(law_12_only_the_node_says_where_it_is),
		cmocka_unit_test(law_12_one_fork_behind_is_backed_off_for_two_days),
		cmocka_unit_test(law_12_when_half_are_of_another_network_it_is_us),
		cmocka_unit_test(law_12_thousands_end_in_slices),
		cmocka_unit_test(law_14_tenure_goes_to_the_new_source),
		cmocka_unit_test(law_14_an_attempt_moves_nothing),
	};

	return cmocka_run_group_tests_name("forks", tests, NULL, NULL);
}
