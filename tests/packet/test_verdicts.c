/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose word counts: records of sources and prefixes, trusted, banned and in backoff, live and ended, the more specific first. */
#include "expect.h"

enum { LIVE, ENDED };

/* What user space wrote before the packet came; @where NULL ends the list. */
struct entry {
	const char *where;
	enum standing standing;
	enum reason reason;
	uint8_t services; /* 0xff */
	uint8_t ended;
};

static const struct row {
	const char *what;
	enum family family;
	enum transport transport;
	struct entry entries[6];
	struct count count;
} rows[] = {
	{"nobody knows it", FAMILY_IPV4, TRANSPORT_TCP, {{0}}, PASSES(ADMITTED)},
	{"a record without a verdict",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.7", STANDING_POOR, REASON_NONE, 0, ENDED}},
	 PASSES(ADMITTED)},
	{"a ban",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8:0:7::/64", STANDING_BANNED, REASON_UNVIABLE_FORK, 0, LIVE}},
	 REFUSES(UNVIABLE_FORK)},
	{"a ban of the neighbour",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8:0:8::/64", STANDING_BANNED, REASON_UNVIABLE_FORK, 0, LIVE}},
	 PASSES(ADMITTED)},
	{"a ban that ended",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.7", STANDING_BANNED, REASON_BAD_SCORE, 0, ENDED}},
	 PASSES(ADMITTED)},
	{"a backoff of this service",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.7", STANDING_NEUTRAL, REASON_TOO_MANY_PEERS, 1 << SERVICE, LIVE}},
	 REFUSES(TOO_MANY_PEERS)},
	{"a backoff of another service",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.7", STANDING_NEUTRAL, REASON_TOO_MANY_PEERS, 1 << OTHER_SERVICE, LIVE}},
	 PASSES(ADMITTED)},
	{"trust",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.7", STANDING_TRUSTED, REASON_NONE, 0, LIVE}},
	 PASSES(TRUST)},
	{"trust that ended",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.7", STANDING_TRUSTED, REASON_NONE, 0, ENDED}},
	 PASSES(ADMITTED)},
	{"an Initial of a banned source",
	 FAMILY_IPV4,
	 TRANSPORT_QUIC,
	 {{"192.0.2.7", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 REFUSES(OPERATOR)},
	{"an Initial of a source in backoff",
	 FAMILY_IPV6,
	 TRANSPORT_QUIC,
	 {{"2001:db8:0:7::/64", STANDING_NEUTRAL, REASON_IO_ERROR, 0, LIVE}},
	 REFUSES(IO_ERROR)},
	{"an Initial of a trusted source",
	 FAMILY_IPV4,
	 TRANSPORT_QUIC,
	 {{"192.0.2.0/24", STANDING_TRUSTED, REASON_NONE, 0, LIVE}},
	 PASSES(TRUST)},

	/* Prefixes */
	{"a ban of its network",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.0/24", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 REFUSES(OPERATOR)},
	{"an Initial out of a banned network",
	 FAMILY_IPV6,
	 TRANSPORT_QUIC,
	 {{"2001:db8::/32", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 REFUSES(OPERATOR)},
	{"its own trust in a banned network",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.0/24", STANDING_BANNED, REASON_OPERATOR, 0, LIVE},
	  {"192.0.2.7", STANDING_TRUSTED, REASON_NONE, 0, LIVE}},
	 PASSES(TRUST)},
	{"its own ban in a trusted network",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.2.0/24", STANDING_TRUSTED, REASON_NONE, 0, LIVE},
	  {"192.0.2.7", STANDING_BANNED, REASON_BAD_SCORE, 0, LIVE}},
	 REFUSES(BAD_SCORE)},
	{"its own ended ban in a trusted network",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8::/48", STANDING_TRUSTED, REASON_NONE, 0, LIVE},
	  {"2001:db8:0:7::/64", STANDING_BANNED, REASON_BAD_SCORE, 0, ENDED}},
	 PASSES(TRUST)},
	{"its own ban in a trusted IPv6 network",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8::/48", STANDING_TRUSTED, REASON_NONE, 0, LIVE},
	  {"2001:db8:0:7::/64", STANDING_BANNED, REASON_BAD_SCORE, 0, LIVE}},
	 REFUSES(BAD_SCORE)},
	{"a trusted network in a banned one",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8::/32", STANDING_BANNED, REASON_OPERATOR, 0, LIVE},
	  {"2001:db8::/48", STANDING_TRUSTED, REASON_NONE, 0, LIVE}},
	 PASSES(TRUST)},
	{"an ended ban of a network in a banned one",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.0.0/16", STANDING_BANNED, REASON_OPERATOR, 0, LIVE},
	  {"192.0.2.0/24", STANDING_TRUSTED, REASON_NONE, 0, ENDED}},
	 REFUSES(OPERATOR)},
	{"four prefixes that say nothing, then one that does",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"192.0.0.0/16", STANDING_BANNED, REASON_OPERATOR, 0, LIVE},
	  {"192.0.2.0/24", STANDING_BANNED, REASON_UNKNOWN, 0, ENDED},
	  {"192.0.2.0/25", STANDING_BANNED, REASON_UNKNOWN, 1 << OTHER_SERVICE, LIVE},
	  {"192.0.2.0/26", STANDING_BANNED, REASON_UNKNOWN, 0, ENDED},
	  {"192.0.2.0/27", STANDING_BANNED, REASON_UNKNOWN, 0, ENDED}},
	 REFUSES(OPERATOR)},
	{"a ban of one address of a trusted /64",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8:0:7::/64", STANDING_TRUSTED, REASON_NONE, 0, LIVE},
	  {"2001:db8:0:7::1/128", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 REFUSES(OPERATOR)},
	{"a ban of another address of a trusted /64",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8:0:7::/64", STANDING_TRUSTED, REASON_NONE, 0, LIVE},
	  {"2001:db8:0:7::2/128", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 PASSES(TRUST)},
	{"trust in one address of a banned /64",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"2001:db8:0:7::/64", STANDING_BANNED, REASON_BAD_SCORE, 0, LIVE},
	  {"2001:db8:0:7::/100", STANDING_TRUSTED, REASON_NONE, 0, LIVE}},
	 PASSES(TRUST)},
	{"all of IPv6 banned means no IPv4",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"::/0", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 PASSES(ADMITTED)},
	{"all of IPv6 banned",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"::/0", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 REFUSES(OPERATOR)},
	{"all of IPv4 banned means no IPv6",
	 FAMILY_IPV6,
	 TRANSPORT_TCP,
	 {{"0.0.0.0/0", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 PASSES(ADMITTED)},
	{"all of IPv4 banned",
	 FAMILY_IPV4,
	 TRANSPORT_TCP,
	 {{"0.0.0.0/0", STANDING_BANNED, REASON_OPERATOR, 0, LIVE}},
	 REFUSES(OPERATOR)},
};

static struct record record_of(const struct entry *entry)
{
	return (struct record){
		.until = entry->ended ? rig_boot_ns() - 2 * TICK_NS : FOREVER_NS,
		.until_unix = FOREVER_UNIX,
		.score = entry->standing == STANDING_BANNED ? -100 : 0,
		.standing = entry->standing,
		.reason = entry->reason,
		.services = entry->services ? entry->services : 0xff,
	};
}

/* Without an Ethernet header packets come from other sources (builder.h); the three other doors do. */
static void the_more_specific_live_word_counts(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct shape shape = {.family = rows[i].family, .transport = rows[i].transport};

		rig_clear(state);
		for (const struct entry *entry = rows[i].entries; entry->where; entry++) {
			struct record record = record_of(entry);

			rig_put(*state, entry->where, &record);
		}
		for (int door = DOOR_XDP; door <= DOOR_TC; door++)
			expect_on(*state, rows[i].what, door, &shape, rows[i].count);
	}
}

static void each_reason_is_counted_by_its_name(void **state)
{
	for (int reason = 0; reason < REASONS; reason++)
		for (int family = 0; family < FAMILIES; family++) {
			struct record record = {.until = FOREVER_NS,
						.standing = STANDING_BANNED,
						.reason = reason,
						.services = 0xff};
			struct shape shape = {.family = family};
			struct count count = {REFUSED, reason, SERVICE};

			rig_put(*state, honest_source(family, 0), &record);
			for (int door = DOOR_XDP; door <= DOOR_TC; door++)
				expect_on(*state, "reason", door, &shape, count);
		}
}

static void a_reason_that_is_none_is_counted_as_unknown(void **state)
{
	struct record record = {.until = FOREVER_NS, .standing = STANDING_BANNED, .services = 0xff};
	struct shape shape = {0};

	((uint8_t *)&record)[offsetof(struct record, reason)] = REASONS;
	rig_put(*state, honest_source(FAMILY_IPV4, 0), &record);
	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_on(*state, "no reason", door, &shape, REFUSES(UNKNOWN));
}

/* Addresses that carry an IPv4 host are that host. */
static const struct carrier {
	const char *what, *source;
	struct count count;
} carriers[] = {
	{"mapped", "::ffff:192.0.2.7", REFUSES(OPERATOR)},
	{"translated (NAT64)", "64:ff9b::192.0.2.7", REFUSES(OPERATOR)},
	{"6to4", "2002:c000:207:1::1", REFUSES(OPERATOR)},
	{"Teredo", "2001:0:1234:5678:0:0:3fff:fdf8", REFUSES(OPERATOR)},
	{"mapped neighbour", "::ffff:192.0.2.8", PASSES(ADMITTED)},
	{"translated neighbour", "64:ff9b::192.0.2.8", PASSES(ADMITTED)},
	{"another translator's prefix", "64:ff9b:1::192.0.2.7", PASSES(ADMITTED)},
	{"6to4 neighbour", "2002:c000:208:1::1", PASSES(ADMITTED)},
	{"Teredo neighbour", "2001:0:1234:5678:0:0:3fff:fdf7", PASSES(ADMITTED)},
	{"compatible, which nobody uses", "::192.0.2.7", PASSES(ADMITTED)},
};

static void a_carrier_is_the_ipv4_inside(void **state)
{
	struct record ban = {.until = FOREVER_NS,
			     .standing = STANDING_BANNED,
			     .reason = REASON_OPERATOR,
			     .services = 0xff};

	for (int prefix = 0; prefix < 2; prefix++) {
		rig_clear(state);
		rig_put(*state, prefix ? "192.0.2.6/31" : "192.0.2.7", &ban);
		for (size_t i = 0; i < ARRAY_SIZE(carriers); i++) {
			struct shape shape = {.family = FAMILY_IPV6, .source = carriers[i].source};

			for (int door = DOOR_XDP; door <= DOOR_TC; door++)
				expect_on(*state, carriers[i].what, door, &shape,
					  carriers[i].count);
		}
	}
}

static void only_gated_ports_are_judged_and_each_by_its_service(void **state)
{
	struct record ban = {.until = FOREVER_NS,
			     .standing = STANDING_BANNED,
			     .reason = REASON_OPERATOR,
			     .services = 1 << OTHER_SERVICE};
	struct port_key key = {.port = OWN_PORT, .transport = TRANSPORT_QUIC};
	struct shape own = {0}, other = {.port = OWN_PORT + 1};
	struct shape quic = {.transport = TRANSPORT_QUIC};
	struct rig *rig = *state;

	rig_put(rig, honest_source(FAMILY_IPV4, 0), &ban);
	expect_on(rig, "not for this service", DOOR_XDP, &own, PASSES(ADMITTED));
	expect_on(rig, "for the other", DOOR_XDP, &other,
		  (struct count){REFUSED, REASON_OPERATOR, OTHER_SERVICE});
	bpf_map__delete_elem(rig->gate->maps.services, &key, sizeof(key), 0);
	expect_on(rig, "a port of TCP alone", DOOR_XDP, &quic, NOTHING);
	expect_on(rig, "and TCP there", DOOR_XDP, &own, PASSES(ADMITTED));
}

/* A record ends at the tick that follows its end: not before it, and no more than two ticks after. */
static void a_ban_ends_to_the_tick(void **state)
{
	struct record ban = {
		.standing = STANDING_BANNED, .reason = REASON_BAD_SCORE, .services = 0xff};
	struct rig *rig = *state;

	for (int leased = 0; leased < 2; leased++)
		for (int door = DOOR_XDP; door <= DOOR_TC; door++) {
			enum rig_verdict verdict = RIG_DROP;
			struct frame frame;
			uint64_t now = 0;

			rig->settings.lease = leased ? FOREVER_NS : 0;
			rig_settings(rig);
			frame_build(&frame, &(struct shape){0});
			ban.until = rig_boot_ns() + 5 * TICK_NS;
			rig_put(rig, honest_source(FAMILY_IPV4, 0), &ban);
			for (int tries = 0; tries < 10000000 && verdict != RIG_PASS; tries++) {
				verdict = rig_run(rig, door, &frame);
				now = rig_boot_ns();
			}
			assert_int_equal(verdict, RIG_PASS);
			assert_true(now >= ban.until);
			/* A busy machine may take us off the CPU between the run and the clock. */
			assert_true(now < ban.until + 50 * TICK_NS);
		}
}

/* With a lease the clock is the coarse one and the daemon's offset; without, boot time itself. */
static void a_suspend_neither_shortens_nor_lengthens_a_ban(void **state)
{
	const uint64_t hour = 3600ULL * 1000000000;
	struct record ban = {.until = rig_boot_ns() + hour / 2,
			     .standing = STANDING_BANNED,
			     .reason = REASON_OPERATOR,
			     .services = 0xff};
	struct shape shape = {0};
	struct rig *rig = *state;

	rig_put(rig, honest_source(FAMILY_IPV4, 0), &ban);
	rig->settings.boot_offset += hour;
	rig_settings(rig);
	expect_on(rig, "slept for an hour", DOOR_XDP, &shape, PASSES(ADMITTED));
	rig->settings.lease = 0;
	rig_settings(rig);
	expect_on(rig, "the offset is old: asks the clock", DOOR_XDP, &shape, REFUSES(OPERATOR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_more_specific_live_word_counts, rig_clear),
		cmocka_unit_test_setup(each_reason_is_counted_by_its_name, rig_clear),
		cmocka_unit_test_setup(a_reason_that_is_none_is_counted_as_unknown, rig_clear),
		cmocka_unit_test_setup(a_carrier_is_the_ipv4_inside, rig_clear),
		cmocka_unit_test_setup(only_gated_ports_are_judged_and_each_by_its_service,
				       rig_clear),
		cmocka_unit_test_setup(a_ban_ends_to_the_tick, rig_clear),
		cmocka_unit_test_setup(a_suspend_neither_shortens_nor_lengthens_a_ban, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
