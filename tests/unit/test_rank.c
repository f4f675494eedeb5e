/* SPDX-License-Identifier: BSD-2-Clause */
/* The second question: in what order to dial? Tables of candidates, and what holds for every seed. */
#include "round.h"

static void each_gets_its_why(void **state)
{
	const struct node_state ours = {.has_digest = true, .digest = {7}};
	struct play *play = play_new();
	struct round *round = round_new();

	(void)state;
	assert_int_equal(policy_node(play->policy, 0, &ours, play->now, NULL), 0);
	play_fail(play, "Bad", "11.1.0.1", RESULT_WRONG_NETWORK, NODE);
	play_join(play, "Here", "11.2.0.1");
	play_ok(play, "Nat", "11.3.0.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, DIALLED);
	play_ok(play, "Met", "11.4.0.1", REPORT_HANDSHAKE, RESULT_OK, DIALLED);
	play_ok(play, "Met", "11.4.0.1", REPORT_DISCONNECTED, RESULT_NONE, DIALLED);

	set_digest(add(round, "OtherFork", "11.5.0.1"), 8);
	set_digest(add(round, "SameFork", "11.6.0.1"), 7);
	add(round, "Bad", "11.7.0.1");
	add(round, "Any", "11.1.0.1"); /* the bad one's source */
	add(round, "Here", "11.8.0.1");
	add(round, "Neighbour", "11.2.0.1");
	add(round, "Nat", "11.3.0.1");
	add(round, "Met", "11.4.0.1");
	add(round, "Nowhere", NULL);
	add(round, "SameFork", "11.9.0.1");
	add(round, "", "11.10.0.1");
	add(round, "", "11.10.0.1");
	assert_int_equal(rank(play, round, 0, 1), 3);
	expect_why(round, 0, RANK_WRONG_FORK);
	assert_true(find(round, 1)->dial);
	expect_why(round, 2, RANK_REFUSED);
	expect_why(round, 3, RANK_REFUSED);
	expect_why(round, 4, RANK_LIVE);
	expect_why(round, 5, RANK_LIVE);
	expect_why(round, 6, RANK_REFUSED);
	expect_why(round, 7, RANK_KNOWN);
	expect_why(round, 8, RANK_NO_ADDRESS);
	expect_why(round, 9, RANK_DUPLICATE);
	assert_true(find(round, 10)->dial);
	expect_why(round, 11, RANK_DUPLICATE);
	free(round);
	play_free(play);
}

static void a_name_without_an_address_hides_nobody(void **state)
{
	struct play *play = play_new();
	struct round *round = round_new();

	(void)state;
	add(round, "A", NULL);
	add(round, "A", "11.1.0.1");
	add(round, "A", "11.2.0.1");
	add(round, "", NULL);
	add(round, "", NULL);
	assert_int_equal(rank(play, round, 0, 1), 1);
	expect_why(round, 0, RANK_NO_ADDRESS);
	assert_true(find(round, 1)->dial);
	expect_why(round, 2, RANK_DUPLICATE);
	expect_why(round, 3, RANK_NO_ADDRESS);
	expect_why(round, 4, RANK_NO_ADDRESS);
	free(round);
	play_free(play);
}

static void the_address_that_may_be_dialled_is_chosen(void **state)
{
	struct play *play = play_new();
	struct round *round = round_new();
	struct candidate *many;

	(void)state;
	play_fail(play, "Bad", "11.1.0.1", RESULT_WRONG_NETWORK, NODE);
	play_ok(play, "A", "11.2.0.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, DIALLED);
	many = add(round, "A", "11.1.0.1");
	also_at(many, "11.2.0.1");
	also_at(many, "192.168.0.9");
	also_at(many, "11.3.0.1");
	also_at(many, "11.4.0.1");
	many = add(round, "B", "10.0.0.9");
	also_at(many, "11.1.0.1");
	add(round, "C", "11.9.0.1");
	assert_int_equal(rank(play, round, 0, 1), 3);
	assert_int_equal(find(round, 0)->addr, 3);
	assert_int_equal(find(round, 1)->addr,
			 0); /* a private one is better than a refused one … */
	assert_int_equal(round->ranked[2].candidate, 1); /* … and comes last */
	free(round);
	play_free(play);
}

/* A private network is the operator's own: no sharing there. */
static void private_addresses_share_nothing(void **state)
{
	struct play *play = play_new();
	struct round *round = round_new();

	(void)state;
	add(round, "A", "10.0.0.1");
	add(round, "B", "10.0.0.2");
	add(round, "C", "11.0.0.1");
	add(round, "D", "11.0.0.2");
	assert_int_equal(rank(play, round, 0, 1), 3);
	assert_int_equal(find(round, 2)->dial + find(round, 3)->dial, 1);
	assert_true(find(round, 2)->why == RANK_NETWORK_IN_BATCH ||
		    find(round, 3)->why == RANK_NETWORK_IN_BATCH);
	free(round);
	play_free(play);
}

static void a_seed_gives_its_order_again(void **state)
{
	struct play *play = play_new();
	struct round *one = round_new(), *two = round_new();
	unsigned int alike = 0;

	(void)state;
	add_strangers(one, 500);
	add_strangers(two, 500);
	for (uint64_t seed = 0; seed < 20; seed++) {
		rank(play, one, 50, seed);
		rank(play, two, 50, seed);
		assert_memory_equal(one->ranked, two->ranked, 500 * sizeof(one->ranked[0]));
		rank(play, two, 50, seed + 1);
		alike += one->ranked[0].candidate == two->ranked[0].candidate;
	}
	assert_true(alike < 5);
	free(one);
	free(two);
	play_free(play);
}

/* Law 8: among peers that always did well, a newcomer is first now and then, and in a batch often. */
static void newcomers_always_have_a_chance(void **state)
{
	struct play *play = play_new();
	struct round *round = round_new();
	unsigned int alone = 0, dialled = 0;
	char peer[16], addr[32];

	(void)state;
	for (unsigned int i = 0; i < 40; i++) {
		snprintf(peer, sizeof(peer), "Good%u", i);
		snprintf(addr, sizeof(addr), "11.%u.0.1", i);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_OK, DIALLED);
		for (int n = 0; n < 20; n++) {
			play_wait(play, 5 * MIN);
			play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_OK, DIALLED);
		}
		play_ok(play, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, DIALLED);
		add(round, peer, addr);
	}
	for (unsigned int i = 0; i < 10; i++) {
		snprintf(peer, sizeof(peer), "New%u", i);
		snprintf(addr, sizeof(addr), "11.%u.0.9", i); /* no network never tried */
		add(round, peer, addr);
	}
	for (uint64_t seed = 0; seed < 2000; seed++) {
		rank(play, round, 1, seed);
		alone += round->ranked[0].candidate >= 40;
		rank(play, round, 10, seed);
		for (size_t i = 0; i < round->dials; i++)
			dialled += round->ranked[i].candidate >= 40;
	}
	print_message("# newcomers: %u of 2000 single dials, %u of 2000 x 10\n", alone, dialled);
	assert_true(alone > 60 && alone < 1000);
	assert_true(dialled > 1000 && dialled < 10000);
	free(round);
	play_free(play);
}

static void the_better_known_are_mostly_first(void **state)
{
	struct play *play = play_new();
	struct round *round = round_new();
	unsigned int good = 0, flaky = 0;

	(void)state;
	play_ok(play, "Good", "11.1.0.1", REPORT_HANDSHAKE, RESULT_OK, DIALLED);
	for (int n = 0; n < 40; n++) {
		play_wait(play, 5 * MIN);
		play_ok(play, "Good", "11.1.0.1", REPORT_RESPONSE, RESULT_OK, DIALLED);
	}
	play_ok(play, "Good", "11.1.0.1", REPORT_DISCONNECTED, RESULT_NONE, DIALLED);
	for (int n = 0; n < 4; n++) {
		play_ok(play, "Flaky", "11.2.0.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, DIALLED);
		play_wait(play, 5 * MIN);
	}
	add(round, "New", "11.3.0.1");
	add(round, "Good", "11.1.0.1");
	add(round, "Flaky", "11.2.0.1");
	for (uint64_t seed = 0; seed < 1000; seed++) {
		rank(play, round, 3, seed);
		good += find(round, 1)->key > find(round, 0)->key;
		flaky += find(round, 2)->key > find(round, 0)->key;
	}
	print_message("# over a newcomer: good %u, flaky %u of 1000\n", good, flaky);
	assert_true(good > 650);
	assert_true(flaky > 0 && flaky < 300);
	free(round);
	play_free(play);
}

static void nothing_and_too_much_are_answered(void **state)
{
	struct play *play = play_new();
	struct round *round = round_new();

	(void)state;
	assert_int_equal(rank(play, round, 0, 0), 0);
	assert_int_equal(rank(play, round, 1000, 0), 0);
	add_strangers(round, 3000);
	assert_int_equal(rank(play, round, 0, 1), 3000);
	assert_int_equal(rank(play, round, SIZE_MAX, UINT64_MAX), 3000);
	assert_int_equal(rank(play, round, 1, 2), 1);
	for (size_t i = 0; i < 3000; i++)
		round->candidates[i] = round->candidates[0];
	assert_int_equal(rank(play, round, 0, 1), 1); /* one peer, 3000 times */
	assert_true(round->ranked[0].candidate == 0);
	for (size_t i = 0; i < 3000; i++)
		snprintf(round->candidates[i].peer, PEER_ID_MAX, "T%zu", i);
	assert_int_equal(rank(play, round, 0, 1), 1); /* one network */
	expect_why(round, round->ranked[1].candidate, RANK_NETWORK_IN_BATCH);
	free(round);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_gets_its_why),
		cmocka_unit_test(a_name_without_an_address_hides_nobody),
		cmocka_unit_test(the_address_that_may_be_dialled_is_chosen),
		cmocka_unit_test(private_addresses_share_nothing),
		cmocka_unit_test(a_seed_gives_its_order_again),
		cmocka_unit_test(newcomers_always_have_a_chance),
		cmocka_unit_test(the_better_known_are_mostly_first),
		cmocka_unit_test(nothing_and_too_much_are_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
