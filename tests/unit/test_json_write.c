/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing JSON: what is written is read back the same, and looks as here. */
#include "tap.h"

#include <string.h>

#include "json_write.h"

static const struct {
	const char *value, *text; /* NULL: as given */
} values[] = {
	{"{}", NULL},
	{"[]", NULL},
	{"null", NULL},
	{"true", NULL},
	{"false", NULL},
	{"0", NULL},
	{"-1", NULL},
	{"9223372036854775807", NULL},
	{"-9223372036854775808", NULL},
	{"0.1", NULL},
	{"-2.5", NULL},
	{"1.0", "1"},
	{"-0.0", "0"},
	{"1e300", "1e+300"},
	{"0.30000000000000004", NULL},
	{"1700000000.123456", NULL},
	{"\"\"", NULL},
	{"\"plain\"", NULL},
	{"\"a\\\"b\\\\c\"", NULL},
	{"\"\\n\\u0001\\u001f\"", "\"\\u000a\\u0001\\u001f\""},
	{"\"\\u00e9\\ud83d\\ude00/\"", "\"\xc3\xa9\xf0\x9f\x98\x80/\""},
	{"{\"b\":1,\"a\":[1,{\"c\":[]},\"x\"],\"\\\"\":{}}", NULL},
	{" [ 1 , 2 ] ", "[1,2]"},
};

static void read_back_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const char *expected = values[i].text ? values[i].text : values[i].value;
		json_t *value = json_loads(values[i].value, JSON_DECODE_ANY, NULL), *again;
		struct buffer out = {0};

		assert_non_null(value);
		json_write(&out, value);
		assert_false(out.failed);
		if (out.length != strlen(expected) || memcmp(out.bytes, expected, out.length))
			fail_msg("%s: %.*s, not %s", values[i].value, (int)out.length, out.bytes,
				 expected);
		again = json_loadb(out.bytes, out.length, JSON_DECODE_ANY, NULL);
		assert_non_null(again);
		if (!json_is_real(value))
			expect_true(values[i].value, json_equal(value, again));
		else
			expect_true(values[i].value,
				    json_number_value(value) == json_number_value(again));
		json_decref(again);
		json_decref(value);
		buffer_free(&out);
	}
}

static void a_large_one_grows_the_buffer(void **state)
{
	json_t *array = json_array(), *again;
	struct buffer out = {0};

	(void)state;
	for (int i = 0; i < 10000; i++)
		json_array_append_new(array, json_sprintf("number %d", i));
	json_write(&out, array);
	again = json_loadb(out.bytes, out.length, 0, NULL);
	assert_true(json_equal(array, again));
	buffer_clear(&out);
	assert_int_equal(out.length, 0);
	json_decref(again);
	json_decref(array);
	buffer_free(&out);
	assert_null(out.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_back_the_same),
		cmocka_unit_test(a_large_one_grows_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
