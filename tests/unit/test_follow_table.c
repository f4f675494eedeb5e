/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenario by scenario, form by form: who is refused on the log's word alone, with the node's API beside it, and with the
 * kernel's witness besides. docs/PRYSM.md holds the table between two marks; UPDATE=1 writes it anew.
 */
#include "api_replay.h"
#include "court.h"
#include "storm.h"

#define DOC "docs/PRYSM.md"
#define BEGIN_MARK "<!-- table: test_follow_table -->\n"
#define END_MARK "<!-- end of the table -->\n"

/* 22:22:00 of the logs: the storm's timings count from there. */
#define STORM_BEGAN_MS INT64_C(1795386120000)

enum { NEWS_MAX = 4096, TABLE_MAX = 1 << 16 };

static const char *const forms[] = {"json", "colour", "plain", "file"};

static char *log_of(const char *scenario, const char *form)
{
	char path[256];
	size_t length;

	snprintf(path, sizeof(path), CORPUS "%s.%s.log", scenario, form);
	return corpus_read(path, &length);
}

/* --- log, and log with API --- */

static void judge_log(struct court *court, const char *scenario, const char *form, bool with_api)
{
	char *text = log_of(scenario, form);

	court_open(court, boot_of(scenario));
	replay_follow(text, with_api, court_on_news, court);
	free(text);
}

/* --- all of it, in the kernel's time --- */

struct chronicle {
	struct news news[NEWS_MAX];
	unsigned int count, told;
	uint64_t began_ns; /* the policy's time at 22:22:00 */
};

static void note_news(void *context, const struct news *news)
{
	struct chronicle *self = context;

	assert_in_range(self->count, 0, NEWS_MAX - 1);
	self->news[self->count++] = *news;
}

static int by_moment(const void *a, const void *b)
{
	const struct news *one = a, *other = b;

	return (one->at_ms > other->at_ms) - (one->at_ms < other->at_ms);
}

static void report_one(struct storm *storm, const struct news *news)
{
	static const struct config config;
	struct dated_report decoded;
	struct why why = {0};
	json_t *report = news_json(news, NULL);

	if (report_decode(&decoded, report, &config, 1, &why) ||
	    policy_report(storm->play->policy, &decoded.report, storm->play->now, &why))
		fail_msg("%s", why.sentence);
	json_decref(report);
	for (unsigned int i = 0; i < storm->source_count; i++)
		note_refusal(storm, &storm->sources[i]);
}

static void tell_until(void *context, struct storm *storm, uint64_t before_ns)
{
	struct chronicle *self = context;

	for (; self->told < self->count; self->told++) {
		const struct news *news = &self->news[self->told];
		uint64_t at_ns =
			self->began_ns + (uint64_t)(news->at_ms - STORM_BEGAN_MS) * 1000000;

		if (at_ns > before_ns)
			return;
		end_until(storm, at_ns);
		report_one(storm, news);
	}
}

/* The kernel bears out what it saw, give or take fifteen seconds: connections that touch are one visit. */
static void show_visits(struct storm *storm)
{
	storm->play->blind = true;
	for (unsigned int source = 0; source < storm->source_count; source++) {
		uint64_t from = 0, until = 0;

		for (unsigned int i = 0; i < storm->conn_count; i++) {
			const struct conn *conn = &storm->conns[i];

			if (conn->source != source)
				continue;
			if (until && conn->opened_ns > until) {
				play_visits(storm->play, storm->sources[source].addr, from, until,
					    -1);
				until = 0;
			}
			if (!until)
				from = conn->opened_ns - SHORT_S * S;
			if (conn->ended_ns == FOREVER_NS || conn->ended_ns + SHORT_S * S > until)
				until = conn->ended_ns == FOREVER_NS ? FOREVER_NS
								     : conn->ended_ns + SHORT_S * S;
		}
		if (until)
			play_visits(storm->play, storm->sources[source].addr, from, until, -1);
	}
}

static struct storm *judge_all(const json_t *expected, const char *form)
{
	struct chronicle *chronicle = calloc(1, sizeof(*chronicle));
	struct storm *storm = storm_new(false);
	const char *scenario;
	json_t *row;

	assert_non_null(chronicle);
	json_object_foreach ((json_t *)(uintptr_t)expected, scenario, row) {
		char *text;

		if (!corpus_has(scenario, form) || !strncmp(scenario, "2019", 4))
			continue;
		text = log_of(scenario, form);
		replay_follow(text, true, note_news, chronicle);
		free(text);
	}
	qsort(chronicle->news, chronicle->count, sizeof(*chronicle->news), by_moment);
	chronicle->began_ns = storm->play->now;
	show_visits(storm);
	storm->meanwhile = tell_until;
	storm->context = chronicle;
	storm_run(storm);
	free(chronicle);
	return storm;
}

static bool storm_refused(const struct storm *storm, const char *addr)
{
	for (unsigned int i = 0; i < storm->source_count; i++)
		if (!strcmp(storm->sources[i].addr, addr))
			return storm->sources[i].refused_ns;
	fail_msg("%s is not among the timings", addr);
	return false;
}

/* --- the table --- */

/* "2 of 3 (.8 not)": how many of the bad are refused. */
static void put_cell(char *table, const json_t *bad, const bool refused[])
{
	char missing[256] = "";
	unsigned int count = 0;
	const json_t *addr;
	size_t i;

	json_array_foreach (bad, i, addr) {
		count += refused[i];
		if (!refused[i])
			sprintf(missing + strlen(missing), " %s",
				strrchr(json_string_value(addr), '.'));
	}
	if (!json_array_size(bad))
		strcat(table, " – |");
	else if (!missing[0])
		sprintf(table + strlen(table), " %u of %zu |", count, json_array_size(bad));
	else
		sprintf(table + strlen(table), " %u of %zu (not%s) |", count, json_array_size(bad),
			missing);
}

/* Nobody but the bad ones, and those that may be, is ever refused. */
static void check_innocent(const char *scenario, const char *form, const struct court *court,
			   const json_t *row)
{
	static const char *const lists[] = {"refused", "may", "bad"};

	for (unsigned int i = 0; i < court->count; i++) {
		bool listed = false;

		for (size_t list = 0; list < ARRAY_SIZE(lists); list++) {
			const json_t *addr;
			size_t at;

			json_array_foreach (json_object_get(row, lists[list]), at, addr) {
				const struct prefix prefix = play_prefix(json_string_value(addr));

				listed |= !memcmp(&prefix, &court->refused[i], sizeof(prefix));
			}
		}
		if (!listed) {
			char text[ADDR_TEXT_MAX];

			fail_msg("%s, %s: %s is refused", scenario, form,
				 prefix_text(&court->refused[i], text));
		}
	}
}

static void put_judged(char *table, const char *scenario, const char *form, const json_t *row,
		       bool with_api)
{
	const json_t *bad = json_object_get(row, "bad"), *addr;
	bool refused[16] = {0}, banned;
	struct court court;
	size_t i;

	judge_log(&court, scenario, form, with_api);
	check_innocent(scenario, form, &court, row);
	json_array_foreach (bad, i, addr)
		refused[i] = court_refused(&court, json_string_value(addr), &banned);
	put_cell(table, bad, refused);
	policy_free(court.policy);
}

static void put_stormed(char *table, const struct storm *storm, const json_t *row)
{
	const json_t *bad = json_object_get(row, "bad"), *addr;
	bool refused[16] = {0};
	size_t i;

	json_array_foreach (bad, i, addr)
		refused[i] = storm_refused(storm, json_string_value(addr));
	put_cell(table, bad, refused);
}

static void put_row(char *table, const char *scenario, const json_t *row, size_t form,
		    const struct storm *storm)
{
	sprintf(table + strlen(table), "| %s | `%s` |", scenario, forms[form]);
	put_judged(table, scenario, forms[form], row, false);
	if (!strncmp(scenario, "2019", 4)) {
		strcat(table, " | |\n"); /* nobody asked its API, nor its kernel */
		return;
	}
	put_judged(table, scenario, forms[form], row, true);
	put_stormed(table, storm, row);
	strcat(table, "\n");
}

/* The kernel's innocents, whatever the logs say; and the NAT, whom the kernel alone would spare only while it can: the log tells why. */
static void check_storm(const char *form, const struct storm *storm)
{
	for (unsigned int i = 0; i < storm->source_count; i++) {
		const struct knocker *at = &storm->sources[i];

		if ((at->due == DUE_NEVER || at->due == DUE_SPARED) && at->refused_ns)
			fail_msg("%s: %s is refused: %s", form, at->addr, at->what);
	}
}

static char *make_table(void)
{
	json_t *expected = json_load_file(CORPUS "expected.json", 0, NULL), *row;
	struct storm *storms[ARRAY_SIZE(forms)];
	char *table = calloc(1, TABLE_MAX);
	const char *scenario;

	assert_true(json_object_size(expected) >= 11 && table);
	strcpy(table,
	       "| scenario | form | log | + API | + witness |\n| --- | --- | --- | --- | --- |\n");
	for (size_t form = 0; form < ARRAY_SIZE(forms); form++) {
		storms[form] = judge_all(expected, forms[form]);
		check_storm(forms[form], storms[form]);
	}
	json_object_foreach (expected, scenario, row)
		for (size_t form = 0; form < ARRAY_SIZE(forms); form++)
			if (corpus_has(scenario, forms[form]))
				put_row(table, scenario, row, form, storms[form]);
	for (size_t form = 0; form < ARRAY_SIZE(forms); form++)
		storm_free(storms[form]);
	json_decref(expected);
	return table;
}

static void write_doc(const char *doc, const char *begin, const char *end, const char *table)
{
	FILE *file = fopen(DOC, "w");

	assert_non_null(file);
	fprintf(file, "%.*s%s%s", (int)(begin - doc), doc, table, end);
	fclose(file);
}

/* cmocka cuts long messages: the first row that is another. */
static void tell_difference(const char *table, const char *doc)
{
	size_t row = 0;

	for (size_t i = 0; table[i] && table[i] == doc[i]; i++)
		if (table[i] == '\n')
			row = i + 1;
	fail_msg("%s says otherwise (UPDATE=1 writes it anew):\n%.*s", DOC,
		 (int)strcspn(table + row, "\n"), table + row);
}

static void the_table_of_the_document_is_true(void **state)
{
	char *table = make_table(), *begin, *end, *doc;
	size_t length;

	(void)state;
	doc = corpus_read(DOC, &length);
	begin = strstr(doc, BEGIN_MARK);
	end = strstr(doc, END_MARK);
	assert_true(begin && end);
	begin += strlen(BEGIN_MARK);
	if (getenv("UPDATE"))
		write_doc(doc, begin, end, table);
	else if (strlen(table) != (size_t)(end - begin) || memcmp(table, begin, strlen(table)))
		tell_difference(table, begin);
	free(table);
	free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_of_the_document_is_true),
	};

	return cmocka_run_group_tests_name("follow: table", tests, NULL, NULL);
}
