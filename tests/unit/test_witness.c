/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows for a source's record when its connections open, end and are found alive: a table of days, the live counts, visits. */
#include "tap.h"

#include <string.h>

#include "witness.h"

enum { S = 1000000000, SHORT_S = 15, CHURN = 5 };

static const uint64_t short_ns = (uint64_t)SHORT_S * S;

static struct life life_at(uint64_t opened_s, uint8_t ended)
{
	return (struct life){.opened_ns = opened_s * S, .service = 2, .ended = ended};
}

static void one(struct witness *witness, uint64_t opened_s, uint64_t ended_s, uint8_t ended)
{
	struct life life = life_at(opened_s, ended);

	witness_open(witness, life.service, life.opened_ns, 0);
	witness_end(witness, &life, ended_s * S, short_ns);
}

static void a_first_connection_makes_a_record(void **state)
{
	struct witness witness = {0};

	(void)state;
	one(&witness, 100, 103, ENDED_BY_THEM);
	assert_int_equal(witness.opened, 1);
	assert_int_equal(witness.ended_by_them, 1);
	assert_int_equal(witness.ended_by_us + witness.ended_unknown, 0);
	assert_int_equal(witness.short_lived, 1);
	assert_int_equal(witness.lasted, 0);
	assert_int_equal(witness.last_ms, 3000);
	assert_int_equal(witness.longest_ms, 3000);
	assert_int_equal(witness_living(&witness), 0);
	assert_true(witness.first_ns == 100ULL * S && witness.last_ns == 103ULL * S);
	assert_int_equal(witness.visits[0].from_s, 100);
	assert_int_equal(witness.visits[0].until_s, 103);
	assert_int_equal(witness.visits[0].services, 1 << 2);
	assert_int_equal(witness.visits[1].services, 0);
}

/* Each step goes on from the one before. */
static const struct {
	const char *what;
	uint64_t opened_s, ended_s;
	bool lasted, late;	    /* as the mark says at the end */
	uint32_t row, lasted_count; /* afterwards */
} rows[] = {
	{"a short one", 100, 101, false, false, 1, 0},
	{"another", 101, 101, false, false, 2, 0},
	{"just short", 101, 115, false, false, 3, 0},
	{"as long as it takes", 115, 130, false, false, 0, 1},
	{"a short one again", 131, 132, false, false, 1, 1},
	{"one that was found to last", 133, 400, true, false, 0, 1},
	{"a short one after it", 401, 402, false, false, 1, 1},
	{"of unknown age, soon over", 403, 404, false, true, 1, 1},
	{"of unknown age, and long", 405, 460, false, true, 0, 2},
	{"the clock of another CPU is behind", 461, 460, false, false, 1, 2},
};

static void a_row_grows_until_one_lasts(void **state)
{
	struct witness witness = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct life life = life_at(rows[i].opened_s, ENDED_UNKNOWN);
		uint32_t before = witness.short_lived;
		int grew;

		life.lasted = rows[i].lasted;
		life.late = rows[i].late;
		witness_open(&witness, life.service, life.opened_ns, 0);
		grew = witness_end(&witness, &life, rows[i].ended_s * S, short_ns);
		expect_true(rows[i].what, witness.short_lived == rows[i].row);
		expect_true(rows[i].what, witness.lasted == rows[i].lasted_count);
		expect_true(rows[i].what, grew == (rows[i].row == before + 1));
	}
	assert_int_equal(witness.ended_unknown, ARRAY_SIZE(rows));
	assert_int_equal(witness.last_ms, 0);
	assert_int_equal(witness.longest_ms, 267000);
}

static void one_alive_that_lasts_ends_the_row(void **state)
{
	struct witness witness = {0};

	(void)state;
	witness_open(&witness, 0, 10ULL * S, 0);
	for (int i = 0; i < CHURN; i++)
		one(&witness, 20, 21, ENDED_BY_US);
	assert_int_equal(witness.short_lived, CHURN);
	witness_lasted(&witness, 0, 40ULL * S, 1);
	assert_int_equal(witness.short_lived, 0);
	assert_int_equal(witness.lasted, 1);
	one(&witness, 41, 42, ENDED_BY_US);
	witness_lasted(&witness, 0, 50ULL * S, 0);
	assert_int_equal(witness.short_lived, 0);
	assert_int_equal(witness.lasted, 1);
	assert_int_equal(witness.visits[0].until_s, 50);
	assert_int_equal(witness_living(&witness), 1);
}

static void live_counts_never_fall_below_zero(void **state)
{
	struct live live = {0, 0};

	(void)state;
	live_end(&live, 1);
	assert_int_equal(live.living, 0);
	assert_int_equal(live.census, 0);
	live_open(&live, 0);
	live_end(&live, 1);
	assert_int_equal(live.living, 0);
	assert_int_equal(live.census, 0);
	live = (struct live){UINT32_MAX, 7};
	live_end(&live, 0);
	assert_int_equal(live.living, UINT32_MAX - 1);
	assert_int_equal(live.census, 7);
}

/* A count as it stands, what a census finds, what becomes of it. */
static const struct {
	const char *what;
	uint32_t living;
	uint32_t counted, missed, opened, ended; /* while the census goes on */
	int32_t error;
	uint32_t settled;
} censuses[] = {
	{"nothing", 0, 0, 0, 0, 0, 0, 0},
	{"right", 5, 5, 0, 0, 0, 0, 5},
	{"too high", 9, 5, 0, 0, 0, 4, 5},
	{"nothing lives", 9, 0, 0, 0, 0, 9, 0},
	{"too low, all marked", 2, 5, 0, 0, 0, -3, 5},
	{"some were not known", 2, 2, 3, 0, 0, 0, 5},
	{"comings and goings", 5, 5, 0, 7, 4, 0, 8},
	{"comings, goings, and too high", 6, 5, 0, 7, 4, 1, 8},
};

static void a_census_sets_it_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(censuses); i++) {
		struct live live = {censuses[i].living,
				    3 /* left by a census that was broken off */};

		live_clear(&live);
		expect_true(censuses[i].what, live.living == censuses[i].living && !live.census);
		for (uint32_t n = 0; n < censuses[i].counted; n++)
			live_count(&live);
		for (uint32_t n = 0; n < censuses[i].missed; n++)
			live_open(&live, 1);
		for (uint32_t n = 0; n < censuses[i].opened; n++)
			live_open(&live, 1);
		for (uint32_t n = 0; n < censuses[i].ended; n++)
			live_end(&live, 1);
		expect_true(censuses[i].what, live_settle(&live) == censuses[i].error);
		expect_true(censuses[i].what, live.living == censuses[i].settled);
		expect_true(censuses[i].what, live_settle(&live) == 0);
		live_open(&live, 1);
		expect_true(censuses[i].what, live_settle(&live) == 0);
		expect_true(censuses[i].what, live.living == censuses[i].settled + 1);
	}
}

static void numbers_wrap_or_saturate(void **state)
{
	struct witness witness = {.opened = UINT32_MAX, .short_lived = ROW_MAX};
	const uint64_t year_s = 365ULL * 86400;

	(void)state;
	one(&witness, 10, 11, ENDED_BY_US);
	assert_int_equal(witness.opened, 0);
	assert_int_equal(witness.short_lived, ROW_MAX);
	one(&witness, 20, 20 + year_s, ENDED_BY_US);
	assert_int_equal(witness.last_ms, UINT32_MAX);
	assert_int_equal(witness.longest_ms, UINT32_MAX);
	assert_int_equal(witness.short_lived, 0);
}

static void a_pause_ends_a_visit(void **state)
{
	struct witness witness = {0};

	(void)state;
	one(&witness, 100, 101, ENDED_BY_US);
	one(&witness, 101 + VISIT_GAP_S - 1, 120, ENDED_BY_US);
	assert_int_equal(witness.visits[0].from_s, 100);
	assert_int_equal(witness.visits[0].until_s, 120);
	for (uint64_t i = 1; i < VISITS + 2; i++)
		one(&witness, 1000 * i, 1000 * i + 5, ENDED_BY_US);
	for (uint64_t i = 0; i < VISITS; i++) {
		assert_int_equal(witness.visits[i].from_s, 1000 * (VISITS + 1 - i));
		assert_int_equal(witness.visits[i].until_s, 1000 * (VISITS + 1 - i) + 5);
	}
}

static void a_visit_goes_on_while_anything_lives(void **state)
{
	struct witness witness = {0};
	struct life first = life_at(100, ENDED_BY_THEM);

	(void)state;
	witness_open(&witness, 2, 100ULL * S, 0);
	witness_open(&witness, 5, 5000ULL * S, 0);
	assert_int_equal(witness.visits[0].from_s, 100);
	assert_int_equal(witness.visits[0].until_s, 5000);
	assert_int_equal(witness.visits[0].services, 1 << 2 | 1 << 5);
	witness_end(&witness, &first, 9000ULL * S, short_ns);
	assert_int_equal(witness.visits[0].until_s, 9000);
	assert_int_equal(witness.visits[1].services, 0);
	assert_int_equal(witness.live[2].living, 0);
	assert_int_equal(witness.live[5].living, 1);
}

static void churn_is_told_once_a_second(void **state)
{
	struct witness witness = {0};
	const uint64_t now_ns = 1000ULL * S;

	(void)state;
	witness.short_lived = CHURN - 1;
	assert_false(witness_tells(&witness, CHURN, now_ns));
	witness.short_lived = CHURN;
	assert_false(witness_tells(&witness, 0, now_ns));
	assert_true(witness_tells(&witness, CHURN, now_ns));
	assert_false(witness_tells(&witness, CHURN, now_ns + S - 1));
	assert_true(witness_tells(&witness, CHURN, now_ns + S));
	witness.short_lived = 0;
	assert_false(witness_tells(&witness, CHURN, now_ns + 5ULL * S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_connection_makes_a_record),
		cmocka_unit_test(a_row_grows_until_one_lasts),
		cmocka_unit_test(one_alive_that_lasts_ends_the_row),
		cmocka_unit_test(live_counts_never_fall_below_zero),
		cmocka_unit_test(a_census_sets_it_right),
		cmocka_unit_test(numbers_wrap_or_saturate),
		cmocka_unit_test(a_pause_ends_a_visit),
		cmocka_unit_test(a_visit_goes_on_while_anything_lives),
		cmocka_unit_test(churn_is_told_once_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
