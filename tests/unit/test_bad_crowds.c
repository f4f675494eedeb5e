/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Crowds, contradictions and duplicates: a million addresses of one peer, a million peers of one address, connected twice,
 * disconnected never seen, a candidate named twice. No ban, no crash, no memory beyond that of the start, no report that costs more than
 * a few records.
 */
#include "bad.h"
#include "questions.h"

enum { CROWD = 1000000 };

/* What one report may cost, in what can be counted: records that leave, and words to the kernel. */
static void check_cost(struct play *play, uint64_t *told, uint64_t *evicted)
{
	struct policy_counts counts = count_all(play);

	assert_in_range(play->told - *told, 0, 8);
	assert_in_range(counts.evicted - *evicted, 0, 2);
	assert_true(counts.peers <= CAP && counts.sources <= CAP);
	*told = play->told;
	*evicted = counts.evicted;
}

static void a_million_addresses_of_one_peer(void **state)
{
	struct play *play = small_play();
	struct report report = report_at("Many", "198.51.100.1", REPORT_HANDSHAKE, RESULT_TIMEOUT);
	const size_t bytes = count_all(play).bytes;
	uint64_t told = 0, evicted = 0;

	(void)state;
	play_join(play, "Good", "192.0.2.1");
	for (uint32_t i = 0; i < CROWD; i++) {
		report.addr.bytes[13] = (uint8_t)(i >> 16);
		report.addr.bytes[14] = (uint8_t)(i >> 8);
		report.addr.bytes[15] = (uint8_t)i;
		report.event = i % 2 ? REPORT_CONNECTED : REPORT_HANDSHAKE;
		report.result = i % 2 ? RESULT_NONE : RESULT_TIMEOUT;
		assert_int_equal(policy_report(play->policy, &report, play->now, NULL), 0);
		if (i < 10000)
			check_cost(play, &told, &evicted);
	}
	assert_int_equal(count_all(play).bytes, bytes);
	assert_int_equal(count_all(play).bans, 0);
	assert_int_equal(count_all(play).peers, 2);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

static void a_million_peers_of_one_address(void **state)
{
	struct play *play = small_play();
	const size_t bytes = count_all(play).bytes;
	struct report report = report_at("Peer", "198.51.100.1", REPORT_CONNECTED, RESULT_NONE);
	uint64_t told = 0, evicted = 0;

	(void)state;
	play_join(play, "Good", "192.0.2.1");
	for (uint32_t i = 0; i < CROWD; i++) {
		snprintf(report.peer, sizeof(report.peer), "Peer%u", i);
		report.event = i % 2 ? REPORT_CONNECTED : REPORT_HANDSHAKE;
		report.result = i % 2 ? RESULT_NONE : RESULT_TIMEOUT;
		assert_int_equal(policy_report(play->policy, &report, play->now, NULL), 0);
		if (i < 10000)
			check_cost(play, &told, &evicted);
	}
	assert_int_equal(count_all(play).bytes, bytes);
	assert_int_equal(count_all(play).bans, 0);
	assert_true(count_all(play).sources <= 2 && count_all(play).peers <= CAP);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

/* --- contradictions --- */

static bool is_here(struct play *play, const char *peer)
{
	struct mate mates[8];
	size_t count = policy_mesh(play->policy, -1, 0, play->now, mates, ARRAY_SIZE(mates));

	for (size_t i = 0; i < count; i++) {
		if (!strcmp(mates[i].peer, peer))
			return true;
	}
	return false;
}

static void connected_twice_is_connected(void **state)
{
	struct play *play = small_play();

	(void)state;
	for (int i = 0; i < 3; i++)
		play_join(play, "Twice", "192.0.2.1");
	assert_true(is_here(play, "Twice"));
	play_ok(play, "Twice", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_false(is_here(play, "Twice"));
	for (int i = 0; i < 3; i++)
		play_ok(play, "Twice", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_join(play, "Twice", "192.0.2.1");
	assert_true(is_here(play, "Twice"));
	assert_int_equal(count_all(play).bans + count_all(play).backoffs, 0);
	play_free(play);
}

static void disconnected_of_nobody_is_nothing(void **state)
{
	struct play *play = small_play();

	(void)state;
	play_ok(play, "Never", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_ok(play, "Never", NULL, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_ok(play, NULL, "192.0.2.2", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_false(is_here(play, "Never"));
	/* Elsewhere than where it is: that connection is over, this one stays. */
	play_join(play, "Here", "192.0.2.3");
	play_ok(play, "Here", "192.0.2.4", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_true(is_here(play, "Here"));
	assert_int_equal(count_all(play).bans + count_all(play).backoffs, 0);
	play_free(play);
}

/* --- candidates --- */

static void duplicates_are_named(void **state)
{
	struct candidate candidates[5] = {
		{.peer = "One"}, {.peer = "Two"}, {.peer = "One"}, {.peer = ""}, {.peer = "Two"}};
	struct ranked ranked[5];
	struct play *play = small_play();
	unsigned int duplicates = 0;
	size_t count;

	(void)state;
	for (int i = 0; i < 3; i++) {
		candidates[i].addrs[0] = play_prefix("192.0.2.1").addr;
		candidates[i].addrs[0].bytes[13] = (uint8_t)i;
		candidates[i].addr_count = 1;
	}
	candidates[4] = candidates[1];
	count = policy_rank(play->policy, candidates, 5, 99, -1, 1, play->now, ranked);
	assert_int_equal(count, 2);
	for (int i = 0; i < 5; i++) {
		duplicates += ranked[i].why == RANK_DUPLICATE;
		assert_int_equal(ranked[i].dial, (size_t)i < count);
		assert_true(ranked[i].candidate < 5 && rank_word(ranked[i].why));
	}
	assert_int_equal(duplicates, 2);
	assert_int_equal(policy_rank(play->policy, candidates, 0, 0, -1, 1, play->now, ranked), 0);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_addresses_of_one_peer),
		cmocka_unit_test(a_million_peers_of_one_address),
		cmocka_unit_test(connected_twice_is_connected),
		cmocka_unit_test(disconnected_of_nobody_is_nothing),
		cmocka_unit_test(duplicates_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
