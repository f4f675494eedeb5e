/* SPDX-License-Identifier: BSD-2-Clause */
/* What a book is after it was saved and came back: the same, older by the time that passed, whatever the clocks say. */
#include "play.h"

#include "save.h"

enum { COPIES_MAX = 512 };

#define UNIX_0 (UINT64_C(1700000000) * S)

struct copies {
	struct saved all[COPIES_MAX];
	unsigned int count;
};

static struct saved_clock at(const struct play *play, uint64_t unix_ns)
{
	return (struct saved_clock){.boot_ns = play->now, .unix_ns = unix_ns};
}

/* Everything that has changed, by rising number, places first, as a store would have it. */
static void take(struct play *play, enum saved_choice choice, uint64_t unix_ns, struct copies *ret)
{
	const struct saved_clock now = at(play, unix_ns);
	struct saved_cursor cursor = {0};

	ret->count = 0;
	while (policy_save_next(play->policy, choice, &cursor, &now, &ret->all[ret->count]))
		assert_in_range(++ret->count, 0, COPIES_MAX - 1);
}

static int by_row(const void *a, const void *b)
{
	const struct saved *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->number - (int)y->number;
}

/* A new process @boot_ns after its boot, when the wall clock says @unix_ns. */
static struct play *reborn(struct copies *copies, uint64_t boot_ns, uint64_t unix_ns)
{
	struct play *play = calloc(1, sizeof(*play));
	struct policy_output output = {play, play_decide, play_floor, play_neighbours, play_saw};
	struct saved_clock now;

	assert_non_null(play);
	policy_settings_default(&play->settings);
	play->settings.cold_start_s =
		0; /* which is of the process, not of the book, and has a line in each account */
	assert_int_equal(policy_new(&play->policy, &play->settings, &output, 1, NULL), 0);
	play->now = boot_ns;
	now = at(play, unix_ns);
	policy_load_begin(play->policy, &now, false);
	qsort(copies->all, copies->count, sizeof(copies->all[0]), by_row);
	for (unsigned int i = 0; i < copies->count; i++)
		if (!copies->all[i].gone)
			policy_load(play->policy, &copies->all[i]);
	policy_load_end(play->policy);
	policy_tick(play->policy, play->now);
	return play;
}

static void ban(struct play *play, const char *prefix, uint64_t seconds)
{
	const struct prefix where = play_prefix(prefix);
	uint64_t until = seconds ? play->now + seconds * S : FOREVER_NS;

	assert_int_equal(policy_ban(play->policy, &where, until, REASON_OPERATOR, play->now, NULL),
			 0);
}

static const char *const peers[] = {"Good", "Six", "Friend", "Mute", "Bad"};

/* A day in which everything happens that a book keeps. */
static struct play *full_book(void)
{
	struct play *play = play_new();
	const struct prefix friend = play_prefix("198.51.100.0/24");

	play_join(play, "Good", "192.0.2.1");
	play_wait(play, 2 * HOUR);
	play_ok(play, "Good", "192.0.2.1", REPORT_RESPONSE, RESULT_OK, NODE);
	play_join(play, "Six", "2001:db8:1::1");
	play_join(play, "Friend", "203.0.113.4");
	play_ok(play, "Friend", "203.0.113.4", REPORT_VERDICT, RESULT_TRUST, NODE);
	play_fail(play, "Mute", "192.0.2.9", RESULT_TIMEOUT, NODE);
	play_wait(play, 10 * S);
	play_fail(play, "Mute", "192.0.2.9", RESULT_TIMEOUT, NODE);
	play_ok(play, "Bad", "192.0.2.66", REPORT_RESPONSE, RESULT_INVALID, NODE);
	ban(play, "192.0.2.77", 3600);
	ban(play, "2001:db8:bad::/48", 0);
	assert_int_equal(policy_allow(play->policy, &friend, play->now, NULL), 0);
	/* Who is connected is of the process, not of the book. */
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		play_ok(play, peers[i], NULL, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	return play;
}

static const char *const sources[] = {"192.0.2.1",	 "2001:db8:1::1", "203.0.113.4",
				      "192.0.2.9",	 "192.0.2.66",	  "192.0.2.77",
				      "2001:db8:bad::1", "198.51.100.3"};

static void expect_same_account(const char *what, const struct account *a, const struct account *b)
{
	expect_true(what, a->known == b->known);
	expect_true(what, a->refused == b->refused);
	expect_true(what, a->reason == b->reason);
	expect_true(what, a->standing == b->standing);
	expect_true(what, a->score == b->score);
	expect_true(what, a->until_ns == b->until_ns);
	expect_true(what, a->whys == b->whys);
	for (unsigned int i = 0; i < a->whys && i < b->whys; i++)
		expect_true(a->why[i], !strcmp(a->why[i], b->why[i]));
}

static void a_book_comes_back_as_it_was(void **state)
{
	struct play *before = full_book(), *after;
	struct copies copies;
	struct account a, b;

	(void)state;
	take(before, SAVE_ALL, UNIX_0, &copies);
	assert_false(policy_save_waits(before->policy, SAVE_ALL));
	after = reborn(&copies, before->now, UNIX_0);
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
		assert_int_equal(policy_explain_peer(before->policy, peers[i], before->now, &a), 0);
		assert_int_equal(policy_explain_peer(after->policy, peers[i], after->now, &b), 0);
		expect_same_account(peers[i], &a, &b);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		const struct prefix where = play_prefix(sources[i]);

		policy_explain_prefix(before->policy, &where, before->now, &a);
		policy_explain_prefix(after->policy, &where, after->now, &b);
		expect_same_account(sources[i], &a, &b);
	}
	assert_int_equal(after->count, before->count);
	assert_int_equal(after->neighbours, before->neighbours);
	/* At the same numbers, so that nothing of it needs to be written again. */
	assert_false(policy_save_waits(after->policy, SAVE_ALL));
	play_free(before);
	play_free(after);
}

static void what_was_good_for_an_hour_still_protects(void **state)
{
	struct play *before = full_book(), *after;
	struct copies copies;

	(void)state;
	take(before, SAVE_ALL, UNIX_0, &copies);
	after = reborn(&copies, 100 * S, UNIX_0 + HOUR); /* a reboot: most of it was before */
	play_ok(after, "Other", "192.0.2.1", REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_in_range(play_left_s(after, "192.0.2.1"), 1, 600); /* law 4 */
	play_free(after);
	after = reborn(&copies, 100 * S, UNIX_0 + 2 * DAY);
	play_ok(after, "Other", "192.0.2.1", REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_in_range(play_left_s(after, "192.0.2.1"), 601, 24 * 3600);
	play_free(after);
	play_free(before);
}

/* What a ban of an hour has left, by how far the wall clock has moved until the next start. */
static const struct {
	const char *what;
	int64_t moved_s;
	unsigned long least_s, most_s;
} clocks[] = {
	{"at once", 0, 3600, 3600},
	{"ten minutes later", 600, 3000, 3000},
	{"over", 3600, 0, 0},
	{"the clock went back a day: no longer than it was", -86400, 3600, 3600},
	{"to 1970: no longer than it was", -1700000000, 3600, 3600},
	{"forward by ten years", INT64_C(315360000), 0, 0},
};

static void refusals_keep_their_time_and_no_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		struct play *before = full_book(), *after;
		struct copies copies;
		unsigned long left_s;

		take(before, SAVE_ALL, UNIX_0, &copies);
		after = reborn(&copies, 5 * S, UNIX_0 + (uint64_t)(clocks[i].moved_s * (int64_t)S));
		left_s = play_left_s(after, "192.0.2.77");
		expect_true(clocks[i].what,
			    left_s >= clocks[i].least_s && left_s <= clocks[i].most_s);
		expect_true(clocks[i].what, play_bans(after, "2001:db8:bad::1"));
		expect_true(clocks[i].what, play_verdict(after, "198.51.100.3"));
		play_free(before);
		play_free(after);
	}
}

/* Thirty days at most: a month's evidence has faded, but who it was is still known. */
static void a_wrong_clock_does_not_erase_the_book(void **state)
{
	struct play *before = full_book(), *after;
	struct copies copies;
	struct account account;

	(void)state;
	take(before, SAVE_ALL, UNIX_0, &copies);
	after = reborn(&copies, 5 * S, UNIX_0 + 3650 * DAY);
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		expect_true(peers[i],
			    !policy_explain_peer(after->policy, peers[i], after->now, &account));
	play_free(after);
	after = reborn(&copies, 5 * S, 1);
	assert_int_equal(policy_explain_peer(after->policy, "Bad", after->now, &account), 0);
	assert_in_range(-account.score, 95, 100);
	play_wait(after, 20 * MIN);
	assert_int_equal(policy_explain_peer(after->policy, "Bad", after->now, &account), 0);
	assert_in_range(-account.score, 24, 26); /* and not frozen: it fades on */
	play_free(before);
	play_free(after);
}

static void a_second_offence_is_a_second_one(void **state)
{
	struct play *before = full_book(), *after;
	unsigned long first_s = play_left_s(before, "192.0.2.66");
	struct copies copies;

	(void)state;
	take(before, SAVE_ALL, UNIX_0, &copies);
	after = reborn(&copies, 5 * S, UNIX_0 + 12 * HOUR);
	assert_false(play_refuses(after, "192.0.2.66"));
	play_ok(after, "Bad", "192.0.2.66", REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_in_range(play_left_s(after, "192.0.2.66"), 2 * first_s, 8 * first_s);
	play_free(after);
	after = reborn(&copies, 5 * S, UNIX_0 + 4 * DAY);
	play_ok(after, "Bad", "192.0.2.66", REPORT_RESPONSE, RESULT_INVALID, NODE);
	assert_in_range(play_left_s(after, "192.0.2.66"), 1, 3 * first_s / 2);
	play_free(after);
	play_free(before);
}

static void words_are_taken_alone(void **state)
{
	struct play *play = play_new();
	const struct prefix where = play_prefix("192.0.2.77");
	struct copies copies;

	(void)state;
	play_join(play, "Good", "192.0.2.1");
	assert_false(policy_save_waits(play->policy, SAVE_WORDS));
	ban(play, "192.0.2.77", 60);
	assert_true(policy_save_waits(play->policy, SAVE_WORDS));
	take(play, SAVE_WORDS, UNIX_0, &copies);
	assert_int_equal(copies.count, 1);
	assert_int_equal(copies.all[0].place.said.until, UNIX_0 + 60 * S);
	assert_int_equal(policy_unban(play->policy, &where, play->now, NULL), 0);
	take(play, SAVE_WORDS, UNIX_0, &copies);
	assert_int_equal(copies.count, 1);
	assert_true(copies.all[0].gone);
	assert_int_equal(policy_save_pending(play->policy), 2); /* the peer and its source */
	play_free(play);
}

/* A process that died between two transactions may leave a prefix at its old and its new number. */
static void of_two_rows_the_word_that_holds_stays(void **state)
{
	static const unsigned int orders[][2] = {{3, 7}, {7, 3}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct copies copies = {.count = 2};
		struct play *play;

		for (int row = 0; row < 2; row++)
			copies.all[row] =
				(struct saved){.kind = SAVED_PLACE,
					       .number = orders[i][row],
					       .taken = UNIX_0,
					       .place = {.prefix = play_prefix("192.0.2.7"),
							 .said = {.until = UNIX_0 - S,
								  .since = UNIX_0 - HOUR,
								  .standing = STANDING_BANNED,
								  .reason = REASON_OPERATOR}}};
		copies.all[1].place.said.until = UNIX_0 + HOUR;
		play = reborn(&copies, DAY, UNIX_0);
		assert_true(play_bans(play, "192.0.2.7"));
		play_free(play);
	}
}

/* The kernel's records outlived the process: their ends are newer, who said it and how often is known better here. */
static void the_kernel_and_the_store_agree(void **state)
{
	struct play *before = full_book(), *after = play_new();
	struct saved_clock now;
	struct copies copies;
	unsigned long told;

	(void)state;
	take(before, SAVE_ALL, UNIX_0, &copies);
	play_ok(before, "Late", "192.0.2.88", REPORT_RESPONSE, RESULT_INVALID, NODE);
	after->now = before->now;
	now = at(after, UNIX_0 + 30000000); /* the clocks have drifted by 30 ms */
	policy_load_begin(after->policy, &now, true);
	for (unsigned int i = 0; i < copies.count; i++)
		policy_load(after->policy, &copies.all[i]);
	assert_int_equal(after->told, 0);
	for (unsigned int i = 0; i < before->count; i++) {
		after->held[after->count++] = before->held[i];
		assert_int_equal(policy_restore(after->policy, &before->held[i], after->now), 0);
	}
	told = after->told;
	policy_load_end(after->policy);
	assert_int_equal(after->told, told); /* nothing that the kernel does not know */
	assert_int_equal(after->count, before->count);
	assert_true(play_bans(after, "192.0.2.88"));
	assert_true(play_explains(after, "192.0.2.66", "invalid answer"));
	play_free(before);
	play_free(after);
}

static void a_book_moves_to_another_host_once(void **state)
{
	struct play *from = full_book(), *to = play_new();
	struct copies copies;
	struct account a, b;
	struct saved_clock now;

	(void)state;
	take(from, SAVE_ALL, UNIX_0, &copies);
	to->now = from->now;
	now = at(to, UNIX_0);
	ban(to, "192.0.2.200", 60);
	for (int round = 0; round < 2; round++) {
		unsigned long told = to->told;

		for (unsigned int i = 0; i < copies.count; i++)
			assert_int_equal(policy_merge(to->policy, &copies.all[i], &now, NULL),
					 !round);
		assert_true(!round == (to->told != told)); /* twice is once */
		assert_int_equal(to->count, from->count + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
		assert_int_equal(policy_explain_peer(from->policy, peers[i], from->now, &a), 0);
		assert_int_equal(policy_explain_peer(to->policy, peers[i], to->now, &b), 0);
		expect_same_account(peers[i], &a, &b);
	}
	play_free(from);
	play_free(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_book_comes_back_as_it_was),
		cmocka_unit_test(what_was_good_for_an_hour_still_protects),
		cmocka_unit_test(refusals_keep_their_time_and_no_more),
		cmocka_unit_test(a_wrong_clock_does_not_erase_the_book),
		cmocka_unit_test(a_second_offence_is_a_second_one),
		cmocka_unit_test(words_are_taken_alone),
		cmocka_unit_test(of_two_rows_the_word_that_holds_stays),
		cmocka_unit_test(the_kernel_and_the_store_agree),
		cmocka_unit_test(a_book_moves_to_another_host_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
