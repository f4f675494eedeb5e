/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose connections a closing means, as the walk by sock_diag asks (the walk in the kernel: tests/netns/doors_kill.bats). */
#include "tap.h"

#include <string.h>

#include <peergate/addr.h>

#include "gate_kill.h"

static struct addr addr_of(const char *text)
{
	struct prefix prefix;
	bool widened;

	expect_true(text, !prefix_parse(&prefix, &widened, text, NULL));
	return prefix.addr;
}

static const struct {
	const char *prefix, *addr;
	bool has;
} rows[] = {
	{"192.0.2.7", "192.0.2.7", true},
	{"192.0.2.7", "192.0.2.8", false},
	{"192.0.2.4/30", "192.0.2.7", true},
	{"192.0.2.4/30", "192.0.2.8", false},
	{"0.0.0.0/0", "192.0.2.7", true},
	{"0.0.0.0/0", "2001:db8::1/128", false},
	/* Who comes by a translator is the IPv4 host. */
	{"192.0.2.7", "64:ff9b::c000:207/128", true},
	{"64:ff9b::c000:207/128", "192.0.2.7", true},
	/* ::/0 and its like are IPv6's. */
	{"::/0", "192.0.2.7", false},
	{"::/0", "2001:db8::1/128", true},
	{"::/80", "192.0.2.7", false},
	{"2001:db8:7::/64", "2001:db8:7::9/128", true},
	{"2001:db8:7::/64", "2001:db8:7:1::9/128", false},
	{"2001:db8:7::9/128", "2001:db8:7::9/128", true},
	{"2001:db8:7::9/128", "2001:db8:7::8/128", false},
	{"2001:db8::/31", "2001:db9:7::8/128", true},
};

static void a_prefix_means_what_is_within(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct quarry quarry = {.services = 0xff};
		struct addr addr = addr_of(rows[i].addr);
		struct prefix prefix;
		bool widened;

		assert_int_equal(prefix_parse(&prefix, &widened, rows[i].prefix, NULL), 0);
		quarry.prefix = &prefix;
		if (quarry_has(&quarry, &addr) != rows[i].has)
			fail_msg("%s in %s", rows[i].addr, rows[i].prefix);
	}
}

static void a_list_means_its_sources(void **state)
{
	static const char *const in[] = {"192.0.2.7", "2001:db8:7::1/128", "2001:db8:7::ffff/128"};
	static const char *const out[] = {"192.0.2.8", "2001:db8:8::1/128"};
	const struct addr ipv4 = addr_of("192.0.2.7"), ipv6 = addr_of("2001:db8:7::9/128");
	const struct source_key sources[] = {addr_source(&ipv4), addr_source(&ipv6)};
	const struct quarry quarry = {.sources = sources, .count = 2, .services = 0xff};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(in); i++) {
		struct addr addr = addr_of(in[i]);

		expect_true(in[i], quarry_has(&quarry, &addr));
	}
	for (size_t i = 0; i < ARRAY_SIZE(out); i++) {
		struct addr addr = addr_of(out[i]);

		expect_true(out[i], !quarry_has(&quarry, &addr));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_means_what_is_within),
		cmocka_unit_test(a_list_means_its_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
