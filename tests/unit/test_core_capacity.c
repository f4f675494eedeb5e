/* SPDX-License-Identifier: BSD-2-Clause */
/* How full a service is, what that asks of scores, and what the kernel is told of them. */
#include <errno.h>

#include "play.h"

/* A stage where each of the node's thirty protocols that a peer speaks is worth a point, and nothing else is. */
static struct play *scored(void)
{
	struct node_state node = {.protocol_count = 30};
	struct policy_settings settings;
	struct play *play;

	policy_settings_default(&settings);
	settings.reward_latency = settings.reward_success = settings.reward_head = 0;
	settings.reward_protocols = 30;
	play = play_new_with(&settings, 1);
	for (uint32_t i = 0; i < 30; i++)
		node.protocols[i] = i + 1;
	for (unsigned int service = 0; service < SERVICES_MAX; service++)
		assert_int_equal(policy_node(play->policy, service, &node, play->now, NULL), 0);
	return play;
}

/* From now on the peer's rewards are @points. */
static void reward(struct play *play, const char *peer, const char *addr, unsigned int points)
{
	struct report status = NODE;

	status.protocol_count = (uint8_t)(points ? points : 1);
	for (uint32_t i = 0; i < status.protocol_count; i++)
		status.protocols[i] = points ? i + 1 : 1000;
	play_ok(play, peer, addr, REPORT_STATUS, RESULT_OK, status);
}

static int8_t tell(struct play *play, unsigned int service, const struct capacity *told)
{
	int8_t floor;

	assert_int_equal(policy_capacity(play->policy, service, told, play->now, &floor, NULL), 0);
	return floor;
}

static void name(int i, char peer[16], char addr[32])
{
	snprintf(peer, 16, "P%d", i);
	snprintf(addr, 32, "192.0.2.%d", i + 1);
}

enum { CROWD = 40 };

/* So many inbound peers of one network, a second apart, the i-th with @first + i * @step points, and past their first 90 s. */
static void crowd(struct play *play, unsigned int first, unsigned int step)
{
	char peer[16], addr[32];

	for (int i = 0; i < CROWD; i++) {
		name(i, peer, addr);
		play_wait(play, S);
		play_join(play, peer, addr);
		reward(play, peer, addr, first + (unsigned int)i * step);
	}
	play_wait(play, 90 * S);
}

/*
 * 40 inbound peers, the later the better. 7 are spared: of their network the best one, then the six best; and half of the other 33, the
 * 16 oldest. Of the 17 left the third worst (17 / 8, rounded up) decides.
 */
static void the_floor_rises_when_the_service_is_full(void **state)
{
	const struct capacity full = {.max = CROWD, .connected = CROWD};
	struct play *play = scored();
	char peer[16], addr[32];

	(void)state;
	assert_int_equal(tell(play, 0, &full), 5); /* nobody known: a stranger's 0, and 5 */
	play_join(play, "Young", "198.51.100.1");
	reward(play, "Young", "198.51.100.1", 12);
	assert_int_equal(tell(play, 0, &full), 5); /* in their first 90 s they are no measure */
	play_ok(play, "Young", "198.51.100.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	for (int i = 0; i < CROWD; i++) {
		name(i, peer, addr);
		play_wait(play, S);
		play_join(play, peer, addr);
		reward(play, peer, addr, 4 + (unsigned int)i / 4);
	}
	play_wait(play, 90 * S);
	assert_int_equal(tell(play, 0, &full), 4 + 18 / 4 + 5); /* the scores of P16, P17, P18 */
	for (int i = 16; i < 33; i++) {
		name(i, peer, addr);
		reward(play, peer, addr, 12);
	}
	assert_int_equal(tell(play, 0, &full), 13); /* 17: less than 5 away, stays */
	for (int i = 16; i < CROWD; i++) {
		name(i, peer, addr);
		reward(play, peer, addr, 13);
	}
	assert_int_equal(tell(play, 0, &full), 18);
	assert_int_equal(tell(play, 0, &(struct capacity){.max = CROWD, .connected = CROWD - 1}),
			 FLOOR_OPEN);
	assert_int_equal(play->floors[0], FLOOR_OPEN);
	assert_int_equal(
		policy_capacity(play->policy, SERVICES_MAX, &full, play->now, &(int8_t){0}, NULL),
		-EINVAL);
	play_free(play);
}

static void the_floor_has_ends_and_a_stale_one_opens(void **state)
{
	const struct capacity full = {.max = CROWD, .connected = CROWD};
	struct play *play = scored();
	char peer[16], addr[32];

	(void)state;
	crowd(play, 30, 0);
	assert_int_equal(tell(play, 2, &full), 20);
	play_wait(play, 60 * S);
	assert_int_equal(play->floors[2], 20);
	play_wait(play, S);
	assert_int_equal(play->floors[2], FLOOR_OPEN);
	for (int i = 0; i < CROWD; i++) {
		name(i, peer, addr);
		for (int n = 0; n < 3; n++)
			play_ok(play, peer, addr, REPORT_VERDICT, RESULT_DISCOURAGE, NODE);
	}
	assert_int_equal(tell(play, 2, &full), -20);
	play_free(play);
}

/* Law 9: links of our own are no measure, nor are they counted as such that came in. With places left in all, but none for those. */
static void a_service_is_full_when_its_inbound_places_are(void **state)
{
	const struct capacity inbound = {.max = 100, .connected = 50, .inbound_max = CROWD};
	const struct report dialled = {.service = -1, .direction = DIRECTION_OUTBOUND};
	struct play *play = scored();

	(void)state;
	crowd(play, 8, 0);
	play_ok(play, "Ours", "203.0.113.1", REPORT_CONNECTED, RESULT_NONE, dialled);
	play_ok(play, "Ours", "203.0.113.1", REPORT_VERDICT, RESULT_DISCOURAGE, dialled);
	assert_int_equal(tell(play, 0, &inbound), 8 + 5);
	play_ok(play, "P3", "192.0.2.4", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	assert_int_equal(tell(play, 0, &inbound), FLOOR_OPEN);
	play_free(play);
}

static const struct {
	const char *what;
	struct report report;
	unsigned int least_s[2], most_s[2]; /* the first and the second time; 0: no refusal */
} goodbyes[] = {
	{"we are full",
	 {.reason = REASON_TOO_MANY_PEERS, .direction = DIRECTION_OUTBOUND, .service = 2},
	 {48, 96},
	 {72, 144}},
	{"we are full, Prysm's code",
	 {.goodbye_code = 129, .direction = DIRECTION_OUTBOUND, .service = 2},
	 {240, 480},
	 {360, 720}},
	{"they are full",
	 {.goodbye_code = 129, .direction = DIRECTION_INBOUND, .service = 2},
	 {0},
	 {0}},
	{"a follower's",
	 {.goodbye_code = 129, .direction = DIRECTION_OUTBOUND, .second_hand = true, .service = 2},
	 {0},
	 {0}},
	{"we shut down",
	 {.goodbye_code = 1, .direction = DIRECTION_OUTBOUND, .service = 2},
	 {0},
	 {0}},
};

static void fullness_backs_off_without_a_stain(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(goodbyes); i++) {
		struct play *play = play_new();

		for (int n = 0; n < 2; n++) {
			unsigned long left;

			play_ok(play, "A", "192.0.2.1", REPORT_GOODBYE, RESULT_NONE,
				goodbyes[i].report);
			left = play_left_s(play, "192.0.2.1");
			expect_true(goodbyes[i].what, left >= goodbyes[i].least_s[n] &&
							      left <= goodbyes[i].most_s[n]);
			if (left) {
				assert_int_equal(play_verdict(play, "192.0.2.1")->services, 1 << 2);
				assert_int_equal(play_verdict(play, "192.0.2.1")->score, 0);
			}
			play_wait(play, (left + 1) * S);
		}
		play_free(play);
	}
}

static void a_known_source_is_told_by_differences(void **state)
{
	struct play *play = scored();

	(void)state;
	play_ok(play, "A", "2001:db8::1", REPORT_CONNECTED, RESULT_NONE, NODE);
	assert_int_equal(play->count, 0); /* a stranger has no record */
	play_ok(play, "A", "2001:db8::1", REPORT_HANDSHAKE, RESULT_OK, NODE);
	assert_int_equal(play->told, 1);
	assert_int_equal(play->neighbours, 1);
	reward(play, "A", "2001:db8::1", 4);
	assert_int_equal(play->told, 1); /* 0 and 4: nearly the same */
	reward(play, "A", "2001:db8::1", 5);
	assert_int_equal(play->told, 2);
	assert_int_equal(play->held[0].score, 5);
	reward(play, "A", "2001:db8::1",
	       0); /* the best that a peer of it has shown stays, and fades */
	assert_int_equal(play->held[0].score, 5);
	play_free(play);
}

/* Half a day later nobody has said anything: the score that the kernel holds has faded all the same. */
static void scores_fade_in_the_kernel(void **state)
{
	struct play *play = play_new();

	(void)state;
	play_join(play, "A", "192.0.2.1");
	play_ok(play, "A", "192.0.2.1", REPORT_VERDICT, RESULT_DISCOURAGE, NODE);
	assert_true(play->held[0].score <= -15);
	for (int i = 0; i < 60; i++)
		play_wait(play, MIN);
	assert_true(play->held[0].score > -5); /* less than a step from 0 */
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_floor_rises_when_the_service_is_full),
		cmocka_unit_test(the_floor_has_ends_and_a_stale_one_opens),
		cmocka_unit_test(a_service_is_full_when_its_inbound_places_are),
		cmocka_unit_test(fullness_backs_off_without_a_stain),
		cmocka_unit_test(a_known_source_is_told_by_differences),
		cmocka_unit_test(scores_fade_in_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
