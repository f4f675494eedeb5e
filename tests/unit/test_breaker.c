/* SPDX-License-Identifier: BSD-2-Clause */
/* Law 6: when half of our networks fail at once the fault is ours. And what must not wait for that. */
#include "play.h"

enum { PEERS = 64, GOOD_S = 12 * 60 };

struct town {
	struct play *play;
	char ids[PEERS][16], addrs[PEERS][32];
	unsigned int count;
};

static void town_free(struct town *self)
{
	play_free(self->play);
	free(self);
}

static void tell(struct town *self, unsigned int i, enum report_event event,
		 enum report_result result)
{
	play_ok(self->play, self->ids[i], self->addrs[i], event, result, NODE);
}

static void answer(struct town *self, unsigned int from)
{
	for (unsigned int i = from; i < self->count; i++)
		tell(self, i, REPORT_RESPONSE, RESULT_OK);
}

/* So many good peers, each in a network of its own, that have answered for twelve minutes. */
static struct town *town_new(unsigned int count)
{
	struct town *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	self->play = play_new();
	self->count = count;
	for (unsigned int i = 0; i < count; i++) {
		snprintf(self->ids[i], sizeof(self->ids[i]), "Good%u", i);
		snprintf(self->addrs[i], sizeof(self->addrs[i]), "52.%u.0.1:%u", i, 1000 + i);
		play_join(self->play, self->ids[i], self->addrs[i]);
	}
	for (int s = 0; s < GOOD_S; s += 20) {
		answer(self, 0);
		play_wait(self->play, 20 * S);
	}
	return self;
}

static struct breaker_view see(const struct town *self)
{
	struct breaker_view view;

	policy_breaker_see(self->play->policy, self->play->now, &view);
	return view;
}

static void wait_s(struct town *self, unsigned int seconds)
{
	for (unsigned int s = 0; s < seconds; s++)
		play_wait(self->play, S);
}

/* Answers fail, the connection breaks, it is tried anew and fails, and again. */
static void stall_one(struct town *self, unsigned int i, int second)
{
	char addr[32];

	if (second < 12) {
		tell(self, i, REPORT_RESPONSE, RESULT_TIMEOUT);
		return;
	}
	if (second < 24) {
		tell(self, i, REPORT_DISCONNECTED, RESULT_NONE);
		return;
	}
	snprintf(addr, sizeof(addr), "52.%u.0.1:%d", i, 2000 + second);
	play_fail(self->play, self->ids[i], addr, RESULT_TIMEOUT, NODE);
}

static unsigned int refused(struct town *self)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < self->count; i++)
		count += play_refuses(self->play, self->addrs[i]);
	return count;
}

/* As Lodestar did: 60 s in which our own loop stands, and 48 of 64 good peers were banned for it. */
static void law_6_a_stall_of_ours_refuses_nobody(void **state)
{
	struct town *town = town_new(PEERS);
	struct breaker_view view;
	bool was_open = false;

	(void)state;
	for (int second = 0; second < 60; second++) {
		for (unsigned int i = 0; i < PEERS; i++) {
			if ((i + (unsigned int)second) % 10 == 0)
				stall_one(town, i, second);
		}
		play_wait(town->play, S);
		assert_int_equal(refused(town), 0);
		was_open = was_open || see(town).open;
	}
	assert_true(was_open);
	view = see(town);
	assert_non_null(strstr(view.why, "of 64 networks failed"));
	assert_true(view.voided > PEERS);
	for (unsigned int i = 0; i < PEERS; i++)
		play_join(town->play, town->ids[i], town->addrs[i]);
	for (int s = 0; s < 300; s++) {
		if (s % 20 == 0)
			answer(town, 0);
		play_wait(town->play, S);
		assert_int_equal(refused(town), 0);
	}
	assert_false(see(town).open);
	assert_int_equal(see(town).opened, 1);
	for (unsigned int i = 0; i < PEERS; i++)
		assert_int_equal(play_verdict(town->play, town->addrs[i]) != NULL, 0);
	town_free(town);
}

/* A row of short connections is the kernel's word, and our stall makes it as well. */
static void law_6_churn_goes_through_the_breaker(void **state)
{
	struct town *town = town_new(16);

	(void)state;
	for (unsigned int i = 0; i < 16; i++)
		tell(town, i, REPORT_DISCONNECTED, RESULT_NONE);
	for (unsigned int i = 0; i < 16; i++) {
		char addr[16];

		snprintf(addr, sizeof(addr), "52.%u.0.1", i);
		play_churn(town->play, addr);
	}
	wait_s(town, 90);
	assert_int_equal(refused(town), 0);
	assert_int_equal(see(town).opened, 1);
	play_churn(town->play, "203.0.113.9"); /* a stranger's, too, while it is open */
	assert_false(play_refuses(town->play, "203.0.113.9"));
	town_free(town);
}

static void fail_all(struct town *self, unsigned int until)
{
	for (unsigned int i = 0; i < until; i++)
		tell(self, i, REPORT_RESPONSE, RESULT_TIMEOUT);
}

/* What is proven stays proven, and a live ban stays. */
static void law_6_proof_goes_on_and_bans_stay(void **state)
{
	struct town *town = town_new(16);

	(void)state;
	play_join(town->play, "Forger", "203.0.113.1:1");
	play_ok(town->play, "Forger", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE);
	fail_all(town, 16);
	wait_s(town, 1);
	assert_true(see(town).open);
	assert_true(play_bans(town->play, "203.0.113.1"));
	play_join(town->play, "Other", "203.0.113.2:1");
	play_ok(town->play, "Other", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_true(play_bans(town->play, "203.0.113.2"));
	town_free(town);
}

/* Half of the networks fail, and the rest goes on as before: those are bad, we are not. */
static void law_6_who_fails_while_others_succeed_is_at_fault(void **state)
{
	struct town *town = town_new(16);

	(void)state;
	for (int round = 0; round < 6; round++) {
		fail_all(town, 8);
		answer(town, 8);
		wait_s(town, 10);
	}
	assert_int_equal(see(town).opened, 0);
	wait_s(town, 60);
	answer(town, 8);
	assert_int_equal(refused(town), 8);
	town_free(town);
}

/* Seven are too few to tell: what fails counts at once. So does a stranger among many. */
static void law_6_few_networks_and_strangers_do_not_wait(void **state)
{
	struct town *few = town_new(7), *many = town_new(16);

	(void)state;
	for (int i = 0; i < 4; i++)
		fail_all(few, 7);
	assert_int_equal(refused(few), 7);
	assert_int_equal(see(few).opened, 0);
	play_fail(many->play, "Mute", "203.0.113.1:1", RESULT_TIMEOUT, NODE);
	play_fail(many->play, "Mute", "203.0.113.1:2", RESULT_TIMEOUT, NODE);
	assert_true(play_refuses(many->play, "203.0.113.1"));
	town_free(few);
	town_free(many);
}

/* Of somebody who succeeded before, it counts a minute later, from the moment when it was. */
static void held_evidence_counts_after_a_calm_minute(void **state)
{
	struct town *town = town_new(16);

	(void)state;
	for (int i = 0; i < 4; i++)
		tell(town, 3, REPORT_RESPONSE, RESULT_TIMEOUT);
	wait_s(town, 59);
	assert_false(play_refuses(town->play, town->addrs[3]));
	wait_s(town, 1);
	assert_true(play_refuses(town->play, town->addrs[3]));
	assert_in_range(play_left_s(town->play, town->addrs[3]), 539, 540);
	town_free(town);
}

/* Two connections that failed, and then one that worked: by the time that they count they are over. */
static void a_success_meanwhile_ends_what_was_held(void **state)
{
	struct town *town = town_new(16);

	(void)state;
	tell(town, 3, REPORT_DISCONNECTED, RESULT_NONE);
	play_fail(town->play, "Good3", "52.3.0.1:7001", RESULT_TIMEOUT, NODE);
	play_fail(town->play, "Good3", "52.3.0.1:7002", RESULT_ERROR, NODE);
	wait_s(town, 5);
	play_join(town->play, "Good3", "52.3.0.1:7003");
	wait_s(town, 120);
	assert_false(play_refuses(town->play, "52.3.0.1"));
	town_free(town);
}

/* It is no switch: ten minutes at most, and three times an hour. */
static void law_6_ten_minutes_at_most_three_times_an_hour(void **state)
{
	struct town *town = town_new(16);
	unsigned int open_s = 0, longest_s = 0, run_s = 0;

	(void)state;
	for (int s = 0; s < 3600; s++) {
		if (s % 30 == 0)
			fail_all(town, 16);
		play_wait(town->play, S);
		run_s = see(town).open ? run_s + 1 : 0;
		open_s += see(town).open;
		longest_s = run_s > longest_s ? run_s : longest_s;
	}
	assert_int_equal(see(town).opened, 3);
	assert_in_range(longest_s, 590, 600);
	assert_in_range(open_s, 1700, 1800);
	assert_non_null(strstr(see(town).why, "three times within the hour"));
	town_free(town);
}

static void an_operator_holds_it_open_and_resumes(void **state)
{
	struct town *town = town_new(16);

	(void)state;
	policy_breaker(town->play->policy, BREAKER_HOLD, town->play->now);
	assert_true(see(town).open && see(town).by_operator);
	assert_true(see(town).until_ns == FOREVER_NS);
	wait_s(town, 1200);
	play_fail(town->play, "Mute", "203.0.113.1:1", RESULT_TIMEOUT, NODE);
	play_fail(town->play, "Mute", "203.0.113.1:2", RESULT_TIMEOUT, NODE);
	assert_false(play_refuses(town->play, "203.0.113.1"));
	policy_breaker(town->play->policy, BREAKER_RESUME, town->play->now);
	assert_false(see(town).open);
	fail_all(town, 16); /* for ten minutes it does not open by itself */
	wait_s(town, 2);
	assert_false(see(town).open);
	assert_non_null(strstr(see(town).why, "operator has resumed"));
	for (int s = 0; s < 600; s++) {
		if (s % 20 == 0)
			answer(town, 0);
		play_wait(town->play, S);
	}
	fail_all(town, 16);
	wait_s(town, 61); /* the last answers have to be a minute old */
	fail_all(town, 16);
	wait_s(town, 1);
	assert_true(see(town).open);
	town_free(town);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_6_a_stall_of_ours_refuses_nobody),
		cmocka_unit_test(law_6_churn_goes_through_the_breaker),
		cmocka_unit_test(law_6_proof_goes_on_and_bans_stay),
		cmocka_unit_test(law_6_who_fails_while_others_succeed_is_at_fault),
		cmocka_unit_test(law_6_few_networks_and_strangers_do_not_wait),
		cmocka_unit_test(held_evidence_counts_after_a_calm_minute),
		cmocka_unit_test(a_success_meanwhile_ends_what_was_held),
		cmocka_unit_test(law_6_ten_minutes_at_most_three_times_an_hour),
		cmocka_unit_test(an_operator_holds_it_open_and_resumes),
	};

	return cmocka_run_group_tests_name("breaker", tests, NULL, NULL);
}
