/* SPDX-License-Identifier: BSD-2-Clause */
/* Pace, floor and newcomers, and the lease that they hang on. */
#include "expect.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* So long that no token comes back while a test runs. */
static const uint64_t hour_ns = 3600ULL * 1000000000;

static struct rate rate(uint64_t interval_ns, unsigned int burst)
{
	return (struct rate){.interval_ns = interval_ns, .burst_ns = (burst - 1) * interval_ns};
}

static void pace(struct rig *rig, struct rate limit)
{
	rig->settings.services[SERVICE].pace = limit;
	rig_settings(rig);
}

static void full(struct rig *rig, int floor, struct rate newcomers)
{
	rig->settings.services[SERVICE].floor = floor;
	rig->settings.services[SERVICE].newcomers = newcomers;
	rig_settings(rig);
}

static struct record known(enum standing standing, int score)
{
	return (struct record){
		.until = standing == STANDING_TRUSTED ? FOREVER_NS : 0,
		.score = score,
		.standing = standing,
		.services = 0xff,
	};
}

static struct shape from(enum family family, const char *source)
{
	return (struct shape){.family = family, .source = source};
}

static void a_source_has_its_burst_and_no_more(void **state)
{
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		for (int family = 0; family < FAMILIES; family++) {
			struct shape shape = {.family = family},
				     quic = {.family = family, .transport = TRANSPORT_QUIC};

			rig_clear(state);
			pace(*state, rate(hour_ns, 32));
			for (int i = 0; i < 32; i++)
				expect_on(*state, "within the burst", door, &shape,
					  PASSES(ADMITTED));
			expect_on(*state, "one too many", door, &shape, REFUSES(SOURCE_PACE));
			shape.source = family == FAMILY_IPV6 ? "2001:db8:0:8::1" : "192.0.2.8";
			expect_on(*state, "somebody else", door, &shape, PASSES(ADMITTED));
			expect_on(*state, "Initials are not paced yet", door, &quic,
				  PASSES(ADMITTED));
		}
}

static void all_of_a_64_shares_one_pace(void **state)
{
	struct shape first = from(FAMILY_IPV6, "2001:db8:0:7::1"),
		     second = from(FAMILY_IPV6, "2001:db8:0:7:ffff::9");

	pace(*state, rate(hour_ns, 1));
	expect_on(*state, "the first", DOOR_XDP, &first, PASSES(ADMITTED));
	expect_on(*state, "its neighbour on the link", DOOR_XDP, &second, REFUSES(SOURCE_PACE));
}

static void a_token_comes_back(void **state)
{
	const uint64_t interval_ns = 25 * TICK_NS;
	struct rig *rig = *state;
	struct frame frame;
	uint64_t from_ns, passed = 0;

	pace(rig, rate(interval_ns, 2));
	frame_build(&frame, &(struct shape){0});
	from_ns = rig_boot_ns();
	while (rig_boot_ns() - from_ns < 10 * interval_ns)
		passed += rig_run(rig, DOOR_XDP, &frame) == RIG_PASS;
	/* The burst, and one an interval; the clock may have stood at the edge of a tick. */
	assert_in_range(passed, 2 + 4, 2 + 11);
}

static void no_interval_is_no_limit(void **state)
{
	struct shape shape = {0};

	pace(*state, rate(0, 1));
	for (int i = 0; i < 100; i++)
		expect_on(*state, "unlimited", DOOR_XDP, &shape, PASSES(ADMITTED));
}

static void a_trusted_source_has_sixteen_times_the_pace(void **state)
{
	struct record trusted = known(STANDING_TRUSTED, 100);
	struct shape shape = {0};

	/* Bursts are times: sixteen times the rate is as many tokens, each back in a sixteenth. */
	pace(*state, rate(16 * 20 * TICK_NS, 4));
	rig_put(*state, honest_source(FAMILY_IPV4, 0), &trusted);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
		struct rig *rig = *state;
		uint64_t from_ns = rig_boot_ns(), passed = 0;
		struct frame frame;

		frame_build(&frame, &shape);
		while (rig_boot_ns() - from_ns < 10 * 20 * TICK_NS + 10 * TICK_NS)
			passed += rig_run(rig, door, &frame) == RIG_PASS;
		assert_in_range(passed, 8, 4 + 12);
		/* Taken at once there are four at most, however long we were off the CPU before. */
		passed = 0;
		for (int i = 0; i < 16; i++)
			passed += rig_run(rig, door, &frame) == RIG_PASS;
		assert_in_range(passed, 0, 15);
		rig->settings.lease = 0;
		rig_settings(rig);
		expect_on(rig, "trusted, and the daemon is silent", door, &shape, PASSES(TRUST));
		rig->settings.lease = FOREVER_NS;
		rig_settings(rig);
	}
}

static void a_small_share_leaks_the_same_for_each_repeat(void **state)
{
	enum { PORTS = 2048 };
	struct rig *rig = *state;
	unsigned int leaked = 0;

	pace(rig, rate(hour_ns, 1));
	rig->settings.leak = 65536 / 32;
	rig_settings(rig);
	for (unsigned int port = 1000; port < 1000 + PORTS; port++) {
		struct shape shape = {.source_port = port};
		enum rig_verdict first;
		struct frame frame;

		frame_build(&frame, &shape);
		if (port == 1000)
			rig_run(rig, DOOR_XDP, &frame);
		first = rig_run(rig, DOOR_XDP, &frame);
		assert_int_equal(rig_run(rig, DOOR_TC, &frame), first);
		leaked += first == RIG_PASS;
	}
	/* 64 expected, deviation 8: five of those either way. */
	assert_in_range(leaked, 64 - 40, 64 + 40);
}

static void all_or_nothing_leaks_when_told_so(void **state)
{
	struct shape shape = {0};
	struct rig *rig = *state;

	pace(rig, rate(hour_ns, 1));
	expect_on(rig, "the burst", DOOR_XDP, &shape, PASSES(ADMITTED));
	expect_on(rig, "none leaks", DOOR_XDP, &shape, REFUSES(SOURCE_PACE));
	rig->settings.leak = 65536;
	rig_settings(rig);
	expect_on(rig, "all leak", DOOR_XDP, &shape, PASSES(LEAKED));
	full(rig, 20, rate(hour_ns, 1));
	rig_put(rig, honest_source(FAMILY_IPV4, 0), &(struct record){.score = 19});
	expect_on(rig, "a leak is no way past the floor", DOOR_XDP, &shape, REFUSES(NODE_FULL));
}

static const struct floor_row {
	const char *what;
	int floor, score;
	struct count count;
} floors[] = {
	{"far above", 10, 50, PASSES(ADMITTED)},
	{"at the floor", 10, 10, PASSES(ADMITTED)},
	{"just below", 10, 9, REFUSES(NODE_FULL)},
	{"below, negative", -20, -21, REFUSES(NODE_FULL)},
	{"at a negative floor", -20, -20, PASSES(ADMITTED)},
	{"the worst, all open", FLOOR_OPEN, -100, PASSES(ADMITTED)},
};

static void who_is_below_the_floor_waits(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(floors); i++)
		for (int family = 0; family < FAMILIES; family++) {
			struct record record = known(STANDING_NEUTRAL, floors[i].score);
			struct shape shape = {.family = family},
				     quic = {.family = family, .transport = TRANSPORT_QUIC};

			rig_clear(state);
			full(*state, floors[i].floor, rate(hour_ns, 1));
			rig_put(*state, honest_source(family, 0), &record);
			for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
				expect_on(*state, floors[i].what, door, &shape, floors[i].count);
				expect_on(*state, "an Initial, not yet", door, &quic,
					  PASSES(ADMITTED));
			}
		}
}

/* How many of @count networks' SYNs pass, one each; @format has one place for a number. */
static unsigned int pass_of(struct rig *rig, enum family family, const char *format,
			    unsigned int first, unsigned int count)
{
	unsigned int passed = 0;

	for (unsigned int i = first; i < first + count; i++) {
		struct shape shape = {.family = family};
		struct frame frame;
		char source[64];

		snprintf(source, sizeof(source),
			 family == FAMILY_IPV6 ? "2001:db8:%x::1" : "198.51.%u.1", i);
		if (format)
			snprintf(source, sizeof(source),
				 family == FAMILY_IPV6 ? "2001:db8:5:%x00::1" : "203.0.113.%u", i);
		shape.source = source;
		frame_build(&frame, &shape);
		passed += rig_run(rig, DOOR_XDP, &frame) == RIG_PASS;
	}
	return passed;
}

static void newcomers_have_their_buckets_and_no_network_has_them_all(void **state)
{
	const char *one_network = "one";

	for (int family = 0; family < FAMILIES; family++) {
		struct rig *rig = *state;

		rig_clear(state);
		full(rig, 5, rate(hour_ns, 2));
		/* One network (IPv4 /24, IPv6 /48) has two buckets of eight, two tokens each. */
		assert_int_equal(pass_of(rig, family, one_network, 1, 200), 4);
		/* All others have the twelve that are left. */
		assert_int_equal(pass_of(rig, family, NULL, 1, 200), 12);
	}
}

static void a_newcomer_is_counted_as_one(void **state)
{
	struct record poor = known(STANDING_POOR, -5);
	struct shape shape = {0};

	full(*state, 5, rate(hour_ns, 1));
	expect_on(*state, "the first token", DOOR_XDP, &shape, PASSES(NEWCOMER));
	expect_on(*state, "the second bucket's", DOOR_TC, &shape, PASSES(NEWCOMER));
	expect_on(*state, "no more", DOOR_XDP, &shape, REFUSES(NODE_FULL));
	full(*state, 0, rate(hour_ns, 1));
	expect_on(*state, "0 is enough", DOOR_XDP, &shape, PASSES(ADMITTED));
	full(*state, 5, rate(0, 1));
	expect_on(*state, "no limit to newcomers", DOOR_XDP, &shape, PASSES(NEWCOMER));
	rig_put(*state, honest_source(FAMILY_IPV4, 0), &poor);
	expect_on(*state, "who is known is no newcomer", DOOR_XDP, &shape, REFUSES(NODE_FULL));
}

static void who_lives_beside_a_known_source_is_no_newcomer(void **state)
{
	struct source_key prefix56 = {.address = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0}};
	struct shape near = from(FAMILY_IPV6, "2001:db8:0:9::1"),
		     far = from(FAMILY_IPV6, "2001:db8:0:109::1");
	struct rig *rig = *state;

	full(rig, 5, rate(hour_ns, 5));
	expect_on(rig, "nobody is known", DOOR_XDP, &near, PASSES(NEWCOMER));
	bpf_map__update_elem(rig->gate->maps.neighbours, &prefix56, sizeof(prefix56),
			     &(struct neighbours){.sources = 1}, sizeof(struct neighbours),
			     BPF_ANY);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
		expect_on(rig, "within a known /56", door, &near, REFUSES(NODE_FULL));
		expect_on(rig, "the next /56", door, &far, PASSES(NEWCOMER));
	}
}

static void without_a_lease_only_bans_hold(void **state)
{
	struct record ban = {.until = FOREVER_NS,
			     .standing = STANDING_BANNED,
			     .reason = REASON_BAD_SCORE,
			     .services = 0xff};
	struct shape shape = {0};
	struct rig *rig = *state;

	pace(rig, rate(hour_ns, 1));
	full(rig, 100, rate(hour_ns, 1));
	expect_on(rig, "a token each", DOOR_XDP, &shape, PASSES(NEWCOMER));
	expect_on(rig, "no token", DOOR_XDP, &shape, REFUSES(SOURCE_PACE));
	rig->settings.lease = rig_coarse_ns() - 1;
	rig_settings(rig);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_on(rig, "the daemon is silent", door, &shape, PASSES(NO_LEASE));
	rig_put(rig, honest_source(FAMILY_IPV4, 0), &ban);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_on(rig, "bans hold", door, &shape, REFUSES(BAD_SCORE));
}

static void a_lease_ends_by_itself(void **state)
{
	struct rig *rig = *state;
	uint64_t now;
	struct frame frame;

	pace(rig, rate(hour_ns, 1));
	rig->settings.lease = rig_coarse_ns() + 5 * TICK_NS;
	rig_settings(rig);
	frame_build(&frame, &(struct shape){0});
	rig_run(rig, DOOR_XDP, &frame);
	while (rig_run(rig, DOOR_XDP, &frame) != RIG_PASS)
		;
	now = rig_coarse_ns();
	assert_true(now >= rig->settings.lease);
	assert_true(now < rig->settings.lease + 50 * TICK_NS);
}

static void observing_walks_the_same_road(void **state)
{
	struct shape shape = {0};
	struct rig *rig = *state;

	rig->settings.mode = MODE_OBSERVE;
	pace(rig, rate(hour_ns, 2));
	full(rig, 5, rate(hour_ns, 1));
	expect_on(rig, "a newcomer", DOOR_XDP, &shape, PASSES(NEWCOMER));
	expect_on(rig, "and again", DOOR_XDP, &shape, PASSES(NEWCOMER));
	expect_on(rig, "over its pace", DOOR_XDP, &shape, WOULD(SOURCE_PACE));
	pace(rig, rate(0, 1));
	expect_on(rig, "newcomers' tokens are spent", DOOR_TC, &shape, WOULD(NODE_FULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_source_has_its_burst_and_no_more, rig_clear),
		cmocka_unit_test_setup(all_of_a_64_shares_one_pace, rig_clear),
		cmocka_unit_test_setup(a_token_comes_back, rig_clear),
		cmocka_unit_test_setup(no_interval_is_no_limit, rig_clear),
		cmocka_unit_test_setup(a_trusted_source_has_sixteen_times_the_pace, rig_clear),
		cmocka_unit_test_setup(a_small_share_leaks_the_same_for_each_repeat, rig_clear),
		cmocka_unit_test_setup(all_or_nothing_leaks_when_told_so, rig_clear),
		cmocka_unit_test_setup(who_is_below_the_floor_waits, rig_clear),
		cmocka_unit_test_setup(newcomers_have_their_buckets_and_no_network_has_them_all,
				       rig_clear),
		cmocka_unit_test_setup(a_newcomer_is_counted_as_one, rig_clear),
		cmocka_unit_test_setup(who_lives_beside_a_known_source_is_no_newcomer, rig_clear),
		cmocka_unit_test_setup(without_a_lease_only_bans_hold, rig_clear),
		cmocka_unit_test_setup(a_lease_ends_by_itself, rig_clear),
		cmocka_unit_test_setup(observing_walks_the_same_road, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
