/* SPDX-License-Identifier: BSD-2-Clause */
/* dirty: marks against a model; and that whatever changes a record of the book marks it, and time alone does not. */
#include "play.h"

#include "../../user/core/book.h" /* the CLI has one, too */
#include "peers.h"
#include "places.h"

enum { MAX = 9000, STEPS = 20000 };

static void marks_and_takes_like_the_model(void **state)
{
	struct arena arena = {0};
	struct dirty dirty;
	bool *model = calloc(MAX + 1, sizeof(*model));
	uint32_t at = 0, random = 1;

	(void)state;
	dirty_init(&dirty, &arena, MAX);
	arena = (struct arena){.memory = calloc(1, arena.used)};
	dirty_init(&dirty, &arena, MAX);
	assert_int_equal(dirty_next(&dirty, 0), 0);
	for (int step = 0; step < STEPS; step++) {
		uint32_t number = (random = random * 1664525 + 1013904223) % MAX + 1;

		if (step % 3)
			dirty_set(&dirty, number);
		else
			dirty_clear(&dirty, number);
		model[number] = step % 3;
	}
	dirty_set(&dirty, MAX);
	model[MAX] = true;
	for (uint32_t number = 1; number <= MAX; number++) {
		if (!model[number])
			continue;
		at = dirty_next(&dirty, at);
		assert_int_equal(at, number);
	}
	assert_int_equal(dirty_next(&dirty, at), 0);
	dirty_clear_all(&dirty);
	assert_int_equal(dirty_next(&dirty, 0), 0);
	free(arena.memory);
	free(model);
}

static void a_slice_takes_the_next_ones(void **state)
{
	static uint64_t words[8192];
	struct arena arena = {.memory = (uint8_t *)words};
	struct dirty dirty;
	uint32_t got[3];

	(void)state;
	dirty_init(&dirty, &arena, MAX);
	assert_in_range(arena.used, 1, sizeof(words));
	for (uint32_t number = 1; number <= MAX; number += 4999)
		dirty_set(&dirty, number);
	assert_int_equal(dirty_take(&dirty, 0, got, 1), 1);
	assert_int_equal(got[0], 1);
	assert_int_equal(dirty_take(&dirty, got[0], got, 3), 1);
	assert_int_equal(got[0], 5000);
	assert_int_equal(dirty_take(&dirty, 0, got, 3), 0);
}

static void clean(struct play *play)
{
	dirty_clear_all(&play->policy->dirty_places);
	dirty_clear_all(&play->policy->dirty_peers);
}

static uint32_t place_of(struct play *play, const char *addr)
{
	const struct prefix prefix = play_prefix(addr);

	return place_find(play->policy, &prefix);
}

/* Exactly these two, or neither (0). */
static void expect(struct play *play, uint32_t place, uint32_t peer)
{
	assert_int_equal(dirty_next(&play->policy->dirty_places, 0), place);
	assert_int_equal(dirty_next(&play->policy->dirty_peers, 0), peer);
	if (place)
		assert_int_equal(dirty_next(&play->policy->dirty_places, place), 0);
	if (peer)
		assert_int_equal(dirty_next(&play->policy->dirty_peers, peer), 0);
	clean(play);
}

static void a_report_marks_its_parties(void **state)
{
	struct play *play = play_new();
	uint32_t place, peer;

	(void)state;
	play_join(play, "first", "192.0.2.1");
	play_join(play, "second", "192.0.2.2");
	clean(play);
	place = place_of(play, "192.0.2.2");
	peer = peer_find(play->policy, "second");
	play_ok(play, "second", NULL, REPORT_RESPONSE, RESULT_OK, NODE);
	expect(play, place, peer);
	play_wait(play,
		  HOUR); /* the score that the kernel holds fades; what is kept does not change */
	expect(play, 0, 0);
	play_ok(play, "second", "192.0.2.2", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	expect(play, place, peer);
	play_churn(play, "192.0.2.2");
	expect(play, place, 0);
	play_wait(play, DAY);
	expect(play, place, 0); /* the backoff ended */
	play_free(play);
}

static void an_operators_word_marks_its_place(void **state)
{
	struct play *play = play_new();
	const struct prefix prefix = play_prefix("198.51.100.0/24");
	uint32_t place;

	(void)state;
	play_join(play, "below", "198.51.100.7");
	clean(play);
	assert_int_equal(policy_ban(play->policy, &prefix, play->now + HOUR, REASON_OPERATOR,
				    play->now, NULL),
			 0);
	place = place_find(play->policy, &prefix);
	expect(play, place, 0);
	assert_int_equal(policy_unban(play->policy, &prefix, play->now, NULL), 0);
	expect(play, place, 0); /* forgotten: what is not there any more is marked, too */
	assert_int_equal(place_find(play->policy, &prefix), 0);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_and_takes_like_the_model),
		cmocka_unit_test(a_slice_takes_the_next_ones),
		cmocka_unit_test(a_report_marks_its_parties),
		cmocka_unit_test(an_operators_word_marks_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
