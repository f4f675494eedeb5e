/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions 5 and 7 in the gate itself: live connections by the witness's hand, and newcomers' tokens that a start only looks at. */
#include "expect.h"

#include <string.h>

#include <peergate/addr.h>

enum { LIVING = 4 };

static const uint64_t hour_ns = 3600ULL * 1000000000;

static struct source_key key_of(const char *text)
{
	struct prefix prefix;
	bool widened;

	assert_int_equal(prefix_parse(&prefix, &widened, text, NULL), 0);
	return addr_source(&prefix.addr);
}

static void lives(struct rig *rig, const char *source, uint32_t service, uint32_t living)
{
	struct witness witness = {.opened = living};
	struct source_key key = key_of(source);

	witness.live[service].living = living;
	assert_int_equal(bpf_map__update_elem(rig->gate->maps.witness, &key, sizeof(key), &witness,
					      sizeof(witness), BPF_ANY),
			 0);
}

static void crowd_lives(struct rig *rig, uint8_t length, uint32_t living)
{
	struct crowd_key key = {.address = {0x20, 0x01, 0x0d, 0xb8}, .length = length};
	struct crowd crowd = {.live = {[SERVICE] = {.living = living}}};

	assert_int_equal(bpf_map__update_elem(rig->gate->maps.crowds, &key, sizeof(key), &crowd,
					      sizeof(crowd), BPF_ANY),
			 0);
}

static void limited(struct rig *rig, uint32_t living, uint32_t living_56, uint32_t living_48)
{
	rig->settings.services[SERVICE].living = living;
	rig->settings.services[SERVICE].living_56 = living_56;
	rig->settings.services[SERVICE].living_48 = living_48;
	rig_settings(rig);
}

static void on_each_door(struct rig *rig, const char *what, enum family family, struct count count)
{
	struct shape shape = {.family = family};

	for (int door = DOOR_XDP; door <= DOOR_TC; door++)
		expect_on(rig, what, door, &shape, count);
}

static void a_source_with_all_its_connections_gets_no_more(void **state)
{
	struct rig *rig = *state;

	for (int family = 0; family < FAMILIES; family++) {
		const char *source = honest_source(family, 0);

		rig_clear(state);
		limited(rig, LIVING, 0, 0);
		on_each_door(rig, "nobody lives", family, PASSES(ADMITTED));
		lives(rig, source, SERVICE, LIVING - 1);
		on_each_door(rig, "one place is left", family, PASSES(ADMITTED));
		lives(rig, source, OTHER_SERVICE, 1000);
		on_each_door(rig, "another service is full", family, PASSES(ADMITTED));
		lives(rig, source, SERVICE, LIVING);
		on_each_door(rig, "full", family, REFUSES(SOURCE_FULL));
		limited(rig, 0, 0, 0);
		on_each_door(rig, "0 is no limit", family, PASSES(ADMITTED));
	}
}

static void so_does_a_customer_and_a_site(void **state)
{
	struct rig *rig = *state;

	limited(rig, LIVING, 8, 16);
	crowd_lives(rig, 56, 7);
	crowd_lives(rig, 48, 15);
	on_each_door(rig, "room in both", FAMILY_IPV6, PASSES(ADMITTED));
	crowd_lives(rig, 56, 8);
	on_each_door(rig, "the /56 is full", FAMILY_IPV6, REFUSES(SOURCE_FULL));
	on_each_door(rig, "IPv4 has none", FAMILY_IPV4, PASSES(ADMITTED));
	crowd_lives(rig, 56, 0);
	crowd_lives(rig, 48, 16);
	on_each_door(rig, "the /48 is full", FAMILY_IPV6, REFUSES(SOURCE_FULL));
	limited(rig, LIVING, 8, 0);
	on_each_door(rig, "0 is no limit", FAMILY_IPV6, PASSES(ADMITTED));
}

static void who_comes_before_question_5(void **state)
{
	struct record trusted = {
		.until = FOREVER_NS, .standing = STANDING_TRUSTED, .services = 0xff};
	struct record banned = {.until = FOREVER_NS,
				.standing = STANDING_BANNED,
				.reason = REASON_BAD_SCORE,
				.services = 0xff};
	const char *source = honest_source(FAMILY_IPV4, 0);
	struct rig *rig = *state;

	limited(rig, LIVING, 0, 0);
	lives(rig, source, SERVICE, LIVING);
	rig_put(rig, source, &trusted);
	on_each_door(rig, "trusted", FAMILY_IPV4, PASSES(TRUST));
	rig_put(rig, source, &banned);
	on_each_door(rig, "banned", FAMILY_IPV4, REFUSES(BAD_SCORE));
	rig_put(rig, source, &(struct record){.score = 90, .standing = STANDING_GOOD});
	on_each_door(rig, "good is not trusted", FAMILY_IPV4, REFUSES(SOURCE_FULL));
	rig->settings.mode = MODE_OBSERVE;
	rig_settings(rig);
	on_each_door(rig, "observing", FAMILY_IPV4, WOULD(SOURCE_FULL));
	rig->settings.mode = MODE_ENFORCE;
	rig->settings.lease = 0;
	rig_settings(rig);
	on_each_door(rig, "the daemon is silent", FAMILY_IPV4, PASSES(NO_LEASE));
}

static void full(struct rig *rig, unsigned int unproven)
{
	struct limits *limits = &rig->settings.services[SERVICE];

	limits->floor = 5;
	limits->newcomers = (struct rate){hour_ns, 0};
	limits->unproven = (struct rate){hour_ns, (unproven - 1) * hour_ns};
	limits->witnessed = 1 << TRANSPORT_TCP | 1 << TRANSPORT_QUIC;
	rig_settings(rig);
}

/* As if the network's connections had been established. */
static void spend_all(struct rig *rig)
{
	struct bucket spent = {.next = rig_boot_ns() + hour_ns};

	for (uint32_t i = 0; i < NEWCOMER_BUCKETS; i++) {
		uint32_t index = newcomer_index(SERVICE, i);

		assert_int_equal(bpf_map__update_elem(rig->gate->maps.newcomers, &index,
						      sizeof(index), &spent, sizeof(spent),
						      BPF_ANY),
				 0);
	}
}

static void a_start_looks_at_a_token_and_takes_none(void **state)
{
	for (int family = 0; family < FAMILIES; family++) {
		struct rig *rig = *state;

		rig_clear(state);
		full(rig, 1000);
		for (int i = 0; i < 20; i++)
			on_each_door(rig, "forged, for all we know", family, PASSES(NEWCOMER));
		spend_all(rig);
		on_each_door(rig, "established ones took the tokens", family, REFUSES(NODE_FULL));
	}
}

static void the_wide_bucket_bounds_starts_without_proof(void **state)
{
	struct shape shape = {0};
	struct rig *rig = *state;

	full(rig, 3);
	for (int i = 0; i < 3; i++)
		expect_on(rig, "within", DOOR_XDP, &shape, PASSES(NEWCOMER));
	on_each_door(rig, "no more", FAMILY_IPV4, REFUSES(NODE_FULL));
	on_each_door(rig, "of either family", FAMILY_IPV6, REFUSES(NODE_FULL));
	rig_put(rig, honest_source(FAMILY_IPV4, 0), &(struct record){.score = 5});
	on_each_door(rig, "who is known does not ask it", FAMILY_IPV4, PASSES(ADMITTED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_source_with_all_its_connections_gets_no_more, rig_clear),
		cmocka_unit_test_setup(so_does_a_customer_and_a_site, rig_clear),
		cmocka_unit_test_setup(who_comes_before_question_5, rig_clear),
		cmocka_unit_test_setup(a_start_looks_at_a_token_and_takes_none, rig_clear),
		cmocka_unit_test_setup(the_wide_bucket_bounds_starts_without_proof, rig_clear),
	};

	return cmocka_run_group_tests(tests, rig_up, rig_down);
}
