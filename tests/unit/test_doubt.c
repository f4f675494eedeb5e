/* SPDX-License-Identifier: BSD-2-Clause */
/* When the fault may be ours: the cold start, and law 13: behind or syncing, we judge nobody by head or use. */
#include "play.h"

#include "../../user/core/book.h" /* the CLI has one, too */
#include "doubt.h"
#include "peers.h"

static struct play *play_cold(void)
{
	struct play *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	policy_settings_default(&self->settings);
	self->is_cold = true;
	play_open(self, 1);
	return self;
}

static int penalty_of(struct play *play, const char *peer)
{
	uint32_t number = peer_find(play->policy, peer);

	assert_int_not_equal(number, 0);
	return ledger_penalty(&peer_at(play->policy, number)->past.ledger, &play->settings,
			      play->now);
}

static void bad_answer(struct play *play, const char *peer)
{
	play_ok(play, peer, NULL, REPORT_RESPONSE, RESULT_BAD, NODE);
}

static void a_cold_start_takes_no_points_for_suspicion(void **state)
{
	struct play *play = play_cold();

	(void)state;
	play_join(play, "Late", "192.0.2.1:1");
	for (int i = 0; i < 20; i++)
		bad_answer(play, "Late");
	assert_int_equal(penalty_of(play, "Late"), 0);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_wait(play, 299 * S);
	bad_answer(play, "Late");
	assert_int_equal(penalty_of(play, "Late"), 0);
	play_wait(play, S);
	bad_answer(play, "Late");
	assert_int_equal(penalty_of(play, "Late"), 5);
	play_free(play);
}

/* Eight networks end it, eight peers of one do not. */
static void eight_networks_with_a_status_end_a_cold_start(void **state)
{
	struct play *play = play_cold();
	char peer[16], addr[32];

	(void)state;
	for (int i = 0; i < 14; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "192.%d.2.%d", i < 8 ? 7 : i, i + 1);
		assert_true(policy_is_cold(play->policy));
		play_join(play, peer, addr);
		play_ok(play, peer, addr, REPORT_STATUS, RESULT_OK, NODE);
	}
	assert_true(policy_is_cold(play->policy)); /* seven */
	play_join(play, "Eighth", "2001:db8::1");
	assert_false(policy_is_cold(play->policy));
	play_free(play);
}

/* Proof is proof from the first second on, and a stranger whose connections all fail is backed off. */
static void a_cold_start_spares_no_proof_and_no_storm(void **state)
{
	struct play *play = play_cold();

	(void)state;
	play_join(play, "Forger", "192.0.2.1:1");
	play_ok(play, "Forger", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_true(play_bans(play, "192.0.2.1"));
	play_fail(play, "Mute", "192.0.2.2:1", RESULT_TIMEOUT, NODE);
	play_fail(play, "Mute", "192.0.2.2:2", RESULT_TIMEOUT, NODE);
	assert_true(play_refuses(play, "192.0.2.2"));
	assert_int_equal(penalty_of(play, "Mute"), 0);
	play_churn(play, "192.0.2.3");
	assert_true(play_refuses(play, "192.0.2.3"));
	play_free(play);
}

static void a_cold_start_keeps_the_floor_open(void **state)
{
	const struct capacity full = {.max = 8, .connected = 8};
	struct play *play = play_cold();
	struct account account;
	int8_t floor;

	(void)state;
	policy_explain_floor(play->policy, 0, play->now, &account);
	assert_string_equal(account.why[0], "nobody has said lately how full the service is");
	policy_capacity(play->policy, 0, &full, play->now, &floor, NULL);
	assert_int_equal(floor, FLOOR_OPEN);
	policy_explain_floor(play->policy, 0, play->now, &account);
	assert_non_null(strstr(account.why[0], "cold start: "));
	assert_non_null(strstr(account.why[0], "the floor is open however full the node is"));
	assert_true(play_explains(play, "192.0.2.7", "the floor is open however full"));
	play_wait(play, 300 * S);
	policy_capacity(play->policy, 0, &full, play->now, &floor, NULL);
	assert_int_equal(floor, 5);
	policy_explain_floor(play->policy, 0, play->now, &account);
	assert_string_equal(account.why[0], "the service is full (8 of 8)");
	assert_false(play_explains(play, "192.0.2.7", "cold start"));
	policy_capacity(play->policy, 0, &(struct capacity){.max = 8, .connected = 7}, play->now,
			&floor, NULL);
	policy_explain_floor(play->policy, 0, play->now, &account);
	assert_string_equal(account.why[0], "the service is not full (7 of 8)");
	play_free(play);
}

static void a_cold_start_of_0_is_none(void **state)
{
	struct play *play = calloc(1, sizeof(*play));

	(void)state;
	assert_non_null(play);
	policy_settings_default(&play->settings);
	play->settings.cold_start_s = 0;
	play->is_cold = true;
	play_open(play, 1);
	assert_false(policy_is_cold(play->policy));
	play_free(play);
}

static void meet_three(struct play *play, uint64_t head_slot)
{
	struct report report = NODE;
	char peer[16], addr[32];

	report.head_slot = head_slot;
	for (int i = 0; i < 3; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "192.%d.2.1", i + 1);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_OK, report);
		play_ok(play, peer, addr, REPORT_STATUS, RESULT_OK, report);
	}
	play_wait(play, S);
}

static void tell(struct play *play, struct node_state node)
{
	assert_int_equal(policy_node(play->policy, 0, &node, play->now, NULL), 0);
}

/* Head 9,000,000 everywhere; what we say of ourselves; whether we doubt it. */
static const struct {
	const char *what;
	struct node_state node;
	bool doubts;
} selves[] = {
	{"at the head", {.has_head = true, .head_slot = 9000000}, false},
	{"ahead of all", {.has_head = true, .head_slot = 9500000}, false},
	{"two epochs behind", {.has_head = true, .head_slot = 9000000 - 64}, false},
	{"more than two epochs behind", {.has_head = true, .head_slot = 9000000 - 65}, true},
	{"syncing", {.has_syncing = true, .syncing = true}, true},
	{"not syncing", {.has_syncing = true}, false},
	{"nothing told", {0}, false},
};

static void law_13_behind_or_syncing_we_judge_nobody(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(selves); i++) {
		struct play *play = play_new();

		tell(play, selves[i].node);
		meet_three(play, 9000000);
		expect_true(selves[i].what,
			    node_doubts_itself(play->policy, 0) == selves[i].doubts);
		bad_answer(play, "P1");
		expect_true(selves[i].what, penalty_of(play, "P1") == (selves[i].doubts ? 0 : 5));
		/* What is no question of data counts all the same. */
		play_ok(play, "P1", NULL, REPORT_RESPONSE, RESULT_TIMEOUT, NODE);
		expect_true(selves[i].what, penalty_of(play, "P1") == (selves[i].doubts ? 5 : 10));
		play_free(play);
	}
}

static void law_13_our_head_is_believed_for_a_quarter_of_an_hour(void **state)
{
	struct play *play = play_new();

	(void)state;
	tell(play, (struct node_state){.has_head = true, .head_slot = 1});
	meet_three(play, 9000000);
	assert_true(node_doubts_itself(play->policy, 0));
	play_wait(play, 15 * MIN);
	assert_false(node_doubts_itself(play->policy, 0));
	play_free(play);
}

/* One network's word does not make us doubt ourselves. */
static void law_13_a_liar_alone_makes_no_doubt(void **state)
{
	struct report lie = NODE;
	struct play *play = play_new();

	(void)state;
	lie.head_slot = UINT64_MAX;
	tell(play, (struct node_state){.has_head = true, .head_slot = 9000000});
	meet_three(play, 9000000);
	for (int i = 0; i < 9; i++) {
		char peer[16];

		snprintf(peer, sizeof(peer), "Liar%d", i);
		play_ok(play, peer, "198.51.100.1", REPORT_HANDSHAKE, RESULT_OK, lie);
		play_ok(play, peer, "198.51.100.1", REPORT_STATUS, RESULT_OK, lie);
	}
	play_wait(play, S);
	assert_false(node_doubts_itself(play->policy, 0));
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cold_start_takes_no_points_for_suspicion),
		cmocka_unit_test(eight_networks_with_a_status_end_a_cold_start),
		cmocka_unit_test(a_cold_start_spares_no_proof_and_no_storm),
		cmocka_unit_test(a_cold_start_keeps_the_floor_open),
		cmocka_unit_test(a_cold_start_of_0_is_none),
		cmocka_unit_test(law_13_behind_or_syncing_we_judge_nobody),
		cmocka_unit_test(law_13_our_head_is_believed_for_a_quarter_of_an_hour),
		cmocka_unit_test(law_13_a_liar_alone_makes_no_doubt),
	};

	return cmocka_run_group_tests_name("doubt", tests, NULL, NULL);
}
