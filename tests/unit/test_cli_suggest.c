/* SPDX-License-Identifier: BSD-2-Clause */
#include "tap.h"

#include <errno.h>
#include <peergate/words.h>
#include <string.h>

#include "suggest.h"

static const struct {
	const char *typed, *meant; /* NULL: nothing near */
} addresses[] = {
	{"192.0.2.300", "192.0.2.30"},
	{"192.0.2.256", "192.0.2.25"},
	{"192.0.2.007", "192.0.2.7"},
	{"192,0,2,7", "192.0.2.7"},
	{" 192.0.2.7 ", "192.0.2.7"},
	{"\"192.0.2.7\"", "192.0.2.7"},
	{"192.0.2.7/33", "192.0.2.7"},
	{"192.0.2.7/", "192.0.2.7"},
	{"192.0.2.7/x", "192.0.2.7"},
	{"192.0.2.7:99999", "192.0.2.7"},
	{"192.0.2.07/32", "192.0.2.7/32"},
	{"2001:db8:::1", "2001:db8::1"},
	{"2001:db8::/129", "2001:db8::"},
	{"192.0.2", NULL},
	{"localhost", NULL},
	{"", NULL},
	{"/", NULL},
	{":", NULL},
	{"1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9", NULL},
	{"99999999999999999999999999999.1.1.1", "184.1.1.1"},
};

static void test_addresses(void **state)
{
	char meant[ADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		bool found = suggest_address(addresses[i].typed, meant);

		expect_true(addresses[i].typed, found == (addresses[i].meant != NULL));
		if (found)
			assert_string_equal(meant, addresses[i].meant);
	}
}

/* A right one is taken; a wrong one's sentence has one suggestion, the parser's own before ours. */
static void test_parse(void **state)
{
	struct prefix prefix;
	struct why why = {0};

	(void)state;
	assert_int_equal(address_parse(&prefix, "192.0.2.0/24", &why), 0);
	assert_int_equal(prefix.length, 120);
	assert_int_equal(address_parse(&prefix, "192.0.2.300", &why), -EINVAL);
	assert_string_equal(why.sentence,
			    "\"192.0.2.300\" is no address: did you mean 192.0.2.30?");
	why.sentence[0] = '\0';
	assert_int_equal(address_parse(&prefix, "192.0.2.7/24", &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "did you mean 192.0.2.0/24?"));
	why.sentence[0] = '\0';
	assert_int_equal(address_parse(&prefix, "localhost", &why), -EINVAL);
	assert_null(strstr(why.sentence, "did you mean"));
}

static void test_words(void **state)
{
	struct why why = {0};

	(void)state;
	assert_int_equal(suggest_word("mode", "enforc", mode_word, 0, MODES, &why), -EINVAL);
	assert_string_equal(why.sentence, "\"enforc\" is no mode: did you mean enforce?");
	why.sentence[0] = '\0';
	suggest_word("mode", "quiet", mode_word, 0, MODES, &why);
	assert_string_equal(why.sentence, "\"quiet\" is no mode: choose of observe, enforce");
	why.sentence[0] = '\0';
	suggest_word("reason", "nun", reason_word, REASON_BAD_SCORE, REASON_HIDDEN, &why);
	assert_null(strstr(why.sentence, "none"));
	assert_non_null(strstr(why.sentence, "operator"));
	assert_null(strstr(why.sentence, "hidden"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
