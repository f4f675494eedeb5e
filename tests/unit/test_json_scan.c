/* SPDX-License-Identifier: BSD-2-Clause */
/* json_scan: what is plain and means the same as jansson says, and what is left to jansson. */
#include "tap.h"

#include <jansson.h>
#include <string.h>

#include "json_scan.h"

/* As the bytes of one value in a larger text. */
static struct json_scan scan(const char *text)
{
	return json_scan_begin(text, strlen(text));
}

static void numbers_are_what_strtod_says(void **state)
{
	static const char *const plain[] = {
		"0",	"7",	    "-7",	"123456789012345",  "0.1",	 "1700000000.25",
		"-2.5", "0.000001", "99999.99", "3.14159265358979", "1234.5678", "0.30"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		char text[64];
		struct json_scan at;
		json_t *value = json_loads(plain[i], JSON_DECODE_ANY, NULL);
		double number = 0;

		snprintf(text, sizeof(text), " %s}", plain[i]);
		at = scan(text);
		expect_true(plain[i], json_scan_number(&at, &number) &&
					      number == json_number_value(value) &&
					      json_scan_peek(&at) == '}');
		json_decref(value);
	}
}

static void what_is_no_plain_number(void **state)
{
	static const char *const others[] = {"1e3,",
					     "1E3,",
					     "01,",
					     "-,",
					     "- 1,",
					     "+1,",
					     ".5,",
					     "1.,",
					     "1234567890123456,",
					     "0.1234567890123456,",
					     "-0,",
					     "-0.0,",
					     "1x,",
					     "0x10,",
					     "NaN,",
					     "Infinity,",
					     "\"1\",",
					     ","};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct json_scan at = scan(others[i]);
		double number = 0;

		expect_true(others[i],
			    !json_scan_number(&at, &number) && at.failed && !at.short_of);
		expect_true("and no further step works", !json_scan_mark(&at, ','));
	}
}

static void what_ends_early_may_be_tried_again(void **state)
{
	static const char *const cut[] = {"",	       "  ",	   "\"",	 "\"abc",
					  "{",	       "{\"a\"",   "{\"a\":",	 "{\"a\":1",
					  "{\"a\":1.", "{\"a\":-", "{\"a\":tru", "{\"a\":true"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cut); i++) {
		struct json_scan at = scan(cut[i]);
		struct json_text text;
		double number;
		bool flag;

		if (json_scan_peek(&at) == '"')
			json_scan_text(&at, &text);
		else if (json_scan_mark(&at, '{') && json_scan_key(&at, &text) &&
			 json_scan_peek(&at) == 't')
			json_scan_flag(&at, &flag);
		else if (!at.failed)
			json_scan_number(&at, &number);
		expect_true(cut[i], at.failed && at.short_of);
	}
}

static void texts(void **state)
{
	static const struct {
		const char *text;
		bool plain;
	} rows[] = {
		{"\"\"", true},		 {"\"abc /ip4/1.2.3.4\"", true}, {"\"a\\n\"", false},
		{"\"\xc3\xa4\"", false}, {"\"a\x01\"", false},		 {"\"a\x7f\"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct json_scan at = scan(rows[i].text);
		struct json_text text;

		expect_true(rows[i].text, json_scan_text(&at, &text) == rows[i].plain);
	}
}

static void words_are_whole(void **state)
{
	const struct json_text text = {"addrs", 4};
	struct json_scan at = scan("true,falsey,null]");
	bool flag = false;

	(void)state;
	assert_true(json_text_is(&text, "addr"));
	assert_false(json_text_is(&text, "addrs"));
	assert_false(json_text_is(&text, "add"));
	assert_true(json_scan_flag(&at, &flag) && flag && json_scan_mark(&at, ','));
	assert_false(json_scan_flag(&at, &flag));
	assert_true(flag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_what_strtod_says),
		cmocka_unit_test(what_is_no_plain_number),
		cmocka_unit_test(what_ends_early_may_be_tried_again),
		cmocka_unit_test(texts),
		cmocka_unit_test(words_are_whole),
	};

	return cmocka_run_group_tests_name("json: scan", tests, NULL, NULL);
}
