/* SPDX-License-Identifier: BSD-2-Clause */
#include "tap.h"

#include <errno.h>
#include <peergate/addr.h>
#include <peergate/words.h>
#include <string.h>

static const struct {
	const char *text, *prefix; /* prefix NULL: refused */
	bool widened;
} prefixes[] = {
	{"192.0.2.7", "192.0.2.7/32", false},
	{"192.0.2.7/32", "192.0.2.7/32", false},
	{"192.0.2.0/24", "192.0.2.0/24", false},
	{"0.0.0.0/0", "0.0.0.0/0", false},
	{"192.0.2.7:13000", "192.0.2.7/32", false},
	{"2001:db8::1", "2001:db8::/64", true},
	{"[2001:db8::1]:9000", "2001:db8::/64", true},
	{"[2001:db8::1]", "2001:db8::/64", true},
	{"2001:db8::1/128", "2001:db8::1/128", false},
	{"2001:db8::/64", "2001:db8::/64", false},
	{"2001:db8::/32", "2001:db8::/32", false},
	{"::/0", "::/0", false},
	{"::ffff:192.0.2.7", "192.0.2.7/32", false},
	{"::ffff:192.0.2.0/120", "192.0.2.0/24", false},
	{"64:ff9b::192.0.2.7", "192.0.2.7/32", false},
	{"64:ff9b::192.0.2.0/120", "192.0.2.0/24", false},
	{"64:ff9b::/96", "0.0.0.0/0", false},
	{"2002:c000:207::1", "192.0.2.7/32", false},
	{"2002:c000:207::/48", "192.0.2.7/32", false},
	{"2002::/16", "0.0.0.0/0", false},
	{"2001:0:1:2:3:4:3fff:fdf8", "192.0.2.7/32", false},
	{"/ip4/192.0.2.7/tcp/4001", "192.0.2.7/32", false},
	{"/ip4/192.0.2.7/udp/4001/quic-v1/p2p/16Uiu2HAm", "192.0.2.7/32", false},
	{"/ip4/192.0.2.7", "192.0.2.7/32", false},
	{"/ip6/2001:db8::7/tcp/9000", "2001:db8::/64", true},
	{"/ip6/::ffff:192.0.2.7/tcp/9000", "192.0.2.7/32", false},
	{"/dns4/example.org/tcp/9000", NULL, false},
	{"/ip4/192.0.2.7/tcp/9000/p2p/16Uiu2HAm/p2p-circuit", NULL, false},
	{"/ip4/2001:db8::7/tcp/9000", NULL, false},
	{"/ip4/192.0.2.7/tcp/70000", NULL, false},
	{"/ip4/192.0.2.7/tcp", NULL, false},
	{"/ip4/192.0.2.7/tcp/9000/p2p", NULL, false},
	{"/ip4", NULL, false},
	{"/", NULL, false},
	{"", NULL, false},
	{"192.0.2.7/33", NULL, false},
	{"192.0.2.7/", NULL, false},
	{"192.0.2.7/24", NULL, false},
	{"2001:db8::1/64", NULL, false},
	{"2001:db8::/129", NULL, false},
	{"192.0.2", NULL, false},
	{"192.0.2.256", NULL, false},
	{"192.0.2.7:70000", NULL, false},
	{"192.0.2.7:", NULL, false},
	{"[192.0.2.7]:80", NULL, false},
	{"[2001:db8::1", NULL, false},
	{"[2001:db8::1]x", NULL, false},
	{"localhost", NULL, false},
};

static void reads_what_people_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct prefix prefix = {.length = 77};
		struct why why = {""};
		char text[ADDR_TEXT_MAX];
		bool widened = false;
		int error = prefix_parse(&prefix, &widened, prefixes[i].text, &why);

		if (!prefixes[i].prefix) {
			expect_true(prefixes[i].text,
				    error == -EINVAL && why.sentence[0] && prefix.length == 77);
			continue;
		}
		expect_true(prefixes[i].text, error == 0);
		expect_true(prefixes[i].text,
			    !strcmp(prefix_text(&prefix, text), prefixes[i].prefix));
		expect_true(prefixes[i].text, widened == prefixes[i].widened);
	}
}

static void names_the_prefix_that_was_meant(void **state)
{
	struct prefix prefix;
	struct why why = {""};

	(void)state;
	assert_int_equal(prefix_parse(&prefix, NULL, "192.0.2.7/24", &why), -EINVAL);
	assert_non_null(strstr(why.sentence, "192.0.2.0/24"));
}

static void keeps_port_transport_and_peer(void **state)
{
	static const char text[] = "/ip4/192.0.2.7/udp/4001/quic-v1/p2p/16Uiu2HAmX and more";
	struct endpoint e;

	(void)state;
	assert_int_equal(endpoint_parse(&e, text, strcspn(text, " "), NULL), 0);
	assert_int_equal(e.port, 4001);
	assert_true(e.has_transport && e.transport == TRANSPORT_QUIC);
	assert_string_equal(e.peer, "16Uiu2HAmX");
	assert_int_equal(endpoint_parse(&e, "192.0.2.7\0x", 11, NULL), -EINVAL);
}

static void sources_and_keys_are_the_same_thing_twice(void **state)
{
	static const char *const texts[] = {"192.0.2.7/32", "2001:db8:1:2::/64",
					    "255.255.255.255/32"};
	char text[ADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct prefix prefix, back;
		struct source_key key;

		assert_int_equal(prefix_parse(&prefix, NULL, texts[i], NULL), 0);
		assert_true(prefix_is_source(&prefix));
		key = addr_source(&prefix.addr);
		back = source_prefix(&key);
		assert_string_equal(prefix_text(&back, text), texts[i]);
	}
}

static void prefixes_contain_and_overlap(void **state)
{
	struct prefix wide, narrow, other;
	struct endpoint e;

	(void)state;
	assert_int_equal(prefix_parse(&wide, NULL, "192.0.2.0/24", NULL), 0);
	assert_int_equal(prefix_parse(&narrow, NULL, "192.0.2.128/25", NULL), 0);
	assert_int_equal(prefix_parse(&other, NULL, "192.0.3.0/24", NULL), 0);
	assert_int_equal(endpoint_parse(&e, "192.0.2.200", 11, NULL), 0);
	assert_true(prefix_contains(&wide, &e.addr) && prefix_contains(&narrow, &e.addr));
	assert_false(prefix_contains(&other, &e.addr));
	assert_true(prefix_overlaps(&wide, &narrow) && prefix_overlaps(&narrow, &wide));
	assert_false(prefix_overlaps(&wide, &other));
	assert_false(prefix_is_source(&wide));
	assert_int_equal(prefix_parse(&other, NULL, "::1", NULL), 0);
	assert_false(prefix_contains(&other, &e.addr) || prefix_overlaps(&wide, &other));
}

static void suggests_the_nearest_word(void **state)
{
	static const char *const words[] = {"status", "ban", "unban", "allow", "explain"};

	(void)state;
	assert_string_equal(nearest_word("stauts", words, 5), "status");
	assert_string_equal(nearest_word("bann", words, 5), "ban");
	assert_string_equal(nearest_word("explian", words, 5), "explain");
	assert_null(nearest_word("metamorphosis", words, 5));
	assert_int_equal(reason_of("bad_score"), REASON_BAD_SCORE);
	assert_true(reason_of("nonsense") < 0 && reason_of(NULL) < 0);
	assert_string_equal(standing_word(STANDING_BANNED), "banned");
	assert_string_equal(reason_word(200), "?");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_people_write),
		cmocka_unit_test(names_the_prefix_that_was_meant),
		cmocka_unit_test(keeps_port_transport_and_peer),
		cmocka_unit_test(sources_and_keys_are_the_same_thing_twice),
		cmocka_unit_test(prefixes_contain_and_overlap),
		cmocka_unit_test(suggests_the_nearest_word),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
