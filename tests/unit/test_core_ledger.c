/* SPDX-License-Identifier: BSD-2-Clause */
/* Points fade as they should, in whole numbers, however often one looks; bands hold on; ladders climb and are forgotten. */
#include "tap.h"

#include "ladder.h"
#include "ledger.h"

#define S UINT64_C(1000000000)

static const struct {
	uint64_t seconds;
	int32_t left; /* of 10 points, half-life 600 s */
} fades[] = {
	{0, 10000000},	 {60, 9330330},	 {300, 7071068}, {600, 5000000},
	{1200, 2500000}, {3600, 156250}, {86400, 0},	 {UINT64_MAX, 0},
};

static void points_fade_by_half_each_half_life(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fades); i++) {
		int32_t left = ledger_fade(10 * POINT, fades[i].seconds, 600);

		assert_in_range(left - fades[i].left + 2, 0, 4);
	}
}

static void looking_often_changes_nothing(void **state)
{
	struct policy_settings settings;
	struct ledger once = {0}, often;

	(void)state;
	policy_settings_default(&settings);
	ledger_debit(&once, &settings, 100, 0);
	often = once;
	for (uint64_t at = 0; at <= 600 * S; at += S / 8)
		ledger_settle(&often, &settings, at);
	ledger_settle(&once, &settings, 600 * S);
	assert_in_range(often.penalty - once.penalty + 2000, 0,
			4000); /* a five-hundredth of a point */
	assert_int_equal(ledger_score(&often, &settings, 600 * S), -50);
}

static void sums_have_ends(void **state)
{
	struct policy_settings settings;
	struct ledger ledger = {0};

	(void)state;
	policy_settings_default(&settings);
	for (int i = 0; i < 1000; i++) {
		ledger_debit(&ledger, &settings, 100, 0);
		ledger_credit(&ledger, &settings, 100, 0);
	}
	assert_int_equal(ledger_score(&ledger, &settings, 0), -70);
	assert_int_equal(ledger_penalty(&ledger, &settings, 0), 100);
	ledger.reward = 0;
	assert_int_equal(ledger_score(&ledger, &settings, 0), -100);
}

static const struct {
	const char *what;
	unsigned int debit, credit;
	uint64_t at_s;
	enum standing band;
} bands[] = {
	{"a newcomer", 0, 0, 0, STANDING_NEUTRAL},
	{"one failure", 10, 0, 0, STANDING_POOR},
	{"two", 10, 0, 1, STANDING_DISCOURAGED},
	{"fading, still", 0, 0, 200, STANDING_DISCOURAGED},
	{"below 15 points", 0, 0, 300, STANDING_POOR},
	{"at 2, after 40 minutes", 0, 0, 2400, STANDING_NEUTRAL},
	{"earned 24", 0, 24, 20000, STANDING_NEUTRAL},
	{"and 2 more", 0, 2, 20000, STANDING_GOOD},
	{"down to 21", 5, 0, 20000, STANDING_GOOD},
	{"down to 16", 5, 0, 20000, STANDING_NEUTRAL},
};

static void bands_hold_on(void **state)
{
	struct policy_settings settings;
	struct ledger ledger = {0};

	(void)state;
	policy_settings_default(&settings);
	for (size_t i = 0; i < ARRAY_SIZE(bands); i++) {
		ledger_debit(&ledger, &settings, bands[i].debit, bands[i].at_s * S);
		ledger_credit(&ledger, &settings, bands[i].credit, bands[i].at_s * S);
		expect_true(bands[i].what,
			    ledger_band(&ledger, &settings, bands[i].at_s * S) == bands[i].band);
	}
}

static void ladders_grow_to_their_end(void **state)
{
	(void)state;
	assert_int_equal(ladder_grow(600, 0, 43200), 600);
	assert_int_equal(ladder_grow(600, 2, 43200), 2400);
	assert_int_equal(ladder_grow(600, 6, 43200), 38400);
	assert_int_equal(ladder_grow(600, 8, 43200), 43200);
	assert_int_equal(ladder_grow(600, 4000, 43200), 43200);
}

static void jitter_is_a_fifth_and_always_the_same(void **state)
{
	const struct hash_key key = hash_key_from(1), other = hash_key_from(2);
	struct prefix prefix = {.length = 128};
	uint32_t least = UINT32_MAX, most = 0;
	bool differs = false;

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		uint32_t seconds;

		prefix.addr.bytes[15] = (uint8_t)i;
		prefix.addr.bytes[14] = (uint8_t)(i >> 8);
		seconds = ladder_jitter(&key, &prefix, 0, 1000, 1100);
		assert_int_equal(seconds, ladder_jitter(&key, &prefix, 0, 1000, 1100));
		differs = differs || seconds != ladder_jitter(&other, &prefix, 0, 1000, 1100);
		least = seconds < least ? seconds : least;
		most = seconds > most ? seconds : most;
	}
	assert_int_equal(least, 800);
	assert_int_equal(most, 1100); /* the end holds for jitter, too */
	assert_true(differs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_fade_by_half_each_half_life),
		cmocka_unit_test(looking_often_changes_nothing),
		cmocka_unit_test(sums_have_ends),
		cmocka_unit_test(bands_hold_on),
		cmocka_unit_test(ladders_grow_to_their_end),
		cmocka_unit_test(jitter_is_a_fifth_and_always_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
