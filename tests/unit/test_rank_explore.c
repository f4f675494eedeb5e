/* SPDX-License-Identifier: BSD-2-Clause */
/* rank: the one dial in eight, and a cold start. */
#include "round.h"

/* One dial in eight: to somebody long good with us, outbound, or to a network never tried. */
static void one_dial_in_eight_explores(void **state)
{
	struct play *play = play_new();
	struct round *round = round_new();
	unsigned int explored = 0, anchors = 0;
	char peer[16], addr[32];

	(void)state;
	for (unsigned int i = 0; i < 64; i++) {
		snprintf(peer, sizeof(peer), "Met%u", i);
		snprintf(addr, sizeof(addr), "11.%u.0.1", i);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_OK, DIALLED);
		if (i == 1)
			play_wait(play, HOUR);
		play_ok(play, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, DIALLED);
		add(round, peer, addr);
	}
	for (unsigned int i = 0; i < 3; i++) {
		snprintf(peer, sizeof(peer), "Far%u", i);
		snprintf(addr, sizeof(addr), "12.%u.0.1", i);
		add(round, peer, addr);
	}
	for (uint64_t seed = 0; seed < 200; seed++) {
		rank(play, round, 8, seed);
		for (size_t i = 0; i < round->dials; i++) {
			explored += round->ranked[i].why == RANK_EXPLORE;
			anchors += round->ranked[i].why == RANK_ANCHOR;
		}
	}
	print_message("# of 200 x 8: explored %u, anchors %u\n", explored, anchors);
	assert_true(explored + anchors >= 200);
	assert_true(explored > 20 && anchors > 20);
	play_ok(play, "Far0", "12.0.0.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, DIALLED);
	round->candidates[0] = round->candidates[64];
	snprintf(round->candidates[0].peer, PEER_ID_MAX, "Far9");
	round->count = 1;
	rank(play, round, 8, 1);
	assert_int_equal(round->ranked[0].why, RANK_NEWCOMER); /* its network was tried meanwhile */
	free(round);
	play_free(play);
}

/* What a log tells of yesterday: connected for @minutes, and in good order. */
static void say_before(struct play *play, const char *peer, const char *addr, uint64_t minutes)
{
	uint64_t now = play->now;

	play->now -= 3 * HOUR;
	play_ok(play, peer, addr, REPORT_CONNECTED, RESULT_NONE, DIALLED);
	play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_OK, DIALLED);
	play->now += minutes * MIN;
	play_ok(play, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, DIALLED);
	play->now = now;
}

/* A node that has just started: three anchors, then a newcomer, one of the book, and either, in turns. */
static void a_cold_start_mixes(void **state)
{
	struct play *play = calloc(1, sizeof(*play));
	struct round *round = round_new();
	char peer[16], addr[32];

	(void)state;
	assert_non_null(play);
	policy_settings_default(&play->settings);
	play->is_cold = true;
	play_open(play, 1);
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(peer, sizeof(peer), "Met%u", i);
		snprintf(addr, sizeof(addr), "11.%u.0.1", i);
		say_before(play, peer, addr, i < 5 ? 61 : 5);
		add(round, peer, addr);
	}
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(peer, sizeof(peer), "New%u", i);
		snprintf(addr, sizeof(addr), "12.%u.0.1", i);
		add(round, peer, addr);
	}
	assert_true(policy_is_cold(play->policy));
	for (uint64_t seed = 0; seed < 50; seed++) {
		rank(play, round, 12, seed);
		for (size_t i = 0; i < 12; i++) {
			if (i < 3)
				assert_int_equal(round->ranked[i].why, RANK_ANCHOR);
			else if (i % 3 == 0)
				assert_int_equal(round->ranked[i].why, RANK_EXPLORE);
			else if (i % 3 == 1)
				assert_int_equal(round->ranked[i].why, RANK_KNOWN);
		}
	}
	free(round);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_dial_in_eight_explores),
		cmocka_unit_test(a_cold_start_mixes),
	};

	return cmocka_run_group_tests_name("rank: explore", tests, NULL, NULL);
}
