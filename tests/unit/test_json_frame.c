/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames: each stream of the table, whole, byte by byte, and split at every point, gives the same events. */
#include "tap.h"

#include <string.h>

#include "json_frame.h"

enum { SIZE = 64, DEPTH = 4 };

/* v: a value, !: malformed, L: too long, D: too deep. */
static const struct {
	const char *what, *stream, *events;
} streams[] = {
	{"nothing", " \n\t\r ", ""},
	{"one object", "{\"a\":1}", "v"},
	{"one object, a line", "{\"a\":1}\n", "v"},
	{"concatenated", "{}[]{}", "vvv"},
	{"pretty printed", "{\n  \"a\": [\n    1,\n    {}\n  ]\n}\n{}", "vv"},
	{"scalars end with what follows", "1 2 true null\"x\"", "vvvvv"},
	{"a scalar that may go on", "12", ""},
	{"a scalar before a bracket", "12{}", "vv"},
	{"escapes", "{\"a\\\"}\":\"\\\\\"}{}", "vv"},
	{"brackets in strings", "[\"]}[{\"]{}", "vv"},
	{"empty", "[]{}[[]][{}]", "vvvv"},
	{"nested", "[[1,2],{\"a\":{\"b\":[]}}]", "v"},
	{"cut", "{\"a\":[1,", ""},
	{"words", "hello\n{}", "vv"},
	{"words of no alphabet", "#!$\n{}", "!v"},
	{"wrong bracket", "[}\n{}", "!v"},
	{"wrong bracket, same line is lost", "[} {}\n{}", "!v"},
	{"closing alone", "}\n{}", "!v"},
	{"no colon", "{\"a\" 1}\n{}", "!v"},
	{"no key", "{1:2}\n{}", "!v"},
	{"a comma too many", "[1,]\n{}", "!v"},
	{"a comma too many in an object", "{\"a\":1,}\n{}", "!v"},
	{"a comma first", "[,1]\n{}", "!v"},
	{"no comma", "[1 2]\n{}", "!v"},
	{"two values of a key", "{\"a\":1 \"b\"}\n{}", "!v"},
	{"left open, the next line begins anew", "{\"a\":1\n{\"b\":2}\n{}", "!vv"},
	{"left open behind a comma", "{\"a\":1,\n{\"b\":2}\n{}", "!vv"},
	{"a string left open ends with its line", "{\"a\n{\"b\":2}\n", "!v"},
	{"a newline escaped by hand", "{\"a\\\n{\"b\":2}\n", "!v"},
	{"a control byte in a string", "[\"\x01\"]\n{}", "!v"},
	{"as deep as may be", "[[[[]]]]", "v"},
	{"too deep", "[[[[[1]]]]]{}", "Dv"},
	{"too deep over many lines", "[[\n[[[\n[\n]]\n]]\n]{}", "D"},
	{"too deep and never closed", "[[[[[[[[\n{}", "Dv"},
	{"too deep, then malformed", "[[[[[}\n{}", "Dv"},
	{"too deep with strings", "[[[[[\"]]]]]\"]]]]]{}", "Dv"},
	{"beyond the kinds",
	 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{\"a\":[1,\"]\"]}"
	 "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]{}",
	 "Dv"},
	{"exactly as long as may be",
	 "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"{}", "vv"},
	{"a byte too long", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"{}",
	 "Lv"},
	{"too long, of many small things",
	 "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28]{}", "Lv"},
	{"blanks are not counted between values",
	 "                                                                               {}", "v"},
	{"blanks count within one",
	 "[                                                                              ]{}",
	 "Lv"},
};

static void feed(struct json_frame *frame, const char *bytes, size_t length, char *events)
{
	static const char letter[] = {[FRAME_VALUE] = 'v',
				      [FRAME_MALFORMED] = '!',
				      [FRAME_TOO_LONG] = 'L',
				      [FRAME_TOO_DEEP] = 'D'};
	size_t taken;

	while (length) {
		enum frame_event event = json_frame_next(frame, bytes, length, &taken);

		assert_true(taken <= length);
		assert_true(taken || event != FRAME_MORE);
		if (event != FRAME_MORE && event != FRAME_SKIPPED)
			strncat(events, &letter[event], 1);
		bytes += taken;
		length -= taken;
	}
}

static void same_events_at_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		size_t length = strlen(streams[i].stream);

		for (size_t cut = 0; cut <= length; cut++) {
			struct json_frame frame;
			char events[32] = "";

			json_frame_init(&frame, SIZE, DEPTH);
			feed(&frame, streams[i].stream, cut, events);
			feed(&frame, streams[i].stream + cut, length - cut, events);
			if (strcmp(events, streams[i].events))
				fail_msg("%s, cut at %zu: %s, not %s", streams[i].what, cut, events,
					 streams[i].events);
		}
	}
}

static void same_events_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		struct json_frame frame;
		char events[32] = "";

		json_frame_init(&frame, SIZE, DEPTH);
		for (const char *c = streams[i].stream; *c; c++)
			feed(&frame, c, 1, events);
		if (strcmp(events, streams[i].events))
			fail_msg("%s: %s, not %s", streams[i].what, events, streams[i].events);
	}
}

static void a_value_ends_where_it_ends(void **state)
{
	struct json_frame frame;
	size_t taken;

	(void)state;
	json_frame_init(&frame, SIZE, DEPTH);
	assert_int_equal(json_frame_next(&frame, " [1] {}", 7, &taken), FRAME_VALUE);
	assert_int_equal(taken, 4);
	assert_true(json_frame_is_between(&frame));
	assert_int_equal(json_frame_next(&frame, "1\n", 2, &taken), FRAME_VALUE);
	assert_int_equal(taken, 1);
	assert_int_equal(json_frame_next(&frame, "[", 1, &taken), FRAME_MORE);
	assert_false(json_frame_is_between(&frame));
}

static void skipped_bytes_are_counted(void **state)
{
	struct json_frame frame;
	char events[8] = "";

	(void)state;
	json_frame_init(&frame, SIZE, DEPTH);
	for (int i = 0; i < 1000; i++)
		feed(&frame, "[[[[[[[[[[", 10, events);
	assert_string_equal(events, "D");
	assert_true(frame.skipped > 9000);
	assert_true(json_frame_is_between(&frame));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_events_at_every_split),
		cmocka_unit_test(same_events_byte_by_byte),
		cmocka_unit_test(a_value_ends_where_it_ends),
		cmocka_unit_test(skipped_bytes_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
