/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel's record says of a moment, the order of records, and which sightings are told to the policy when. */
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "units.h"
#include "witness_book.h"
#include "witness_churn.h"

#define S UINT64_C(1000000000)

/* Two visits: 100 .. 110 on services 0 and 1, then 200 .. 205 on service 1; the clock stands at 300. */
static struct witness visited(uint32_t living)
{
	struct witness witness = {.opened = 7};

	witness.visits[0] = (struct visit){200, 205, 1 << 1};
	witness.visits[1] = (struct visit){100, 110, 1 << 0 | 1 << 1};
	witness.live[1].living = living;
	return witness;
}

static const struct {
	const char *what;
	int service;
	uint64_t at_s, slack_s;
	uint32_t living;
	bool seen;
} moments[] = {
	{"within the last", -1, 203, 0, 0, true},
	{"within the one before", -1, 105, 0, 0, true},
	{"on its service", 0, 105, 0, 0, true},
	{"on another service", 0, 203, 0, 0, false},
	{"on a service that nobody was on", 5, 203, 0, 0, false},
	{"between the two", -1, 150, 0, 0, false},
	{"before all", -1, 99, 0, 0, false},
	{"just before, with slack", -1, 95, 5, 0, true},
	{"a second too early for the slack", -1, 94, 5, 0, false},
	{"in the last second of a visit", -1, 206, 0, 0, true},
	{"just after, with slack", -1, 220, 15, 0, true},
	{"too late for the slack", -1, 222, 15, 0, false},
	{"while it is still here", -1, 280, 0, 1, true},
	{"while it is still here, on another service", 0, 280, 0, 1, false},
	{"after now, within the slack", -1, 310, 15, 1, true},
	{"after now, beyond it", -1, 316, 15, 1, false},
	{"at the beginning of time", -1, 0, 15, 0, false},
};

static void a_moment_is_seen_or_not(void **state)
{
	struct witness nobody = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		struct witness witness = visited(moments[i].living);

		expect_true(moments[i].what,
			    book_saw(&witness, moments[i].service, moments[i].at_s * S,
				     moments[i].slack_s * S, 300 * S) == moments[i].seen);
	}
	assert_false(book_saw(&nobody, -1, 0, 3600 * S, 300 * S));
}

static void what_hurts_most_comes_first(void **state)
{
	static const struct book_rank order[] = {
		{9, 0, 9, {{9}}}, {5, 3, 5, {{8}}}, {5, 2, 9, {{7}}}, {5, 2, 8, {{1}}},
		{5, 2, 8, {{2}}}, {0, 4, 4, {{3}}}, {0, 0, 0, {{4}}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		for (size_t j = 0; j < ARRAY_SIZE(order); j++)
			assert_true((book_order(&order[i], &order[j]) < 0) == (i < j) &&
				    (book_order(&order[i], &order[j]) == 0) == (i == j));
}

static void a_record_is_told_whole(void **state)
{
	struct config config = {.service_count = 2, .churn = 5, .churn_short_ns = 15 * S};
	struct source_key source = {{0, 0, 255, 255, 192, 0, 2, 7}};
	struct witness witness = visited(2);
	json_t *record, *list = json_array();

	(void)state;
	strcpy(config.services[0], "beacon");
	strcpy(config.services[1], "execution");
	witness.short_lived = 6;
	witness.last_ms = 1234;
	record = book_json(&config, &source, &witness);
	assert_string_equal(json_string_value(json_object_get(record, "addr")), "192.0.2.7/32");
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(record, "living"), "execution")),
		2);
	assert_int_equal(json_array_size(json_object_get(record, "services")), 2);
	assert_int_equal(json_array_size(json_object_get(record, "visits")), 2);
	assert_true(json_is_null(
		json_object_get(json_array_get(json_object_get(record, "visits"), 0), "until")));
	book_tell(list, &config, &witness, 300 * S);
	assert_non_null(strstr(json_string_value(json_array_get(list, 0)),
			       "the kernel saw 7 connections from here"));
	assert_string_equal(json_string_value(json_array_get(list, 1)),
			    "6 in a row ended in under 15 s, the last after 1.2 s: churn");
	json_decref(record);
	json_decref(list);
}

/* --- churn --- */

struct stage {
	struct churn churn;
	struct witness witness; /* of everybody */
	unsigned int judged, censuses;
	bool runs, has_census, is_gone;
};

static int look(void *context, const struct source_key *source, struct witness *ret)
{
	struct stage *self = context;

	(void)source;
	*ret = self->witness;
	return self->is_gone ? -1 : 0;
}

static int begin_census(void *context)
{
	struct stage *self = context;

	self->runs = self->has_census;
	self->censuses += self->has_census;
	return self->has_census ? 0 : -1;
}

static bool census_runs(void *context)
{
	return ((struct stage *)context)->runs;
}

static void judge(void *context, const struct sighting *sighting, uint32_t short_lived)
{
	(void)sighting;
	assert_true(short_lived >= 5);
	((struct stage *)context)->judged++;
}

static void stage_open(struct stage *ret)
{
	const struct churn_output output = {ret, look, begin_census, census_runs, judge};

	*ret = (struct stage){.has_census = true};
	churn_init(&ret->churn, &output);
	ret->churn.limit = 5;
	ret->churn.short_ns = 15 * S;
	ret->witness.short_lived = 5;
}

static void sight(struct stage *self, uint8_t who, uint32_t row, uint32_t living, uint64_t at_ns)
{
	const struct sighting sighting = {
		.at = at_ns, .source = {{who}}, .short_lived = row, .living = living};

	self->witness.live[0].living = living;
	churn_take(&self->churn, &sighting);
	churn_turn(&self->churn, at_ns);
}

/* The loop for so many seconds; a census takes one of them. */
static void pass(struct stage *self, uint64_t *now_ns, unsigned int seconds)
{
	for (; seconds; seconds--) {
		*now_ns += S;
		churn_turn(&self->churn, *now_ns);
		self->runs = false;
	}
}

static void nothing_alive_is_judged_at_once(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage);
	sight(&stage, 1, 5, 0, 100 * S);
	assert_int_equal(stage.judged, 1);
	assert_int_equal(stage.censuses, 0);
	sight(&stage, 1, 4, 0, 101 * S); /* told under a limit of a moment ago */
	stage.churn.limit = 0;
	sight(&stage, 1, 50, 0, 102 * S);
	assert_int_equal(stage.judged, 1);
}

static void something_alive_gets_the_time_to_last(void **state)
{
	struct stage stage;
	uint64_t now_ns = 100 * S;

	(void)state;
	stage_open(&stage);
	sight(&stage, 1, 5, 1, now_ns);
	sight(&stage, 1, 6, 1, now_ns);
	assert_int_equal(stage.churn.count, 1);
	pass(&stage, &now_ns, 14);
	assert_int_equal(stage.censuses + stage.judged, 0);
	pass(&stage, &now_ns, 2);
	assert_int_equal(stage.censuses, 1);
	assert_int_equal(stage.judged, 1);
	/* The same, but it lasted: the row is gone. */
	sight(&stage, 1, 5, 1, now_ns);
	stage.witness.short_lived = 0;
	pass(&stage, &now_ns, 20);
	assert_int_equal(stage.judged, 1);
	/* The same, but the record left. */
	stage.witness.short_lived = 5;
	sight(&stage, 1, 5, 1, now_ns);
	stage.is_gone = true;
	pass(&stage, &now_ns, 20);
	assert_int_equal(stage.judged, 1);
	assert_int_equal(stage.churn.count, 0);
}

static void without_a_census_what_lives_is_spared(void **state)
{
	struct stage stage;
	uint64_t now_ns = 100 * S;

	(void)state;
	stage_open(&stage);
	stage.has_census = false;
	sight(&stage, 1, 5, 1, now_ns);
	pass(&stage, &now_ns, 20);
	assert_int_equal(stage.judged, 0);
	sight(&stage, 1, 5, 1, now_ns);
	stage.witness.live[0].living = 0; /* it ended meanwhile */
	pass(&stage, &now_ns, 20);
	assert_int_equal(stage.judged, 1);
}

static void a_census_of_somebody_else_is_waited_for(void **state)
{
	struct stage stage;
	uint64_t now_ns = 100 * S;

	(void)state;
	stage_open(&stage);
	sight(&stage, 1, 5, 1, now_ns);
	for (int i = 0; i < 30; i++) {
		stage.runs = true;
		now_ns += S;
		churn_turn(&stage.churn, now_ns);
	}
	assert_int_equal(stage.censuses + stage.judged, 0);
	stage.runs = false;
	pass(&stage, &now_ns, 3);
	assert_int_equal(stage.judged, 1);
}

static void ten_thousand_at_once_find_their_turn(void **state)
{
	struct stage stage;
	uint64_t now_ns = 100 * S;

	(void)state;
	stage_open(&stage);
	for (unsigned int i = 0; i < 10000; i++) {
		struct sighting sighting = {.at = now_ns,
					    .source = {{(uint8_t)i, (uint8_t)(i >> 8)}},
					    .short_lived = 5,
					    .living = 1};

		churn_take(&stage.churn, &sighting);
	}
	assert_int_equal(stage.churn.count, DOUBTS_MAX);
	assert_int_equal(stage.churn.deferred, 10000 - DOUBTS_MAX);
	pass(&stage, &now_ns, 20);
	assert_int_equal(stage.judged, DOUBTS_MAX);
	assert_int_equal(stage.censuses, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_is_seen_or_not),
		cmocka_unit_test(what_hurts_most_comes_first),
		cmocka_unit_test(a_record_is_told_whole),
		cmocka_unit_test(nothing_alive_is_judged_at_once),
		cmocka_unit_test(something_alive_gets_the_time_to_last),
		cmocka_unit_test(without_a_census_what_lives_is_spared),
		cmocka_unit_test(a_census_of_somebody_else_is_waited_for),
		cmocka_unit_test(ten_thousand_at_once_find_their_turn),
	};

	return cmocka_run_group_tests_name("witness: book", tests, NULL, NULL);
}
