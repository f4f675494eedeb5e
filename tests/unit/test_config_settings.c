/* SPDX-License-Identifier: BSD-2-Clause */
/* From the configuration to what the kernel is told: the settings, and limits for all services and for some. */
#include "tap.h"

#include <errno.h>

#include "config.h"
#include "units.h"

static void settings_follow(void **state)
{
	struct settings settings_now;
	struct config config;

	(void)state;
	config_default(&config);
	config_settings(&config, &settings_now);
	assert_int_equal(settings_now.dial, REACH_OFF);
	assert_int_equal(settings_now.dial_banned, 0);
	assert_int_equal(settings_now.dial_ports[0], 53);
	config_set(&config, "resets", "too_many_peers", NULL);
	config_set(&config, "dial", "private", NULL);
	config_set(&config, "dial-banned", "yes", NULL);
	config_set(&config, "dial-ports", "8551,53", NULL);
	assert_int_equal(config_set(&config, "dial-ports", "1,2,x", NULL), -EINVAL);
	config_settings(&config, &settings_now);
	assert_int_equal(settings_now.dial, REACH_PRIVATE);
	assert_int_equal(settings_now.dial_banned, 1);
	assert_int_equal(settings_now.dial_ports[0], 8551);
	assert_int_equal(settings_now.dial_ports[1], 53);
	assert_int_equal(settings_now.dial_ports[2], 0);
	assert_int_equal(settings_now.mode, MODE_OBSERVE);
	assert_int_equal(settings_now.resets, 1U << REASON_TOO_MANY_PEERS);
	assert_int_equal(settings_now.leak, 2048);
	assert_int_equal(settings_now.services[7].floor, FLOOR_OPEN);
	assert_true(settings_now.services[0].pace.interval_ns == NS_PER_S);
	assert_true(settings_now.services[0].pace.burst_ns == 31 * NS_PER_S);
	assert_true(settings_now.services[0].newcomers.interval_ns == 60 * NS_PER_S);
	assert_true(settings_now.services[0].unproven.interval_ns == NS_PER_S / 200);
	assert_true(settings_now.services[0].unproven.burst_ns == 199 * (NS_PER_S / 200));
	assert_int_equal(settings_now.services[0].living, 16);
	assert_int_equal(settings_now.services[7].living_56, 32);
}

static const struct {
	const char *text;
	int error;
	uint32_t beacon, execution; /* afterwards; 16 before */
} livings[] = {
	{"8", 0, 8, 8},
	{"off", 0, 0, 0},
	{"8, beacon:64", 0, 64, 8},
	{"beacon:64,execution:off", 0, 64, 0},
	{"beacon:off 1000000", 0, 0, 1000000},
	{"", -EINVAL, 16, 16},
	{" , ", -EINVAL, 16, 16},
	{"8, 9", -EINVAL, 16, 16},
	{"1000001", -ERANGE, 16, 16},
	{"-1", -EINVAL, 16, 16},
	{"8, beacon:", -EINVAL, 16, 16},
	{"8, :8", -EINVAL, 16, 16},
	{"8, beacon:9, beacon:10", -EINVAL, 16, 16},
	{"8, a_name_longer_than_any:9", -EINVAL, 16, 16},
};

static void a_limit_for_all_and_for_some(void **state)
{
	struct config config;
	struct why why = {""};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(livings); i++) {
		struct settings now;

		config_default(&config);
		config_set(&config, "service", "execution=tcp:30303", NULL);
		config_set(&config, "service", "beacon=tcp:13000", NULL);
		expect_true(livings[i].text, config_set(&config, "living", livings[i].text, NULL) ==
						     livings[i].error);
		expect_true(livings[i].text, !config_check(&config, NULL));
		config_settings(&config, &now);
		expect_true(livings[i].text, now.services[0].living == livings[i].execution);
		expect_true(livings[i].text, now.services[1].living == livings[i].beacon);
		expect_true(livings[i].text, now.services[1].living_48 == 128);
	}
	config_set(&config, "living-48", "beakon:3", NULL);
	assert_int_equal(config_check(&config, &why), -EINVAL);
	assert_string_equal(why.sentence,
			    "living-48: no service \"beakon\" is gated; did you mean beacon?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_follow),
		cmocka_unit_test(a_limit_for_all_and_for_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
