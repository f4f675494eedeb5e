/* SPDX-License-Identifier: BSD-2-Clause */
/* The gate's bucket and hash, which it shares with nobody: a table of arrivals; SipHash against a second way to compute it. */
#include "tap.h"

#include "pace.h"
#include "siphash.h"

enum { S = 1000000000 };

static const struct rate each_second_burst_of_3 = {.interval_ns = S, .burst_ns = 2ULL * S};

static const struct {
	const char *what;
	uint64_t at_ms;
	bool taken;
} day[] = {
	{"the first", 10000, true},	 {"the second at once", 10000, true},
	{"the third", 10000, true},	 {"the fourth is late", 10000, false},
	{"still", 10999, false},	 {"a second on", 11000, true},
	{"and no more", 11000, false},	 {"half a second", 11500, false},
	{"two seconds on", 13000, true}, {"the other", 13000, true},
	{"empty", 13000, false},	 {"an hour on", 3613000, true},
	{"the burst", 3613000, true},	 {"is three", 3613000, true},
	{"not more", 3613000, false},	 {"the clock went back", 3600000, false},
};

static void a_bucket_gives_its_tokens_in_time(void **state)
{
	struct bucket bucket = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(day); i++) {
		uint64_t now_ns = day[i].at_ms * 1000000;

		expect_true(day[i].what,
			    bucket_has(&bucket, &each_second_burst_of_3, now_ns) == day[i].taken);
		expect_true(day[i].what,
			    bucket_take(&bucket, &each_second_burst_of_3, now_ns) == day[i].taken);
	}
}

static void a_faster_rate_has_the_same_burst(void **state)
{
	struct rate fast = rate_times(&each_second_burst_of_3, 16);
	struct bucket bucket = {0};

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(bucket_take(&bucket, &fast, S));
	assert_false(bucket_take(&bucket, &fast, S));
	assert_true(bucket_take(&bucket, &fast, S + S / 16));
}

/* Values of SipHash-1-3 for the key 00 01 .. 0f, from its definition computed apart (Python, integers of any size). */
static const struct {
	uint64_t a, b, hash;
} hashes[] = {
	{0x0ULL, 0x0ULL, 0x403e4b0d4f19f787ULL},
	{0x1ULL, 0x0ULL, 0x36e9aab469051c67ULL},
	{0x706050403020100ULL, 0xf0e0d0c0b0a0908ULL, 0xcc4fdd1a7d908b66ULL},
	{0x70200c0ffff0000ULL, 0x9c40000000000001ULL, 0x4caf112c4e9ddabcULL},
};

static void the_hash_is_siphash_1_3(void **state)
{
	static const __u64 key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		assert_true(hash_pair(key, hashes[i].a, hashes[i].b) == hashes[i].hash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_gives_its_tokens_in_time),
		cmocka_unit_test(a_faster_rate_has_the_same_burst),
		cmocka_unit_test(the_hash_is_siphash_1_3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
