/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions 5 and 7 over tables in memory: what is full, who is new, when a newcomer's token is looked at and when spent. */
#include "tap.h"

#include <string.h>

#include "../../bpf/room.h" /* the core has one, too */

enum { S = 1000000000, SERVICE = 2 };

/* What the kernel's maps would hold. */
static struct {
	struct record record;
	struct prefix_record prefix;
	struct witness witness;
	struct crowd of_56, of_48;
	struct bucket newcomers[SERVICES_MAX * NEWCOMER_BUCKETS], unproven[SERVICES_MAX];
	bool has_record, has_prefix, has_witness, has_56, has_48, has_neighbours;
	int looked; /* at anything that lives */
} held;

const struct record *look_source(const struct source_key *key)
{
	(void)key;
	return held.has_record ? &held.record : NULL;
}

const struct prefix_record *look_prefix(const struct prefix_key *key)
{
	(void)key;
	return held.has_prefix ? &held.prefix : NULL;
}

const struct neighbours *look_neighbours(const struct source_key *prefix56)
{
	static const struct neighbours one = {.sources = 1};

	assert_int_equal(prefix56->address[7], 0);
	return held.has_neighbours ? &one : NULL;
}

struct pace *look_pace(const struct source_key *key)
{
	(void)key;
	return NULL;
}

void keep_pace(const struct source_key *key, const struct pace *fresh)
{
	(void)key;
	(void)fresh;
}

struct bucket *look_newcomers(__u32 index)
{
	assert_in_range(index, SERVICE * NEWCOMER_BUCKETS, (SERVICE + 1) * NEWCOMER_BUCKETS - 1);
	return &held.newcomers[index];
}

struct bucket *look_unproven(__u32 service)
{
	assert_int_equal(service, SERVICE);
	return &held.unproven[service];
}

const struct witness *look_witness(const struct source_key *key)
{
	(void)key;
	held.looked++;
	return held.has_witness ? &held.witness : NULL;
}

const struct crowd *look_crowd(const struct crowd_key *key)
{
	static const __u8 site[7] = {0x20, 0x01, 0x0d, 0xb8, 0, 7, 0};

	held.looked++;
	assert_int_equal(key->length == 48 ? 0 : 9, key->address[6]);
	assert_memory_equal(key->address, site, 6);
	if (key->length == 48)
		return held.has_48 ? &held.of_48 : NULL;
	assert_int_equal(key->length, 56);
	return held.has_56 ? &held.of_56 : NULL;
}

static struct settings settings;
static struct start start;
static struct source_key source;
static struct question question;

/* A start of 2001:db8:7:900::/64 or of 192.0.2.7 to a service that is full, with a lease. */
static void ask_from(enum family family, enum transport transport)
{
	static const __u8 address[FAMILIES][16] = {
		{[10] = 0xff, 0xff, 192, 0, 2, 7},
		{0x20, 0x01, 0x0d, 0xb8, 0, 7, 9, 0, [15] = 1},
	};

	memset(&held, 0, sizeof(held));
	memset(&settings, 0, sizeof(settings));
	start = (struct start){.family = family, .transport = transport};
	memcpy(start.address, address[family], 16);
	source_key_of(&source, start.address);
	settings.services[SERVICE] = (struct limits){
		.newcomers = {.interval_ns = 60ULL * S, .burst_ns = 60ULL * S},
		.unproven = {.interval_ns = S / 200, .burst_ns = 199ULL * (S / 200)},
		.floor = 5,
		.witnessed = 1 << TRANSPORT_TCP | 1 << TRANSPORT_QUIC,
	};
	question = (struct question){
		.start = &start,
		.source = &source,
		.service = SERVICE,
		.leased = 1,
		.now = 1000ULL * S,
		.settings = &settings,
	};
}

static const struct {
	const char *what;
	enum family family;
	__u32 living, of_56, of_48; /* what lives; 0: nobody there */
	__u32 limit, limit_56, limit_48;
	bool full;
	int looked;
} rooms[] = {
	{"nobody lives", FAMILY_IPV4, 0, 0, 0, 16, 32, 128, false, 1},
	{"one below the limit", FAMILY_IPV4, 15, 0, 0, 16, 32, 128, false, 1},
	{"at the limit", FAMILY_IPV4, 16, 0, 0, 16, 32, 128, true, 1},
	{"above it, since it was lowered", FAMILY_IPV4, 40, 0, 0, 16, 32, 128, true, 1},
	{"no limit, nothing is looked up", FAMILY_IPV4, 40, 0, 0, 0, 32, 128, false, 0},
	{"IPv6: one of many", FAMILY_IPV6, 15, 31, 127, 16, 32, 128, false, 3},
	{"IPv6: its own", FAMILY_IPV6, 16, 16, 16, 16, 32, 128, true, 1},
	{"IPv6: its /56", FAMILY_IPV6, 0, 32, 32, 16, 32, 128, true, 2},
	{"IPv6: its /48", FAMILY_IPV6, 1, 1, 128, 16, 32, 128, true, 3},
	{"IPv6: only the /48 is limited", FAMILY_IPV6, 99, 99, 99, 0, 0, 100, false, 1},
	{"IPv6: and full", FAMILY_IPV6, 99, 99, 100, 0, 0, 100, true, 1},
	{"IPv6: no limit at all", FAMILY_IPV6, 99, 99, 99, 0, 0, 0, false, 0},
};

static void a_source_has_its_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
		struct limits *limits = &settings.services[SERVICE];

		ask_from(rooms[i].family, TRANSPORT_TCP);
		held.has_witness = (held.witness.live[SERVICE].living = rooms[i].living);
		held.has_56 = (held.of_56.live[SERVICE].living = rooms[i].of_56);
		held.has_48 = (held.of_48.live[SERVICE].living = rooms[i].of_48);
		held.witness.live[SERVICE + 1].living =
			1000; /* another service's are not counted */
		limits->living = rooms[i].limit;
		limits->living_56 = rooms[i].limit_56;
		limits->living_48 = rooms[i].limit_48;
		expect_true(rooms[i].what, is_source_full(&question, limits) == rooms[i].full);
		expect_true(rooms[i].what, held.looked == rooms[i].looked);
	}
}

/* What the floor says to this start now. */
static struct judgement floor_says(void)
{
	return judge_floor(&question, &settings.services[SERVICE], look_source(&source),
			   CAUSE_ADMITTED);
}

static bool comes_in(void)
{
	return floor_says().verdict == VERDICT_PASS;
}

static void a_token_is_looked_at_first_and_spent_when_established(void **state)
{
	(void)state;
	for (int transport = 0; transport < TRANSPORTS; transport++) {
		ask_from(FAMILY_IPV4, transport);
		for (int i = 0; i < 150; i++) /* forged starts take nothing of it */
			assert_int_equal(floor_says().cause, CAUSE_NEWCOMER);
		for (int i = 0; i < 4; i++) { /* two buckets, two tokens each */
			assert_true(comes_in());
			newcomer_spend(&question);
		}
		assert_false(comes_in());
		assert_int_equal(floor_says().reason, REASON_NODE_FULL);
		question.now += 60ULL * S;
		assert_true(comes_in());
	}
}

static void starts_without_proof_are_bounded(void **state)
{
	unsigned int passed = 0;

	(void)state;
	ask_from(FAMILY_IPV4, TRANSPORT_TCP);
	for (int i = 0; i < 1000; i++)
		passed += comes_in();
	assert_int_equal(passed, 200);
	question.now += S / 2;
	for (int i = 0; i < 1000; i++)
		passed += comes_in();
	assert_int_equal(passed, 300);
	settings.services[SERVICE].unproven.interval_ns = 0;
	for (int i = 0; i < 1000; i++)
		passed += comes_in();
	assert_int_equal(passed, 1300);
}

static void who_is_refused_takes_no_place_of_the_wide_bucket(void **state)
{
	(void)state;
	ask_from(FAMILY_IPV4, TRANSPORT_TCP);
	for (int i = 0; i < 4; i++)
		newcomer_spend(&question);
	for (int i = 0; i < 1000; i++)
		assert_false(comes_in());
	assert_true(bucket_has(&held.unproven[SERVICE], &settings.services[SERVICE].unproven,
			       question.now));
	assert_int_equal(held.unproven[SERVICE].next, 0);
}

static void where_nobody_sees_them_established_the_start_pays(void **state)
{
	(void)state;
	ask_from(FAMILY_IPV4, TRANSPORT_QUIC);
	settings.services[SERVICE].witnessed = 1 << TRANSPORT_TCP;
	for (int i = 0; i < 4; i++)
		assert_true(comes_in());
	assert_false(comes_in());
	start.transport = TRANSPORT_TCP; /* the same buckets */
	assert_false(comes_in());
	ask_from(FAMILY_IPV4, TRANSPORT_QUIC);
	settings.services[SERVICE].witnessed = 1 << TRANSPORT_TCP;
	for (int i = 0; i < 100; i++)
		newcomer_spend(&question);
	assert_true(comes_in()); /* not twice */
}

static void who_came_together_pays_afterwards_within_reason(void **state)
{
	(void)state;
	ask_from(FAMILY_IPV4, TRANSPORT_TCP);
	for (int i = 0; i < 256; i++)
		newcomer_spend(&question);
	question.now += (DEBT_MAX - 1) * 60ULL * S;
	assert_false(comes_in());
	question.now += 2 * 60ULL * S;
	assert_true(comes_in());
}

static void known(void)
{
	held.has_record = true;
}

static void beside_known_ones(void)
{
	held.has_neighbours = true;
}

static void below_a_trusted_prefix(void)
{
	settings.prefixes = 1;
	held.has_prefix = true;
	held.prefix = (struct prefix_record){
		.until = FOREVER_NS, .standing = STANDING_TRUSTED, .services = 0xff, .length = 32};
}

static void not_full(void)
{
	settings.services[SERVICE].floor = 0;
}

static void without_a_lease(void)
{
	question.leased = 0;
}

static void without_a_limit(void)
{
	settings.services[SERVICE].newcomers.interval_ns = 0;
}

static const struct {
	const char *what;
	void (*make)(void);
} roads[] = {
	{"a source that is known", known},
	{"one beside known ones", beside_known_ones},
	{"one below a trusted prefix", below_a_trusted_prefix},
	{"a service that is not full", not_full},
	{"a silent daemon", without_a_lease},
	{"newcomers = off", without_a_limit},
};

static void who_came_by_another_road_spends_nothing(void **state)
{
	static const struct bucket untouched[SERVICES_MAX * NEWCOMER_BUCKETS];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(roads); i++) {
		ask_from(FAMILY_IPV6, TRANSPORT_TCP);
		roads[i].make();
		newcomer_spend(&question);
		expect_true(roads[i].what,
			    !memcmp(held.newcomers, untouched, sizeof(held.newcomers)));
	}
	ask_from(FAMILY_IPV6, TRANSPORT_TCP);
	newcomer_spend(&question);
	assert_true(memcmp(held.newcomers, untouched, sizeof(held.newcomers)) != 0);
}

static void who_is_known_goes_by_his_score(void **state)
{
	(void)state;
	ask_from(FAMILY_IPV4, TRANSPORT_TCP);
	held.has_record = true;
	held.record.score = 4;
	assert_false(comes_in());
	held.record.score = 5;
	assert_int_equal(floor_says().cause, CAUSE_ADMITTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_has_its_places),
		cmocka_unit_test(a_token_is_looked_at_first_and_spent_when_established),
		cmocka_unit_test(starts_without_proof_are_bounded),
		cmocka_unit_test(who_is_refused_takes_no_place_of_the_wide_bucket),
		cmocka_unit_test(where_nobody_sees_them_established_the_start_pays),
		cmocka_unit_test(who_came_together_pays_afterwards_within_reason),
		cmocka_unit_test(who_came_by_another_road_spends_nothing),
		cmocka_unit_test(who_is_known_goes_by_his_score),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
