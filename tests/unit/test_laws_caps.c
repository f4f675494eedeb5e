/* SPDX-License-Identifier: BSD-2-Clause */
/* POLICY's law 10, by examples: every table has a cap, and no network fills it. */
#include "play.h"

static void ban(struct play *play, const char *text)
{
	struct prefix prefix = play_prefix(text);

	assert_int_equal(
		policy_ban(play->policy, &prefix, FOREVER_NS, REASON_OPERATOR, play->now, NULL), 0);
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

/* The end nearest to now, and how many have it. */
static unsigned int count_nearest(const struct play *play, uint64_t *ret_until)
{
	unsigned int count = 0;

	*ret_until = UINT64_MAX;
	for (unsigned int n = 0; n < play->count; n++) {
		if (play->held[n].until_ns < *ret_until)
			count = 0;
		if (play->held[n].until_ns <= *ret_until)
			count++;
		*ret_until =
			play->held[n].until_ns < *ret_until ? play->held[n].until_ns : *ret_until;
	}
	return count;
}

static unsigned int count_ending(const struct play *play, uint64_t until)
{
	unsigned int count = 0;

	for (unsigned int n = 0; n < play->count; n++)
		count += play->held[n].until_ns == until;
	return count;
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
		uint64_t least;
		unsigned int nearest = count_nearest(play, &least);

		snprintf(addr, sizeof(addr), "192.0.%d.%d", i / 100, i % 100 + 1);
		ban_by_proof(play, addr);
		assert_true(play_bans(play, addr));
		assert_int_equal(count_ending(play, least), nearest - (i >= 99));
		assert_true(play->count <= 100);
		play_wait(play, S / 7);
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
		cmocka_unit_test(law_10_one_network_fills_no_table),
		cmocka_unit_test(law_10_at_the_cap_the_ban_nearest_its_end_leaves),
		cmocka_unit_test(law_10_many_banned_64_fold_into_their_56),
		cmocka_unit_test(law_10_an_innocent_neighbour_prevents_the_fold),
		cmocka_unit_test(law_10_newcomers_push_out_no_tried_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
