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

/* Capacity: 16 inbound peers; the second worst (16 / 8) decides. */
static void the_floor_rises_when_the_service_is_full(void **state)
{
	struct play *play = scored();
	char peer[16], addr[32];
	int8_t floor;

	(void)state;
	assert_int_equal(policy_capacity(play->policy, 0,
					 &(struct capacity){.max = 16, .connected = 16}, play->now,
					 &floor, NULL),
			 0);
	assert_int_equal(floor, 5); /* nobody known: a stranger's 0, and 5 */
	for (int i = 0; i < 16; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "192.0.2.%d", i + 1);
		play_join(play, peer, addr);
		reward(play, peer, addr, 5 + (unsigned int)i);
	}
	policy_capacity(play->policy, 0, &(struct capacity){.max = 16, .connected = 16}, play->now,
			&floor, NULL);
	assert_int_equal(floor, 11); /* scores 5, 6, 7 …: the second is 6 */
	reward(play, "P0", "192.0.2.1", 6);
	reward(play, "P1", "192.0.2.2", 7);
	policy_capacity(play->policy, 0, &(struct capacity){.max = 16, .connected = 16}, play->now,
			&floor, NULL);
	assert_int_equal(floor, 11); /* less than 5 away: stays */
	policy_capacity(play->policy, 0, &(struct capacity){.max = 16, .connected = 15}, play->now,
			&floor, NULL);
	assert_int_equal(floor, FLOOR_OPEN);
	assert_int_equal(play->floors[0], FLOOR_OPEN);
	assert_int_equal(policy_capacity(play->policy, SERVICES_MAX,
					 &(struct capacity){.max = 1, .connected = 1}, play->now,
					 &floor, NULL),
			 -EINVAL);
	play_free(play);
}

static void the_floor_has_ends_and_a_stale_one_opens(void **state)
{
	struct play *play = scored();
	int8_t floor;

	(void)state;
	play_join(play, "Worst", "192.0.2.1");
	play_ok(play, "Worst", "192.0.2.1", REPORT_VERDICT, RESULT_BAN, NODE);
	policy_capacity(play->policy, 2, &(struct capacity){.max = 1, .connected = 1}, play->now,
			&floor, NULL);
	assert_int_equal(floor, -20);
	play_join(play, "Best", "192.0.2.2");
	reward(play, "Best", "192.0.2.2", 30);
	play_ok(play, "Worst", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	policy_capacity(play->policy, 2, &(struct capacity){.max = 1, .connected = 1}, play->now,
			&floor, NULL);
	assert_int_equal(floor, 20);
	play_wait(play, 60 * S);
	assert_int_equal(play->floors[2], 20);
	play_wait(play, S);
	assert_int_equal(play->floors[2], FLOOR_OPEN);
	play_free(play);
}

/* With places left in all, but none for who comes in. */
static void a_service_is_full_when_its_inbound_places_are(void **state)
{
	const struct capacity three = {.max = 16, .connected = 3, .inbound_max = 3};
	struct play *play = scored();
	int8_t floor;

	(void)state;
	play_join(play, "P1", "192.0.2.1");
	play_join(play, "P2", "192.0.2.2");
	policy_capacity(play->policy, 0, &three, play->now, &floor, NULL);
	assert_int_equal(floor, FLOOR_OPEN);
	play_join(play, "P3", "192.0.2.3");
	reward(play, "P1", "192.0.2.1", 5);
	reward(play, "P2", "192.0.2.2", 6);
	reward(play, "P3", "192.0.2.3", 7);
	policy_capacity(play->policy, 0, &three, play->now, &floor, NULL);
	assert_int_equal(floor, 10); /* the worst of three has 5, and 5 */
	play_ok(play, "P3", "192.0.2.3", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	policy_capacity(play->policy, 0, &three, play->now, &floor, NULL);
	assert_int_equal(floor, FLOOR_OPEN);
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
