/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a log to refusals, whole: each log of the corpus through the follower, its reports as JSON through the daemon's
 * decoder into the policy. Who must be refused is, and nobody else is, not for a moment. Forged lines reach nobody.
 */
#include "court.h"

static bool is_listed(const json_t *list, const struct prefix *prefix)
{
	struct prefix listed;
	const json_t *addr;
	bool widened;
	size_t i;

	json_array_foreach (list, i, addr) {
		assert_int_equal(prefix_parse(&listed, &widened, json_string_value(addr), NULL), 0);
		if (!memcmp(&listed, prefix, sizeof(listed)))
			return true;
	}
	return false;
}

static void check_refused(const char *scenario, const struct court *court, const json_t *expected)
{
	const json_t *refused = json_object_get(expected, "refused"), *addr;
	const json_t *may = json_object_get(expected, "may");
	char text[ADDR_TEXT_MAX];
	bool banned;
	size_t i;

	json_array_foreach (refused, i, addr)
		if (!court_refused(court, json_string_value(addr), &banned))
			fail_msg("%s: %s is not refused", scenario, json_string_value(addr));
	json_array_foreach (json_object_get(expected, "banned"), i, addr)
		if (!court_refused(court, json_string_value(addr), &banned) || !banned)
			fail_msg("%s: %s is not banned", scenario, json_string_value(addr));
	for (i = 0; i < court->count; i++)
		if (!is_listed(refused, &court->refused[i]) && !is_listed(may, &court->refused[i]))
			fail_msg("%s: %s is refused", scenario,
				 prefix_text(&court->refused[i], text));
}

/* The forms in which a log alone is believed. */
static const char *const safe_forms[] = {"json", "colour", "plain"};

static void each_log_convicts_who_it_must_and_nobody_else(void **state)
{
	json_t *all = json_load_file(CORPUS "expected.json", 0, NULL), *expected;
	unsigned int logs = 0;
	const char *scenario;

	(void)state;
	json_object_foreach (all, scenario, expected) {
		for (size_t form = 0; form < ARRAY_SIZE(safe_forms); form++) {
			struct court court;
			struct follower_counts counts;

			if (!corpus_has(scenario, safe_forms[form]))
				continue;
			logs++;
			court_open(&court, boot_of(scenario));
			counts = corpus_replay(scenario, safe_forms[form], court_on_news, &court);
			expect_true(scenario, counts.lines > 0);
			expect_true(scenario, !counts.malformed && !counts.odd && !counts.future);
			expect_true(scenario, !counts.foreign && !counts.unproven);
			check_refused(scenario, &court, expected);
			policy_free(court.policy);
		}
	}
	assert_int_equal(logs, 2 + 9 * 3);
	json_decref(all);
}

/* A peer can write any line of that file: without a second source nobody is accused by it, nor praised. */
static void the_debug_file_alone_convicts_nobody(void **state)
{
	json_t *all = json_load_file(CORPUS "expected.json", 0, NULL), *expected;
	const char *scenario;
	uint64_t unproven = 0;

	(void)state;
	json_object_foreach (all, scenario, expected) {
		struct court court;
		struct follower_counts counts;

		if (!corpus_has(scenario, "file"))
			continue;
		court_open(&court, boot_of(scenario));
		counts = corpus_replay(scenario, "file", court_on_news, &court);
		expect_true(scenario, counts.lines > 0 && !counts.news && !court.count);
		unproven += counts.unproven;
		policy_free(court.policy);
	}
	assert_true(unproven > 250);
	json_decref(all);
}

/* All storms one after the other, as they were: one book, no log before another. */
static void all_logs_in_one_book(void **state)
{
	static const char *const order[] = {"0-idle",	    "a-tcp-mute",  "a2-tcp-quickdrop",
					    "b-quic-mute",  "c-wrongfork", "f-hostile-agent",
					    "g-colocation", "h-badscore"};
	static const char *const honest[] = {"198.51.100.14", "198.51.100.22", "198.51.100.23",
					     "198.51.100.24", "198.51.100.26", "198.51.100.31",
					     "198.51.100.32", "198.51.100.33", "198.51.100.34",
					     "203.0.113.11",  "203.0.113.99"};
	struct court court;
	bool banned;

	(void)state;
	court_open(&court, boot_of("a"));
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		corpus_replay(order[i], "json", court_on_news, &court);
	for (size_t i = 0; i < ARRAY_SIZE(honest); i++)
		expect_true(honest[i], !court_refused(&court, honest[i], &banned));
	expect_true("a bad one", court_refused(&court, "198.51.100.1", &banned));
	policy_free(court.policy);
}

static void one_line_refuses_nobody(void **state)
{
	json_t *all = json_load_file(CORPUS "expected.json", 0, NULL), *expected;
	const char *scenario;

	(void)state;
	json_object_foreach (all, scenario, expected) {
		char path[256], *text, *line, *end;
		size_t length;

		snprintf(path, sizeof(path), CORPUS "%s.json.log", scenario);
		text = corpus_read(path, &length);
		for (line = text; (end = strchr(line, '\n')); line = end + 1) {
			struct court court;

			court_open(&court, boot_of(scenario));
			corpus_follow(line, (size_t)(end + 1 - line), court_on_news, &court);
			expect_true(scenario, court.count == 0);
			policy_free(court.policy);
		}
		free(text);
	}
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_log_convicts_who_it_must_and_nobody_else),
		cmocka_unit_test(the_debug_file_alone_convicts_nobody),
		cmocka_unit_test(all_logs_in_one_book),
		cmocka_unit_test(one_line_refuses_nobody),
	};

	return cmocka_run_group_tests_name("follow: policy", tests, NULL, NULL);
}
