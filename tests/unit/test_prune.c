/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom to let go: who is never named, who is named first, and that the answer is a whole one for any crowd. */
#include "play.h"

#include "questions.h"

enum { MAX = 512 };

static const struct report DIALLED = {.service = -1, .direction = DIRECTION_OUTBOUND};

struct answer {
	struct mate mates[MAX];
	size_t count;
};

static size_t prune(struct play *play, struct answer *ret, size_t want)
{
	memset(ret, 0xff, sizeof(*ret));
	ret->count = policy_prune(play->policy, 0, want, play->now, ret->mates, MAX);
	for (size_t i = 0; i < ret->count; i++) {
		assert_true(strnlen(ret->mates[i].why, MATE_WHY_MAX) < 100);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(ret->mates[i].peer, ret->mates[k].peer);
	}
	return ret->count;
}

static bool names(const struct answer *self, const char *peer)
{
	for (size_t i = 0; i < self->count; i++) {
		if (!strcmp(self->mates[i].peer, peer))
			return true;
	}
	return false;
}

static void tell(struct play *play, uint32_t connected, uint32_t max, uint32_t inbound_max)
{
	const struct capacity told = {
		.max = max, .connected = connected, .inbound_max = inbound_max};
	int8_t floor;

	assert_int_equal(policy_capacity(play->policy, 0, &told, play->now, &floor, NULL), 0);
}

/* Peers named @letter@first … of the network 11.@network, one second apart. */
static void come_from(struct play *play, char letter, unsigned int first, unsigned int count,
		      unsigned int network, struct report how)
{
	char peer[16], addr[32];

	for (unsigned int i = first; i < first + count; i++) {
		snprintf(peer, sizeof(peer), "%c%u", letter, i);
		snprintf(addr, sizeof(addr), "11.%u.%u.1", network, i);
		play_wait(play, S);
		play_ok(play, peer, addr, REPORT_CONNECTED, RESULT_NONE, how);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_OK, how);
	}
}

static void come(struct play *play, char letter, unsigned int count, unsigned int network,
		 struct report how)
{
	come_from(play, letter, 0, count, network, how);
}

static void nobody_is_named_of_nobody(void **state)
{
	struct play *play = play_new();
	struct answer answer;

	(void)state;
	assert_int_equal(prune(play, &answer, 0), 0);
	assert_int_equal(prune(play, &answer, SIZE_MAX), 0);
	assert_int_equal(policy_prune(play->policy, 7, 9, play->now, answer.mates, 0), 0);
	assert_int_equal(policy_prune(play->policy, 99, 9, play->now, answer.mates, MAX), 0);
	play_free(play);
}

static void the_trusted_the_young_and_the_outbound_stay(void **state)
{
	struct play *play = play_new();
	struct answer answer;
	char peer[16];

	(void)state;
	come(play, 'O', 8, 1, DIALLED);
	come(play, 'T', 5, 2, NODE);
	for (int i = 0; i < 5; i++) {
		char addr[32];

		snprintf(peer, sizeof(peer), "T%d", i);
		snprintf(addr, sizeof(addr), "11.2.%d.1", i);
		play_ok(play, peer, addr, REPORT_VERDICT, RESULT_TRUST, NODE);
	}
	come(play, 'I', 30, 3, NODE);
	play_wait(play, 60 * S);
	tell(play, 43, 43, 0);
	assert_int_equal(prune(play, &answer, MAX), 0); /* all that may go are too young */
	play_wait(play, 60 * S);
	come(play, 'Y', 10, 4, NODE);
	tell(play, 53, 53, 0);
	assert_true(prune(play, &answer, MAX) > 5);
	for (size_t i = 0; i < answer.count; i++)
		assert_int_equal(answer.mates[i].peer[0], 'I');
	play_free(play);
}

/* Law 9: max(8, a tenth of the target); beyond it an outbound link is as good as any, while inbound <= 4 + 4 x outbound. */
static void outbound_beyond_the_quota_may_go(void **state)
{
	struct play *play = play_new();
	struct answer answer;

	(void)state;
	come(play, 'O', 40, 1, DIALLED);
	play_wait(play, 90 * S);
	tell(play, 40, 40, 0);
	assert_true(prune(play, &answer, MAX) > 0);
	assert_true(answer.count <= 32);
	come(play, 'I', 160, 2, NODE);
	play_wait(play, 90 * S);
	tell(play, 200, 200, 0);
	prune(play, &answer, MAX);
	assert_true(answer.count > 0);
	for (size_t i = 0; i < answer.count; i++)
		assert_int_equal(answer.mates[i].peer[0], 'I'); /* 160 need 39 outbound */
	play_free(play);
}

/* Of a target of 16: the best of two networks, the two fastest, the four best, then half of the rest by age. */
static void each_measure_protects_its_best(void **state)
{
	struct report fast = NODE;
	struct play *play = play_new();
	struct answer answer;

	(void)state;
	come(play, 'I', 30, 3, NODE);
	play_wait(play, 90 * S);
	fast.latency_us = 20000;
	play_ok(play, "I20", "11.3.20.1", REPORT_RESPONSE, RESULT_OK, fast);
	fast.latency_us = 30000;
	play_ok(play, "I21", "11.3.21.1", REPORT_RESPONSE, RESULT_OK, fast);
	fast.latency_us = 90000;
	play_ok(play, "I22", "11.3.22.1", REPORT_RESPONSE, RESULT_OK, fast);
	for (int i = 23; i < 30; i++) {
		char peer[16], addr[32];

		snprintf(peer, sizeof(peer), "I%d", i);
		snprintf(addr, sizeof(addr), "11.3.%d.1", i);
		play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_BAD, NODE);
	}
	come(play, 'N', 1, 4, NODE);
	play_wait(play, 90 * S);
	tell(play, 31, 16, 0);
	prune(play, &answer, MAX);
	assert_false(names(&answer, "I20"));
	assert_false(names(&answer, "I21"));
	assert_false(names(&answer, "I0")); /* the oldest */
	assert_false(names(&answer, "N0")); /* two networks, and the best of each */
	/* 31 - 2 - 2 - 4 = 23; the twelve youngest, the bad ones first. */
	assert_int_equal(answer.count, 12);
	for (int i = 0; i < 7; i++)
		assert_true(answer.mates[i].score < 0);
	for (int i = 23; i < 30; i++) {
		char peer[16];

		snprintf(peer, sizeof(peer), "I%d", i);
		assert_true(names(&answer, peer));
	}
	assert_int_equal(prune(play, &answer, 3), 3);
	assert_int_equal(prune(play, &answer, 0), 12); /* 31 - 16 = 15, but no more may go */
	tell(play, 20, 16, 0);
	assert_int_equal(prune(play, &answer, 0), 4);
	tell(play, 16, 16, 29);
	assert_int_equal(prune(play, &answer, 0), 2); /* 31 came in */
	play_wait(play, 61 * S);
	assert_int_equal(prune(play, &answer, 0), 0); /* what was told is too old */
	play_free(play);
}

/* The network furthest over its share goes first, one after the other, until others are as far. */
static void the_fullest_network_goes_first(void **state)
{
	struct play *play = play_new();
	struct answer answer;
	unsigned int big = 0;

	(void)state;
	come_from(play, 'A', 40, 20, 1, NODE);
	for (unsigned int i = 0; i < 40; i++) {
		come_from(play, 'A', i, 1, 1, NODE);
		come_from(play, 'B', i, 1, 2, NODE);
	}
	play_wait(play, 90 * S);
	tell(play, 100, 16, 0);
	assert_true(prune(play, &answer, 20) == 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(answer.mates[i].peer[0], 'A'); /* 60 .. 41 */
	prune(play, &answer, 40);
	for (size_t i = 0; i < answer.count; i++)
		big += answer.mates[i].peer[0] == 'A';
	assert_in_range(big, 20, 30); /* from 40 on they take turns */
	assert_non_null(strstr(answer.mates[0].why, "60 links"));
	play_free(play);
}

static void networks_have_their_share_of_the_verified(void **state)
{
	struct play *play = play_new();
	struct answer answer;
	char peer[16], addr[32];

	(void)state;
	come(play, 'A', 30, 1, NODE);
	come(play, 'B', 30, 2, NODE);
	play_wait(play, 2 * MIN);
	for (int i = 0; i < 30; i++) { /* of A all are verified, of B three */
		snprintf(peer, sizeof(peer), "A%d", i);
		snprintf(addr, sizeof(addr), "11.1.%d.1", i);
		play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_OK, NODE);
		snprintf(peer, sizeof(peer), "B%d", i);
		snprintf(addr, sizeof(addr), "11.2.%d.1", i);
		if (i % 10 == 9)
			play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_OK, NODE);
	}
	tell(play, 60, 60, 0);
	assert_true(prune(play, &answer, 5) == 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(answer.mates[i].peer[0], 'B');
		assert_non_null(strstr(answer.mates[i].why, "its share is 7")); /* 2 + 60 x 3/33 */
	}
	play_free(play);
}

/* Any crowd: the same question has the same answer, nobody who is spared is in it, and a longer one begins with the shorter. */
static void longer_answers_begin_with_shorter_ones(void **state)
{
	static struct answer one, two;

	(void)state;
	for (uint64_t seed = 1; seed < 20; seed++) {
		struct play *play = play_new_with(NULL, seed);
		uint64_t dice = seed * UINT64_C(0x9e3779b97f4a7c15);
		char peer[16], addr[32];

		for (int i = 0; i < 120; i++) {
			struct report how = dice >> 60 & 1 ? DIALLED : NODE;

			dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
			snprintf(peer, sizeof(peer), "P%d", i);
			snprintf(addr, sizeof(addr), "11.%u.%d.1", (unsigned int)(dice >> 33) % 12,
				 i);
			play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_OK, how);
			if (dice >> 40 & 1)
				play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_BAD, how);
			play_wait(play, (dice >> 50 & 7) * S);
		}
		tell(play, 120, 60, 0);
		prune(play, &one, MAX);
		assert_true(one.count > 5);
		for (size_t want = 1; want <= one.count; want++) {
			assert_int_equal(prune(play, &two, want), want);
			for (size_t i = 0; i < want; i++)
				assert_string_equal(one.mates[i].peer, two.mates[i].peer);
		}
		play_free(play);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_named_of_nobody),
		cmocka_unit_test(the_trusted_the_young_and_the_outbound_stay),
		cmocka_unit_test(outbound_beyond_the_quota_may_go),
		cmocka_unit_test(each_measure_protects_its_best),
		cmocka_unit_test(the_fullest_network_goes_first),
		cmocka_unit_test(networks_have_their_share_of_the_verified),
		cmocka_unit_test(longer_answers_begin_with_shorter_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
