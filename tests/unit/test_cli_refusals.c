/* SPDX-License-Identifier: BSD-2-Clause */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "refusals.h"

static json_t *counters(long long pace, long long score, long long would)
{
	return json_pack("[{s:s,s:s,s:s,s:I}, {s:s,s:s,s:s,s:I}, {s:s,s:s,s:I}, {s:s,s:s,s:I}]",
			 "family", "ipv4", "verdict", "refuse", "reason", "source_pace", "packets",
			 (json_int_t)pace, "family", "ipv6", "verdict", "refuse", "reason",
			 "source_pace", "packets", (json_int_t)pace, "verdict", "refuse", "reason",
			 "bad_score", "packets", (json_int_t)score, "verdict", "would_refuse",
			 "reason", "bad_score", "packets", (json_int_t)would);
}

static void count(struct refusals *self, json_t *values, double seconds)
{
	refusals_count(self, values, seconds);
	json_decref(values);
}

static void sample(struct refusals *self, const char *addr, const char *reason, const char *verdict)
{
	json_t *event =
		json_pack("{s:s,s:s,s:s}", "source", addr, "reason", reason, "verdict", verdict);

	refusals_sample(self, event);
	json_decref(event);
}

/* The first count tells no rate; the next ones tell the difference, both families together, each kind apart. */
static void test_rates(void **state)
{
	struct refusals *self = calloc(1, sizeof(*self));
	const struct refusal_reason *pace = &self->reasons[REASON_SOURCE_PACE];
	const struct refusal_reason *score = &self->reasons[REASON_BAD_SCORE];

	(void)state;
	count(self, counters(1000, 5, 7), 0);
	assert_true(pace->rates[REFUSED] == 0);
	assert_int_equal(pace->totals[REFUSED], 2000);
	count(self, counters(1100, 5, 17), 2);
	assert_true(pace->rates[REFUSED] == 100);
	assert_true(score->rates[REFUSED] == 0);
	assert_true(score->rates[WOULD_BE_REFUSED] == 5);
	count(self, counters(10, 0, 0), 1); /* a new gate counts from 0 */
	assert_true(pace->rates[REFUSED] == 20);
	free(self);
}

static void test_estimates(void **state)
{
	struct refusals *self = calloc(1, sizeof(*self));

	(void)state;
	count(self, counters(0, 0, 0), 1);
	for (int i = 0; i < 9; i++)
		sample(self, "192.0.2.7", "source_pace", "refuse");
	sample(self, "192.0.2.8", "source_pace", "would_refuse");
	sample(self, "192.0.2.9", "source_pace", "pass");
	sample(self, "192.0.2.9", "no such reason", "refuse");
	count(self, counters(500, 0, 0), 1);
	refusals_sort(self);
	assert_int_equal(self->source_count, 2);
	assert_string_equal(self->sources[0].address, "192.0.2.7");
	assert_true(refusal_estimate(self, &self->sources[0]) > 899.9);
	assert_true(refusal_estimate(self, &self->sources[0]) < 900.1);
	for (int i = 0; i < 20; i++)
		count(self, counters(500, 0, 0), 1);
	assert_int_equal(self->source_count, 0);
	free(self);
}

/* More sources than places: the faintest go, the heavy one stays, nothing is written outside. */
static void test_crowd(void **state)
{
	struct refusals *self = calloc(1, sizeof(*self));
	char address[ADDR_TEXT_MAX];

	(void)state;
	for (int i = 0; i < 5; i++)
		sample(self, "192.0.2.7", "bad_score", "refuse");
	for (int i = 0; i < 3 * REFUSAL_SOURCES_MAX; i++) {
		snprintf(address, sizeof(address), "2001:db8:%x::/64", i);
		sample(self, address, "bad_score", "refuse");
	}
	assert_int_equal(self->source_count, REFUSAL_SOURCES_MAX);
	count(self, counters(0, 0, 0), 1);
	count(self, counters(0, 1000, 0), 1);
	refusals_sort(self);
	assert_string_equal(self->sources[0].address, "192.0.2.7");
	free(self);
}

/* Answers of another shape do no harm. */
static void test_nonsense(void **state)
{
	static const char *const values[] = {
		"[]",
		"{}",
		"null",
		"[null, 1, \"x\", {}]",
		"[{\"verdict\": 1, \"reason\": 2}]",
		"{\"source\": 7, \"reason\": \"bad_score\", \"verdict\": \"refuse\"}",
		"[{\"verdict\": \"refuse\", \"reason\": \"bad_score\", \"packets\": \"many\"}]"};
	struct refusals *self = calloc(1, sizeof(*self));

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		json_t *value = json_loads(values[i], JSON_DECODE_ANY, NULL);

		assert_non_null(value);
		refusals_count(self, value, 1);
		refusals_sample(self, value);
		json_decref(value);
	}
	assert_int_equal(self->source_count, 0);
	free(self);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_estimates),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
