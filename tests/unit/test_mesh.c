/* SPDX-License-Identifier: BSD-2-Clause */
/* The third question: who is really here? Connected at the protocol level, best and most stable first. */
#include "play.h"

#include "questions.h"

enum { MAX = 64 };

struct answer {
	struct mate mates[MAX];
	size_t count;
};

static size_t mesh(struct play *play, struct answer *ret, int service, size_t want)
{
	memset(ret, 0xff, sizeof(*ret));
	ret->count = policy_mesh(play->policy, service, want, play->now, ret->mates, MAX);
	for (size_t i = 0; i < ret->count; i++) {
		assert_true(ret->mates[i].why[0]);
		assert_true(strnlen(ret->mates[i].why, MATE_WHY_MAX) < 100);
		assert_true(i < 2 || strcmp(ret->mates[i].peer, ret->mates[i - 1].peer) != 0);
	}
	return ret->count;
}

static bool has(struct play *play, const char *peer)
{
	struct answer answer;

	mesh(play, &answer, -1, 0);
	for (size_t i = 0; i < answer.count; i++) {
		if (!strcmp(answer.mates[i].peer, peer))
			return true;
	}
	return false;
}

/* The order, as one string. */
static const char *order(struct play *play, char ret[256])
{
	struct answer answer;

	ret[0] = 0;
	mesh(play, &answer, -1, 0);
	for (size_t i = 0; i < answer.count; i++) {
		strcat(ret, i ? " " : "");
		strcat(ret, answer.mates[i].peer);
	}
	return ret;
}

static void only_those_whose_status_is_known_are_here(void **state)
{
	struct play *play = play_new();
	struct answer answer;

	(void)state;
	assert_int_equal(mesh(play, &answer, -1, 0), 0);
	play_ok(play, "A", "11.1.0.1", REPORT_CONNECTED, RESULT_NONE, NODE);
	assert_false(has(play, "A"));
	play_ok(play, "A", "11.1.0.1", REPORT_HANDSHAKE, RESULT_OK, NODE);
	assert_true(has(play, "A"));
	play_ok(play, "A", "11.1.0.1", REPORT_GOODBYE, RESULT_NONE,
		(struct report){.service = -1, .goodbye_code = 1, .direction = DIRECTION_INBOUND});
	assert_false(has(play, "A")); /* it is leaving */
	play_ok(play, "A", "11.1.0.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_ok(play, "A", "11.1.0.1", REPORT_CONNECTED, RESULT_NONE, NODE);
	assert_false(has(play, "A"));
	play_ok(play, "A", "11.1.0.1", REPORT_STATUS, RESULT_OK, NODE);
	assert_true(has(play, "A"));
	play_ok(play, "A", "11.1.0.1", REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_false(has(play, "A")); /* banned: it will be disconnected */
	play_ok(play, "B", NULL, REPORT_HANDSHAKE, RESULT_OK, NODE);
	assert_true(has(play, "B")); /* from nobody knows where */
	play_ok(play, "B", NULL, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	play_ok(play, "Never", NULL, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_int_equal(mesh(play, &answer, -1, 0), 0);
	play_free(play);
}

static void the_best_and_most_stable_come_first(void **state)
{
	struct report fast = NODE, slow = NODE;
	struct play *play = play_new();
	char text[256];

	(void)state;
	fast.latency_us = 20000;
	slow.latency_us = 400000;
	play_join(play, "Old", "11.1.0.1");
	play_wait(play, HOUR);
	play_join(play, "Slow", "11.2.0.1");
	play_join(play, "Fast", "11.3.0.1");
	play_join(play, "Bad", "11.4.0.1");
	play_join(play, "Friend", "11.5.0.1");
	play_ok(play, "Slow", "11.2.0.1", REPORT_RESPONSE, RESULT_OK, slow);
	play_ok(play, "Fast", "11.3.0.1", REPORT_RESPONSE, RESULT_OK, fast);
	play_ok(play, "Bad", "11.4.0.1", REPORT_RESPONSE, RESULT_BAD, NODE);
	play_ok(play, "Friend", "11.5.0.1", REPORT_VERDICT, RESULT_TRUST, NODE);
	assert_string_equal(order(play, text), "Friend Old Fast Slow Bad");
	play_free(play);
}

/* Of equals, those whose networks have fewer before them. */
static void networks_take_turns(void **state)
{
	struct play *play = play_new();
	char text[256];

	(void)state;
	play_join(play, "A1", "11.1.0.1");
	play_join(play, "A2", "11.1.0.2");
	play_join(play, "A3", "11.1.0.3");
	play_join(play, "B1", "11.2.0.1");
	play_join(play, "B2", "11.2.0.2");
	play_join(play, "C1", "2001:db8::1");
	order(play, text);
	assert_true(strlen(text) == 17);
	for (int i = 0; i < 3; i++) { /* one of each, then … */
		for (int k = 0; k < i; k++)
			assert_true(text[3 * i] != text[3 * k]);
	}
	assert_true(text[9] != text[12]);
	assert_int_equal(text[15], 'A');
	play_free(play);
}

static void so_many_as_wanted_of_that_service(void **state)
{
	struct play *play = play_new();
	struct answer answer;
	char peer[16], addr[32];

	(void)state;
	for (int i = 0; i < 100; i++) {
		const struct report of = {.service = i % 2, .direction = DIRECTION_INBOUND};

		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "11.%d.0.1", i);
		play_ok(play, peer, addr, REPORT_CONNECTED, RESULT_NONE, of);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_OK, of);
	}
	assert_int_equal(mesh(play, &answer, 0, 0), 50);
	for (size_t i = 0; i < answer.count; i++)
		assert_true((answer.mates[i].peer[strlen(answer.mates[i].peer) - 1] - '0') % 2 ==
			    0);
	assert_int_equal(mesh(play, &answer, -1, 0), MAX);
	assert_int_equal(mesh(play, &answer, -1, 7), 7);
	assert_int_equal(mesh(play, &answer, -1, SIZE_MAX), MAX);
	assert_int_equal(mesh(play, &answer, 5, 0), 0);
	assert_int_equal(mesh(play, &answer, 99, 0), 0);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_those_whose_status_is_known_are_here),
		cmocka_unit_test(the_best_and_most_stable_come_first),
		cmocka_unit_test(networks_take_turns),
		cmocka_unit_test(so_many_as_wanted_of_that_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
