/* SPDX-License-Identifier: BSD-2-Clause */
#include "tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "span.h"

static const struct {
	const char *text;
	uint64_t seconds;     /* 0: refused */
	const char *sentence; /* part of it, when refused */
} spans[] = {
	{"90s", 90, NULL},
	{"10m", 600, NULL},
	{"2h", 7200, NULL},
	{"1d", 86400, NULL},
	{"1w", 604800, NULL},
	{"1h30m", 5400, NULL},
	{"1d2h3m4s", 93784, NULL},
	{"1s", 1, NULL},
	{"36600d", 3162240000, NULL},
	{"36601d", 0, "1s to 100 years"},
	{"99999999999999999999999s", 0, "1s to 100 years"},
	{"0s", 0, "1s to 100 years"},
	{"", 0, "is no duration"},
	{"10", 0, "did you mean 10s?"},
	{"m", 0, "is no duration"},
	{"10x", 0, "is no duration"},
	{"10 m", 0, "is no duration"},
	{"-10m", 0, "is no duration"},
	{"1.5h", 0, "is no duration"},
	{"30m1h", 0, "is no duration"},
	{"1m1m", 0, "is no duration"},
	{"1h30", 0, "is no duration"},
	{"10M", 0, "is no duration"},
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		struct why why = {0};
		uint64_t seconds = 77;
		int error = span_parse(&seconds, spans[i].text, &why);

		expect_true(spans[i].text, error == (spans[i].seconds ? 0 : -EINVAL));
		expect_true(spans[i].text, seconds == (spans[i].seconds ? spans[i].seconds : 77));
		if (error)
			expect_true(spans[i].text, strstr(why.sentence, spans[i].sentence));
	}
}

static const struct {
	uint64_t seconds;
	const char *text;
} texts[] = {
	{0, "0 s"},    {59, "59 s"},	    {60, "1 min"},  {595, "9 min 55 s"}, {3600, "1 h"},
	{3601, "1 h"}, {7260, "2 h 1 min"}, {86400, "1 d"}, {273600, "3 d 4 h"}, {86460, "1 d"},
};

static void test_text(void **state)
{
	char buffer[SPAN_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_string_equal(span_text(texts[i].seconds, buffer), texts[i].text);
}

static void test_moment(void **state)
{
	const int64_t noon_s = 1767268800; /* 2026-01-01 12:00:00 UTC */
	char buffer[SPAN_TEXT_MAX];

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(moment_text(noon_s, noon_s - 60, buffer), "12:00:00");
	assert_string_equal(moment_text(noon_s, noon_s + 43199, buffer), "12:00:00");
	assert_string_equal(moment_text(noon_s, noon_s - 43200, buffer), "2026-01-01 12:00:00");
	assert_string_equal(moment_text(INT64_MAX, 0, buffer), "9223372036854775807");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
