/* SPDX-License-Identifier: BSD-2-Clause */
/* Networks: one vote each, medians that follow them, verified sources, and a table that stays bounded. */
#include "play.h"

#include "../../user/core/book.h" /* the CLI has one, too */

enum { VALUES = 400 };

static uint32_t median_slowly(const uint32_t *counts, uint32_t total)
{
	uint32_t sum = 0, at = 0;

	for (; at < MEDIAN_BINS; at++) {
		sum += counts[at];
		if (sum * 2 >= total)
			break;
	}
	return at;
}

/* Against a count from the start after each change. */
static void the_finger_stays_on_the_median(void **state)
{
	static struct median median;
	uint32_t counts[MEDIAN_BINS] = {0}, held[VALUES], count = 0, dice = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		dice = dice * 1664525 + 1013904223;
		if (count == VALUES || (count && dice >> 31)) {
			uint32_t which = (dice >> 8) % count;

			median_remove(&median, held[which]);
			counts[held[which]]--;
			held[which] = held[--count];
		} else {
			held[count] = i % 3 ? (dice >> 10) % MEDIAN_BINS : 7;
			median_add(&median, held[count]);
			counts[held[count++]]++;
		}
		assert_int_equal(median.total, count);
		if (count)
			assert_int_equal(median.at, median_slowly(counts, count));
	}
}

static void a_bin_of_a_logarithm_is_right_to_a_tenth(void **state)
{
	(void)state;
	for (uint64_t value = 8; value <= UINT32_MAX; value += value / 7 + 1) {
		uint32_t bin = median_bin_of((uint32_t)value);
		int64_t back = median_value_of(bin);

		assert_in_range(bin, 0, 127);
		assert_true(
			(back > (int64_t)value ? back - (int64_t)value : (int64_t)value - back) *
				8 <=
			(int64_t)value);
	}
	assert_int_equal(median_bin_of(1), 0);
	assert_int_equal(median_bin_of(UINT32_MAX), 127);
}

static void say_head(struct play *play, const char *peer, const char *addr, uint64_t slot)
{
	struct report report = NODE;

	report.head_slot = slot;
	play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_OK, NODE);
	play_ok(play, peer, addr, REPORT_STATUS, RESULT_OK, report);
}

/* A hundred peers of one network outvote nobody. */
static void one_network_has_one_vote(void **state)
{
	struct play *play = play_new();
	char peer[16], addr[32];
	uint64_t head;

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(peer, sizeof(peer), "Liar%d", i);
		snprintf(addr, sizeof(addr), "198.51.%d.7", i);
		say_head(play, peer, addr, 5000000);
	}
	say_head(play, "A", "192.0.2.1", 9000000);
	say_head(play, "B", "2001:db8::1", 9000001);
	play_wait(play, S);
	assert_true(networks_head(play->policy, 0, &head));
	assert_int_equal(head, 9000000);
	say_head(play, "B2", "2001:db8:ffff::1", 3); /* the same /32: its latest word is its vote */
	assert_int_equal(play->policy->networks.connected, 3);
	play_wait(play, S);
	assert_true(networks_head(play->policy, 0, &head));
	assert_int_equal(head, 5000000);
	play_free(play);
}

static void the_median_follows_the_chain_and_who_leaves(void **state)
{
	struct play *play = play_new();
	char peer[16], addr[32];
	uint64_t head = 0;

	(void)state;
	for (uint64_t slot = 1; slot < 3000; slot += 13) {
		for (int i = 0; i < 9; i++) {
			snprintf(peer, sizeof(peer), "P%d", i);
			snprintf(addr, sizeof(addr), "10%d.7.2.1", i);
			say_head(play, peer, addr, slot + (uint64_t)i);
		}
		play_wait(play, S);
		assert_true(networks_head(play->policy, 0, &head));
		assert_int_equal(head, slot + 4);
	}
	for (int i = 0; i < 9; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "10%d.7.2.1", i);
		play_ok(play, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	}
	assert_false(networks_head(play->policy, 0, &head)); /* nobody is left to ask */
	assert_int_equal(play->policy->networks.connected, 0);
	assert_int_equal(play->policy->networks.counted.count, 9);
	play_wait(play, 2 * MIN);
	assert_int_equal(play->policy->networks.counted.count, 0);
	play_free(play);
}

static void a_source_is_verified_by_a_status_and_two_minutes(void **state)
{
	const struct prefix source = play_prefix("192.0.2.1");
	struct play *play = play_new();

	(void)state;
	say_head(play, "A", "192.0.2.1", 7);
	play_wait(play, 119 * S);
	play_ok(play, "A", NULL, REPORT_RESPONSE, RESULT_OK, NODE);
	assert_int_equal(network_share(play->policy, &source).verified, 0);
	play_wait(play, S);
	play_ok(play, "A", NULL, REPORT_RESPONSE, RESULT_OK, NODE);
	play_ok(play, "A", NULL, REPORT_RESPONSE, RESULT_OK, NODE);
	assert_int_equal(network_share(play->policy, &source).verified, 1);
	assert_int_equal(network_share(play->policy, &source).connected, 1);
	play_ok(play, "A", NULL, REPORT_RESPONSE, RESULT_INVALID, NODE); /* proof takes it back */
	assert_int_equal(network_share(play->policy, &source).all_verified, 0);
	play_free(play);
}

/* Law 10: the table has a cap; who has nobody connected and nobody verified leaves first. */
static void law_10_networks_have_a_cap(void **state)
{
	const struct prefix first = play_prefix("10.0.2.1"), kept = play_prefix("11.200.2.1");
	struct policy_settings settings;
	struct play *play;
	char peer[16], addr[32];

	(void)state;
	policy_settings_default(&settings);
	settings.networks_max = 64;
	play = play_new_with(&settings, 1);
	for (int i = 0; i < 200; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "11.%d.2.1", i);
		play_join(play, peer, addr);
		play_ok(play, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, NODE);
		play_wait(play, 2 * MIN);
	}
	assert_int_equal(play->policy->networks.pool.count, 64);
	assert_null(network_find(play->policy, &first));
	for (int i = 0; i < 200; i++) { /* all stay: no more than 64 have a vote */
		snprintf(peer, sizeof(peer), "Q%d", i);
		snprintf(addr, sizeof(addr), "11.%d.2.1", (i + 200) % 256);
		play_join(play, peer, addr);
	}
	assert_int_equal(play->policy->networks.pool.count, 64);
	assert_int_equal(play->policy->networks.connected, 64);
	assert_non_null(network_find(play->policy, &kept));
	for (int i = 0; i < 200; i++) {
		snprintf(peer, sizeof(peer), "Q%d", i);
		play_ok(play, peer, NULL, REPORT_DISCONNECTED, RESULT_NONE, NODE);
	}
	assert_int_equal(play->policy->networks.connected, 0);
	play_free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_finger_stays_on_the_median),
		cmocka_unit_test(a_bin_of_a_logarithm_is_right_to_a_tenth),
		cmocka_unit_test(one_network_has_one_vote),
		cmocka_unit_test(the_median_follows_the_chain_and_who_leaves),
		cmocka_unit_test(a_source_is_verified_by_a_status_and_two_minutes),
		cmocka_unit_test(law_10_networks_have_a_cap),
	};

	return cmocka_run_group_tests_name("networks", tests, NULL, NULL);
}
