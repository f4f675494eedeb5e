/* SPDX-License-Identifier: BSD-2-Clause */
/* What lies under the follower: times in words, lines of a stream, JSON entries, the times of a log. */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"
#include "lines.h"
#include "moment.h"
#include "timeline.h"

#define DAY_MS INT64_C(86400000)

static const struct {
	const char *text;
	int error;
	int64_t ms;
	bool zoned;
} moments[] = {
	{"2019-12-13T02:16:23+01:00", 0, 1576199783000, true},
	{"2019-12-13T01:16:23Z", 0, 1576199783000, true},
	{"2019-12-12T20:46:23-04:30", 0, 1576199783000, true},
	{"2019-12-13T01:16:23.123456789Z", 0, 1576199783123, true},
	{"2026-11-22 22:23:03.73", 0, 1795386183730, false},
	{"2026-11-22 22:23:03", 0, 1795386183000, false},
	{"1970-01-01 00:00:00", 0, 0, false},
	{"2026-11-22 22:23:03.730+0100", 0, 1795382583730, true},
	{"Nov 22 22:23:03.730", 0, 91318983730, false},
	{"Feb-29 00:00:00", 0, 68169600000, false},
	{"Nvo 22 22:23:03", -EINVAL, 0, false},
	{"ovD 22 22:23:03", -EINVAL, 0, false},
	{"No", -EINVAL, 0, false},
	{"", -EINVAL, 0, false},
	{"2026-11-22", -EINVAL, 0, false},
	{"2026-11-22 22:23", -EINVAL, 0, false},
	{"2026-13-22 22:23:03", -EINVAL, 0, false},
	{"2026-11-32 22:23:03", -EINVAL, 0, false},
	{"2026-11-22 24:23:03", -EINVAL, 0, false},
	{"2026-11-22 22:60:03", -EINVAL, 0, false},
	{"2026-11-22 22:23:03 ", -EINVAL, 0, false},
	{"2026-11-22 22:23:03+1", -EINVAL, 0, false},
	{"2026-11-22 22:23:03+01:00x", -EINVAL, 0, false},
	{"1969-12-31 23:59:59", -EINVAL, 0, false},
	{"yesterday", -EINVAL, 0, false},
};

static void times_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		int64_t ms = -1;
		bool zoned = false;

		expect_true(moments[i].text,
			    moment_parse(&ms, &zoned, moments[i].text) == moments[i].error);
		if (moments[i].error)
			continue;
		expect_true(moments[i].text, ms == moments[i].ms);
		expect_true(moments[i].text, zoned == moments[i].zoned);
	}
}

struct seen {
	char text[256];
	unsigned int count;
	size_t longest;
};

static void see(void *context, const char *line, size_t length)
{
	struct seen *seen = context;

	seen->count++;
	if (length > seen->longest)
		seen->longest = length;
	if (length < 32) {
		strncat(seen->text, line, length);
		strcat(seen->text, "|");
	}
}

static void lines_come_whole_however_the_stream_is_cut(void **state)
{
	static const char stream[] = "one\ntwo\n\nthree\nfour";

	(void)state;
	for (size_t step = 1; step < sizeof(stream); step++) {
		struct seen seen = {0};
		struct lines lines;

		assert_int_equal(lines_init(&lines), 0);
		for (size_t at = 0; at < sizeof(stream) - 1; at += step) {
			size_t rest = sizeof(stream) - 1 - at;

			lines_feed(&lines, stream + at, rest < step ? rest : step, see, &seen);
		}
		assert_string_equal(seen.text, "one|two||three|");
		lines_restart(&lines);
		assert_int_equal(lines.cut, 1);
		lines_free(&lines);
	}
}

static void a_line_of_ten_megabytes_is_left_out(void **state)
{
	struct seen seen = {0};
	struct lines lines;
	char chunk[1 << 16];

	(void)state;
	memset(chunk, 'x', sizeof(chunk));
	assert_int_equal(lines_init(&lines), 0);
	lines_feed(&lines, "before\n", 7, see, &seen);
	for (int i = 0; i < 160; i++)
		lines_feed(&lines, chunk, sizeof(chunk), see, &seen);
	lines_feed(&lines, "\nafter\n", 7, see, &seen);
	assert_string_equal(seen.text, "before|after|");
	assert_int_equal(lines.too_long, 1);
	lines_free(&lines);
}

static void the_longest_line_is_taken_and_one_byte_more_is_not(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		size_t length = LINE_MAX_LENGTH + more;
		char *line = malloc(length + 1);
		struct seen seen = {0};
		struct lines lines;

		memset(line, 'y', length);
		line[length] = '\n';
		assert_int_equal(lines_init(&lines), 0);
		lines_feed(&lines, line, length / 2, see, &seen);
		lines_feed(&lines, line + length / 2, length + 1 - length / 2, see, &seen);
		lines_feed(&lines, line, length + 1, see, &seen); /* at once, too */
		assert_int_equal(seen.count, more ? 0 : 2);
		assert_int_equal(lines.too_long, more ? 2 : 0);
		lines_free(&lines);
		free(line);
	}
}

#define TIME "\"time\":\"2026-11-22 22:23:03.73\""

static const struct {
	const char *what, *line;
	int error;
	const char *value; /* of the field a; NULL: absent */
} entries[] = {
	{"text", "{\"msg\":\"m\"," TIME ",\"a\":\"b\"}", 0, "b"},
	{"a number", "{\"msg\":\"m\"," TIME ",\"a\":-7}", 0, "-7"},
	{"the empty text", "{\"msg\":\"m\"," TIME ",\"a\":\"\"}", 0, ""},
	{"a fraction is no field of ours", "{\"msg\":\"m\"," TIME ",\"a\":1.5}", 0, NULL},
	{"nor an object", "{\"msg\":\"m\"," TIME ",\"a\":{\"a\":\"x\"}}", 0, NULL},
	{"nor a list", "{\"msg\":\"m\"," TIME ",\"a\":[\"x\"]}", 0, NULL},
	{"nor true", "{\"msg\":\"m\"," TIME ",\"a\":true}", 0, NULL},
	{"nor null", "{\"msg\":\"m\"," TIME ",\"a\":null}", 0, NULL},
	{"a NUL in a text", "{\"msg\":\"m\"," TIME ",\"a\":\"b\\u0000c\"}", 0, NULL},
	{"a key twice", "{\"msg\":\"m\"," TIME ",\"a\":\"b\",\"a\":\"c\"}", -EBADMSG, NULL},
	{"the message twice", "{\"msg\":\"m\",\"msg\":\"n\"," TIME "}", -EBADMSG, NULL},
	{"no message", "{\"a\":\"b\"," TIME "}", -EINVAL, NULL},
	{"a message that is a number", "{\"msg\":1," TIME "}", -EINVAL, NULL},
	{"no time", "{\"msg\":\"m\"}", -EINVAL, NULL},
	{"a time that is a number", "{\"msg\":\"m\",\"time\":1576199783}", -EINVAL, NULL},
	{"a list", "[\"msg\"]", -EBADMSG, NULL},
	{"a text", "\"msg\"", -EBADMSG, NULL},
	{"nothing", "", -EBADMSG, NULL},
	{"a second value behind it", "{\"msg\":\"m\"," TIME "}{}", -EBADMSG, NULL},
	{"cut", "{\"msg\":\"m\"," TIME ",\"a\":\"b", -EBADMSG, NULL},
	{"no UTF-8", "{\"msg\":\"m\"," TIME ",\"a\":\"\xff\xfe\"}", -EBADMSG, NULL},
	{"overlong UTF-8", "{\"msg\":\"m\"," TIME ",\"a\":\"\xc0\xaf\"}", -EBADMSG, NULL},
	{"two, three and four bytes of UTF-8",
	 "{\"msg\":\"m\"," TIME ",\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}", 0,
	 "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
	{"escapes", "{\"msg\":\"m\"," TIME ",\"a\":\"\\\"\\\\\\/\\n\\u0041\\u20ac\"}", 0,
	 "\"\\/\nA\xe2\x82\xac"},
	{"a pair of surrogates", "{\"msg\":\"m\"," TIME ",\"a\":\"\\ud83d\\ude00\"}", 0,
	 "\xf0\x9f\x98\x80"},
	{"half a pair", "{\"msg\":\"m\"," TIME ",\"a\":\"\\ud83d\"}", -EBADMSG, NULL},
	{"an escape that is none", "{\"msg\":\"m\"," TIME ",\"a\":\"\\x41\"}", -EBADMSG, NULL},
	{"a control character", "{\"msg\":\"m\"," TIME ",\"a\":\"b\tc\"}", -EBADMSG, NULL},
	{"blanks between", " { \"msg\" : \"m\" ,\t" TIME " , \"a\" : \"b\" } ", 0, "b"},
	{"a comma too many", "{\"msg\":\"m\"," TIME ",\"a\":\"b\",}", -EBADMSG, NULL},
	{"a number with a nought before it", "{\"msg\":\"m\"," TIME ",\"a\":07}", -EBADMSG, NULL},
	{"a number of 19 digits", "{\"msg\":\"m\"," TIME ",\"a\":9223372036854775807}", 0,
	 "9223372036854775807"},
	{"a number too large", "{\"msg\":\"m\"," TIME ",\"a\":9223372036854775808}", -EBADMSG,
	 NULL},
};

/* One entry, read as a form reads it when every message is welcome; the caller frees it. */
static int read_entry(struct entry *entry, const struct form *form, const char *line)
{
	assert_int_equal(entry_init(entry), 0);
	return form->read(entry, NULL, line, strlen(line));
}

static void entries_of_the_json_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		const char *what = entries[i].what, *value;
		struct entry entry;
		int error = read_entry(&entry, &form_json, entries[i].line);

		expect_true(what, error == entries[i].error);
		value = error ? NULL : entry_word(&entry, "a");
		expect_true(what, !value == !entries[i].value);
		if (value)
			assert_string_equal(value, entries[i].value);
		entry_free(&entry);
	}
}

static void more_fields_than_there_is_room_for(void **state)
{
	char line[4096] = "{\"msg\":\"m\"," TIME;
	struct entry entry;

	(void)state;
	for (int i = 0; i < 100; i++)
		sprintf(line + strlen(line), ",\"k%d\":%d", i, i);
	strcat(line, "}");
	assert_int_equal(read_entry(&entry, &form_json, line), 0);
	assert_int_equal(entry.count, ENTRY_FIELDS_MAX);
	entry_free(&entry);
}

/* Each row: a line that says @line_ms comes at @now_ms; what it is taken for, or -1: it is from the future. */
static const struct {
	const char *what;
	enum timeline_kind kind;
	bool zoned;
	int64_t last_ms, line_ms, now_ms, then_ms;
} times[] = {
	{"live, now", TIMELINE_LIVE, true, 0, 100 * DAY_MS, 100 * DAY_MS, 100 * DAY_MS},
	{"live, an hour late", TIMELINE_LIVE, true, 0, 99 * DAY_MS, 100 * DAY_MS, 99 * DAY_MS},
	{"live, a second ahead", TIMELINE_LIVE, true, 0, 100 * DAY_MS + 1000, 100 * DAY_MS,
	 100 * DAY_MS},
	{"live, a minute ahead", TIMELINE_LIVE, true, 0, 100 * DAY_MS + 60000, 100 * DAY_MS, -1},
	{"live, a zone of an hour", TIMELINE_LIVE, false, 0, 100 * DAY_MS + 3600000 - 20,
	 100 * DAY_MS, 100 * DAY_MS - 20},
	{"live, the other way", TIMELINE_LIVE, false, 0, 100 * DAY_MS - 3600000 - 20, 100 * DAY_MS,
	 100 * DAY_MS - 20},
	{"an old file ends now", TIMELINE_FILE, true, DAY_MS, DAY_MS - 5000, 100 * DAY_MS,
	 100 * DAY_MS - 5000},
	{"a fresh file stays", TIMELINE_FILE, true, 100 * DAY_MS - 30000, 100 * DAY_MS - 40000,
	 100 * DAY_MS, 100 * DAY_MS - 40000},
	{"a file of a host ahead", TIMELINE_FILE, false, 101 * DAY_MS, 101 * DAY_MS - 5000,
	 100 * DAY_MS, 100 * DAY_MS - 5000},
	{"a line far behind the file's end", TIMELINE_FILE, true, DAY_MS, 2 * DAY_MS, 100 * DAY_MS,
	 -1},
	{"a pipe's first line is now", TIMELINE_STREAM, true, 0, DAY_MS, 100 * DAY_MS,
	 100 * DAY_MS},
	{"a dry run tells the log's own", TIMELINE_OWN, true, DAY_MS, DAY_MS - 5, 100 * DAY_MS,
	 DAY_MS - 5},
	{"a dry run of tomorrow's log", TIMELINE_OWN, true, 101 * DAY_MS, 101 * DAY_MS - 5,
	 100 * DAY_MS, 101 * DAY_MS - 5},
	{"a dry run leaves the future out, too", TIMELINE_OWN, true, 100 * DAY_MS, 102 * DAY_MS,
	 100 * DAY_MS, -1},
};

static void times_of_a_log_as_times_of_this_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct timeline timeline;
		int64_t ms = -1;
		int error;

		timeline_init(&timeline, times[i].kind);
		if (times[i].last_ms)
			timeline_ends(&timeline, times[i].last_ms, times[i].now_ms);
		error = timeline_take(&timeline, times[i].line_ms, times[i].zoned, times[i].now_ms,
				      &ms);
		expect_true(times[i].what, error == (times[i].then_ms < 0 ? -ERANGE : 0));
		expect_true(times[i].what, ms == times[i].then_ms);
	}
}

static void a_clock_that_moved_is_followed_in_the_end(void **state)
{
	const int64_t now = 100 * DAY_MS, hour = 3600000;
	struct timeline timeline;
	int64_t ms;

	(void)state;
	timeline_init(&timeline, TIMELINE_LIVE);
	assert_int_equal(timeline_take(&timeline, now, false, now, &ms), 0);
	for (int i = 0; i < TIMELINE_BEYOND_MAX; i++)
		assert_int_equal(timeline_take(&timeline, now + hour, false, now, &ms), -ERANGE);
	assert_int_equal(timeline_take(&timeline, now + hour, false, now, &ms), 0);
	assert_int_equal(ms, now);
}

/* Summer time ends: lines come from an hour ago, for ever. Whoever reads late what was written in a row is told its own times. */
static void a_clock_that_went_back_is_followed_in_the_end(void **state)
{
	static const struct {
		const char *what;
		enum timeline_kind kind;
		bool zoned, stepped;
		int64_t late_ms, end_ms;
	} rows[] = {
		{"live", TIMELINE_LIVE, false, true, 0, 0},
		{"a pipe", TIMELINE_STREAM, false, true, 0, 0},
		{"with a zone there is no summer time", TIMELINE_LIVE, true, true, 3600000, 0},
		{"a file's own step may be long ago", TIMELINE_FILE, false, true, 3600000, 0},
		{"a file from its start, long read", TIMELINE_FILE, false, true, 0, 100 * DAY_MS},
		{"read an hour late", TIMELINE_LIVE, false, false, 3600000, 0},
	};
	const int64_t hour = 3600000;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t now = 100 * DAY_MS, late = rows[i].stepped ? 0 : hour, ms = 0;
		struct timeline timeline;

		timeline_init(&timeline, rows[i].kind);
		if (rows[i].end_ms)
			timeline_ends(&timeline, rows[i].end_ms, now);
		assert_int_equal(timeline_take(&timeline, now, rows[i].zoned, now, &ms), 0);
		now += rows[i].stepped ? 1000 : hour;
		for (int n = 0; n <= 2 * TIMELINE_BEYOND_MAX; n++, now += 1000) {
			int64_t line = now - (rows[i].stepped ? hour : late);

			assert_int_equal(timeline_take(&timeline, line, rows[i].zoned, now, &ms),
					 0);
			expect_true(rows[i].what, n >= TIMELINE_BEYOND_MAX || now - ms == hour);
		}
		expect_true(rows[i].what, now - 1000 - ms == rows[i].late_ms);
	}
}

/* One line of an hour ago moves nothing: in some forms a peer could have written it. */
static void a_single_line_from_before_moves_nothing(void **state)
{
	const int64_t now = 100 * DAY_MS, hour = 3600000;
	struct timeline timeline;
	int64_t ms;

	(void)state;
	timeline_init(&timeline, TIMELINE_LIVE);
	for (int n = 0; n < 3 * TIMELINE_BEYOND_MAX; n++) {
		assert_int_equal(timeline_take(&timeline, now, false, now, &ms), 0);
		assert_int_equal(ms, now);
		assert_int_equal(timeline_take(&timeline, now - hour, false, now, &ms), 0);
		assert_int_equal(ms, now - hour);
	}
}

/* "Dec 31", then "Jan 1": a log without years goes back by one. */
static void new_years_eve(void **state)
{
	const int64_t now = 20000 * DAY_MS, line = 1000 * DAY_MS;
	struct timeline timeline;
	int64_t ms;

	(void)state;
	timeline_init(&timeline, TIMELINE_LIVE);
	assert_int_equal(timeline_take(&timeline, line, false, now, &ms), 0);
	assert_int_equal(ms, now);
	assert_int_equal(timeline_take(&timeline, line - 365 * DAY_MS, false, now + 1000, &ms), 0);
	assert_in_range(ms, now, now + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_in_words),
		cmocka_unit_test(lines_come_whole_however_the_stream_is_cut),
		cmocka_unit_test(a_line_of_ten_megabytes_is_left_out),
		cmocka_unit_test(the_longest_line_is_taken_and_one_byte_more_is_not),
		cmocka_unit_test(entries_of_the_json_form),
		cmocka_unit_test(more_fields_than_there_is_room_for),
		cmocka_unit_test(times_of_a_log_as_times_of_this_host),
		cmocka_unit_test(a_clock_that_moved_is_followed_in_the_end),
		cmocka_unit_test(a_clock_that_went_back_is_followed_in_the_end),
		cmocka_unit_test(a_single_line_from_before_moves_nothing),
		cmocka_unit_test(new_years_eve),
	};

	return cmocka_run_group_tests_name("follow: text", tests, NULL, NULL);
}
