/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each client's table against its corpus (tests/data/CLIENT): what must be told of each log alone, and with the node's API beside it.
 * And the language of the tables: what is wrong in one is said with file, line and word.
 */
#include "follow_corpus.h"

#include <errno.h>

static void note(void *context, const struct news *news)
{
	char addr[ADDR_TEXT_MAX] = "-", code[16] = "";
	json_t *told = context;

	if (news->has_addr)
		addr_text(&news->addr.addr, addr);
	if (news->code)
		snprintf(code, sizeof(code), " %d", news->code);
	json_array_append_new(
		told, json_sprintf("%s%s%s%s%s%s %s %s", news->event, news->result ? " " : "",
				   news->result ? news->result : "", news->reason ? " " : "",
				   news->reason ? news->reason : "", code, news->peer, addr));
}

static void hear(struct follower *follower, const json_t *seen, bool connected, int64_t now_ms)
{
	const char *text = json_string_value(json_object_get(seen, "addr"));
	struct endpoint addr;

	assert_int_equal(endpoint_parse(&addr, text, strlen(text), NULL), 0);
	follower_hears(follower, json_string_value(json_object_get(seen, "peer")), &addr,
		       WAY_INBOUND, connected, now_ms);
}

/* What the API says at a second of the log, counted from its first line. */
static void hear_all(struct follower *follower, const json_t *sees, int64_t second, int64_t now_ms)
{
	const json_t *seen;
	size_t i;

	json_array_foreach (sees, i, seen) {
		if (json_integer_value(json_object_get(seen, "from")) == second)
			hear(follower, seen, true, now_ms);
		if (json_integer_value(json_object_get(seen, "until")) == second)
			hear(follower, seen, false, now_ms);
	}
	follower_heard_all(follower, now_ms);
}

/* Line by line, each at its time; the API, if there is one, a second ahead of each. */
static void feed(struct follower *follower, char *text, const json_t *sees)
{
	int64_t first_ms = 0, second = 0;
	char *end;

	for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
		int64_t at_ms;

		assert_int_equal(follower_moment(follower, line, (size_t)(end - line), &at_ms), 0);
		if (!first_ms && sees)
			follower_heard_all(follower, at_ms - 1000);
		first_ms = first_ms ? first_ms : at_ms;
		for (; sees && second * 1000 <= at_ms - first_ms; second++)
			hear_all(follower, sees, second, first_ms + second * 1000);
		follower_line(follower, line, (size_t)(end - line), at_ms);
	}
	follower_finish(follower);
}

static uint64_t count_of(const json_t *row, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(row, name));
}

static json_t *follow(const struct dialect *dialect, const char *path, const json_t *sees,
		      const json_t *row)
{
	json_t *told = json_array();
	struct follower follower;
	size_t length;
	char *text = corpus_read(path, &length);

	assert_int_equal(follower_init(&follower, dialect, TIMELINE_OWN, 64, note, told), 0);
	if (sees)
		assert_int_equal(follower_with_book(&follower), 0);
	feed(&follower, text, sees);
	expect_true(path, !follower.counts.foreign);
	expect_true(path, follower.counts.malformed == count_of(row, "malformed"));
	expect_true(path, follower.counts.odd == count_of(row, "odd"));
	if (json_object_get(row, "unproven"))
		expect_true(path, follower.counts.unproven == count_of(row, "unproven"));
	follower_release(&follower);
	free(text);
	return told;
}

/* The same sayings, in whatever order: what waited for the API comes later. */
static void expect_told(const char *path, const json_t *wanted, json_t *told)
{
	const json_t *one;
	size_t i, j;

	json_array_foreach (wanted, i, one) {
		for (j = 0; j < json_array_size(told); j++)
			if (json_equal(one, json_array_get(told, j)))
				break;
		if (j == json_array_size(told))
			fail_msg("%s: \"%s\" is not told", path, json_string_value(one));
		json_array_remove(told, j);
	}
	if (json_array_size(told))
		fail_msg("%s: \"%s\" is told", path, json_string_value(json_array_get(told, 0)));
	json_decref(told);
}

static unsigned int check_client(const struct dialect *dialect, json_t *logs)
{
	unsigned int count = 0;
	const char *log;
	json_t *row;

	json_object_foreach (logs, log, row) {
		const json_t *sees = json_object_get(row, "sees");
		char path[256];

		count++;
		snprintf(path, sizeof(path), "tests/data/%s/%s.log", dialect->name, log);
		expect_told(path, json_object_get(row, "told"), follow(dialect, path, NULL, row));
		if (sees)
			expect_told(path, json_object_get(row, "told_with_api"),
				    follow(dialect, path, sees, row));
	}
	return count;
}

/* Prysm's is checked with the policy behind it (test_follow_policy, test_follow_table): its logs are real ones. */
static void each_client_tells_what_its_corpus_says(void **state)
{
	unsigned int logs = 0;

	(void)state;
	for (size_t i = 0; i < client_table_count; i++) {
		struct dialect *dialect;
		struct why why = {0};
		json_t *expected;
		char path[256];

		if (dialect_load(&dialect, client_tables[i].name, &why))
			fail_msg("%s", why.sentence);
		assert_string_equal(dialect->name, client_tables[i].name);
		assert_int_equal(dialect->is_experimental, strcmp(dialect->name, "prysm") != 0);
		snprintf(path, sizeof(path), "tests/data/%s/expected.json", dialect->name);
		expected = json_load_file(path, 0, NULL);
		if (!expected)
			fail_msg("%s: a client wants a corpus", path);
		if (dialect->is_experimental)
			logs += check_client(dialect, expected);
		json_decref(expected);
		dialect_free(dialect);
	}
	assert_int_equal(logs, 11);
}

/* Lines of Prysm's that no log of ours has: made from its source, of all its versions, in each form (tests/data/README.md). */
static void prysms_lines_that_no_log_has(void **state)
{
	json_t *expected = json_load_file("tests/data/prysm/synthetic.json", 0, NULL);
	struct dialect *dialect;

	(void)state;
	assert_non_null(expected);
	assert_int_equal(dialect_load(&dialect, "prysm", NULL), 0);
	assert_int_equal(check_client(dialect, expected), 8);
	json_decref(expected);
	dialect_free(dialect);
}

static void count_news(void *context, const struct news *news)
{
	(void)news;
	++*(unsigned int *)context;
}

/* What stands around lines when somebody carried the log here, or the power went: nothing of it is the node's, and each entry is still one. */
static void what_stands_around_a_line(void **state)
{
	static const struct {
		const char *what, *before, *behind;
		size_t before_length;
	} rows[] = {
		{"as it is", "", "", 0},
		{"CRLF", "", "\r", 0},
		{"blanks at the end", "", " \t ", 0},
		{"a byte order mark", "\xef\xbb\xbf", "", 3},
		{"the hole of a power cut", "\0\0\0\0\0", "", 5},
		{"a piece of the line before, cut in a colour", "[36m p2p:\n", "", 10},
	};
	static const char *const forms[] = {"json", "colour", "plain"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows) * ARRAY_SIZE(forms); i++) {
		unsigned int row = (unsigned int)(i / ARRAY_SIZE(forms)), count = 0;
		char path[64], *text, *end;
		struct follower follower;
		size_t length;

		snprintf(path, sizeof(path), CORPUS "a-tcp-mute.%s.log",
			 forms[i % ARRAY_SIZE(forms)]);
		text = corpus_read(path, &length);
		assert_int_equal(
			follower_init(&follower, prysm(), TIMELINE_OWN, 256, count_news, &count),
			0);
		for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
			follower_feed(&follower, rows[row].before, rows[row].before_length, 0);
			follower_feed(&follower, line, (size_t)(end - line), 0);
			follower_feed(&follower, rows[row].behind, strlen(rows[row].behind), 0);
			follower_feed(&follower, "\n", 1, 0);
		}
		expect_true(rows[row].what, count == 54 && !follower.counts.foreign);
		follower_release(&follower);
		free(text);
	}
}

#define HEAD "client x\nabout x\nforms json\n"

static const struct {
	const char *table, *sentence; /* NULL: it is good */
} tables[] = {
	{HEAD "message M\n\tpeer p\n\tsay connected of connection\n", NULL},
	{"# a comment\n" HEAD "message \"M m\" # and one more\n\tpeer p\n\tnothing\n", NULL},
	{HEAD "mesage M\n", "t.conf:4: there is no directive \"mesage\": did you mean message"},
	{HEAD "message M\n\tpeer p\n\tsay conected\n",
	 "t.conf:6: there is no event \"conected\": did you mean connected"},
	{HEAD "message M\n\tpeer p\n\tsay handshake of source\n", "there is no result \"of\""},
	{HEAD "message M\n\tpeer p\n\tsay handshake\n", "there is no result \"\""},
	{HEAD "message M\n\tpeer p\n\tsay goodbye code x\n", "t.conf:6: no code: \"x\""},
	{HEAD "message M\n\tpeer p\n\tsay goodbye code\n", "no value behind \"code\""},
	{HEAD "message M\n\tpeer p\n\twhen a is\n", "when takes 3 to 7 words, not 2"},
	{HEAD "message M\n\tpeer p\n\twhen a iss b\n", "way to compare \"iss\": did you mean is"},
	{HEAD "message M\n\tpeer p\n\twhen a is b or c is d\n",
	 "when FIELD is|begins|ends|has TEXT"},
	{HEAD "\tpeer p\n", "t.conf:4: before the first message there is no \"peer\""},
	{HEAD "message \"M\n", "t.conf:4: a quote is not closed"},
	{HEAD "message \"\"\n", "no message, or one too many"},
	{HEAD "message M\n\tnothing\n", "message \"M\" wants a row, and peer or address"},
	{HEAD "message M\n\tpeer p\nmessage N\n\tpeer p\n\tnothing\n",
	 "the message before this one has no row"},
	{HEAD "message M\n\tpeer p\n\tconnection hold\n",
	 "state of a connection \"hold\": did you mean holds"},
	{"client x\nabout x\nforms jsn\n", "no such form, or one too many: \"jsn\""},
	{"client x\nforms json\nmessage M\n\tpeer p\n\tnothing\n",
	 "client, about, forms and a message"},
	{"", "client, about, forms and a message"},
};

static void mistakes_in_a_table_are_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct dialect *dialect = NULL;
		struct why why = {0};
		int error = dialect_parse(&dialect, "t.conf", tables[i].table, &why);

		if (tables[i].sentence && !strstr(why.sentence, tables[i].sentence))
			fail_msg("%s\nsaid: %s", tables[i].table, why.sentence);
		expect_true(tables[i].table, error == (tables[i].sentence ? -EINVAL : 0));
		dialect_free(dialect);
	}
}

static void an_unknown_client_is_told(void **state)
{
	struct dialect *dialect;
	struct why why = {0};

	(void)state;
	assert_int_equal(dialect_load(&dialect, "prism", &why), -ENOENT);
	assert_non_null(strstr(why.sentence, "did you mean prysm"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_client_tells_what_its_corpus_says),
		cmocka_unit_test(prysms_lines_that_no_log_has),
		cmocka_unit_test(what_stands_around_a_line),
		cmocka_unit_test(mistakes_in_a_table_are_told),
		cmocka_unit_test(an_unknown_client_is_told),
	};

	return cmocka_run_group_tests_name("follow: clients", tests, NULL, NULL);
}
