/* SPDX-License-Identifier: BSD-2-Clause */
/* The book's bounds: what a record costs, what a full table does, floods from one prefix, endless links either way. */
#include "play.h"

#include <errno.h>

#include "../../user/core/book.h" /* the CLI has one, too */
#include "details.h"
#include "links.h"
#include "peers.h"
#include "places.h"

enum { MILLION = 1000000, ENDLESS = 1 << 18 };

static struct play *play_small(uint32_t peers, uint32_t sources)
{
	struct policy_settings settings;

	policy_settings_default(&settings);
	settings.peers_max = peers;
	settings.sources_max = sources;
	return play_new_with(&settings, 1);
}

static struct policy_counts counts_of(const struct play *play)
{
	struct policy_counts counts;

	policy_count(play->policy, &counts);
	return counts;
}

static bool knows_peer(const struct play *play, const char *id)
{
	return peer_find(play->policy, id);
}

static bool knows_source(const struct play *play, const char *addr)
{
	const struct prefix prefix = play_prefix(addr);

	return place_find(play->policy, &prefix);
}

static void a_million_of_each_fit_in_384_mb(void **state)
{
	struct play *play = play_small(MILLION, MILLION);
	struct policy_counts counts = counts_of(play);

	(void)state;
	assert_in_range(counts.bytes_per_peer, sizeof(struct peer), 256);
	assert_in_range(counts.bytes_per_source, sizeof(struct place) + sizeof(struct source), 128);
	assert_in_range(counts.bytes, 1, 384u * MILLION);
	assert_int_equal(counts.links_max, MILLION + MILLION / 4);
	assert_true(counts.details_max >= 2 * MILLION / RECORDS_A_DETAIL);
	play_free(play);
}

/* What is counted is what there is: everything full, nothing beyond. */
static void every_table_keeps_its_cap(void **state)
{
	struct play *play = play_small(200, 300);
	struct policy_counts counts;
	char peer[16], addr[32];

	(void)state;
	for (int i = 0; i < 2000; i++) {
		snprintf(peer, sizeof(peer), "P%d", i % 700);
		snprintf(addr, sizeof(addr), "44.%d.%d.1", i % 13, i % 251);
		if (i % 3)
			play_fail(play, peer, addr, RESULT_TIMEOUT, NODE);
		else
			play_join(play, peer, addr);
		if (i % 7 == 0)
			play_ok(play, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, NODE);
		counts = counts_of(play);
		assert_true(counts.peers <= 200 && counts.sources <= 300);
		assert_true(counts.links <= counts.links_max &&
			    counts.details <= counts.details_max);
	}
	assert_true(counts.evicted > 0);
	play_free(play);
}

static void count_links(const struct play *play, const char *id, unsigned int *ret)
{
	uint32_t peer = peer_find(play->policy, id);

	*ret = 0;
	for (uint32_t at = peer_first_link(play->policy, peer); at;
	     at = link_next_of_peer(play->policy, at))
		++*ret;
}

static void endless_addresses_of_one_peer(void **state)
{
	struct play *play = play_small(4096, 4096);
	unsigned int links;

	(void)state;
	for (uint32_t i = 0; i < ENDLESS; i++) {
		struct report report = {.peer = "Wanderer",
					.has_addr = true,
					.service = -1,
					.event = REPORT_HANDSHAKE,
					.result = RESULT_TIMEOUT};

		memcpy(report.addr.bytes, "\x20\x01\x0d\xb8", 4);
		memcpy(report.addr.bytes + 4, &i, sizeof(i));
		assert_int_equal(policy_report(play->policy, &report, play->now, NULL), 0);
	}
	count_links(play, "Wanderer", &links);
	assert_int_equal(links, PEER_LINKS);
	assert_true(counts_of(play).sources <= 4096);
	assert_int_equal(counts_of(play).links, PEER_LINKS);
	play_free(play);
}

static void endless_peers_of_one_address(void **state)
{
	struct play *play = play_small(4096, 4096);
	const struct prefix prefix = play_prefix("192.0.2.1");
	const struct source *source;

	(void)state;
	play_join(play, "Resident", "192.0.2.1");
	for (uint32_t i = 0; i < ENDLESS; i++) {
		struct report report = {.has_addr = true,
					.addr = prefix.addr,
					.service = -1,
					.event = REPORT_HANDSHAKE,
					.result = RESULT_TIMEOUT};

		snprintf(report.peer, sizeof(report.peer), "Guest%u", i);
		assert_int_equal(policy_report(play->policy, &report, play->now, NULL), 0);
	}
	source = place_source(play->policy,
			      place_at(play->policy, place_find(play->policy, &prefix)));
	assert_int_equal(source->peers, SOURCE_PEERS);
	assert_int_equal(source->online, 1); /* who is connected keeps his link */
	assert_true(counts_of(play).peers <= 4096);
	assert_true(knows_peer(play, "Resident"));
	play_free(play);
}

/* A newcomer's address a network, once each; then one network without end. */
static void a_flood_from_one_prefix_pushes_out_its_own(void **state)
{
	struct play *play = play_small(256, 256);
	char peer[16], addr[32];
	unsigned int left = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(peer, sizeof(peer), "Here%d", i);
		snprintf(addr, sizeof(addr), "44.%d.0.1", i);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
		play_wait(play, S);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(peer, sizeof(peer), "Flood%d", i);
		snprintf(addr, sizeof(addr), "45.1.%d.%d", i / 250 % 250, i % 250 + 1);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
	}
	for (int i = 0; i < 200; i++) {
		snprintf(peer, sizeof(peer), "Here%d", i);
		snprintf(addr, sizeof(addr), "44.%d.0.1", i);
		left += knows_peer(play, peer) && knows_source(play, addr);
	}
	assert_int_equal(left, 200);
	assert_true(knows_peer(play, "Flood19999") && !knows_peer(play, "Flood0"));
	play_free(play);
}

/* Without an address, and from ever new networks, the same holds for peers of no network; else the oldest leave. */
static void names_without_an_address_push_out_their_own(void **state)
{
	struct play *play = play_small(256, 256);
	char peer[16], addr[32];

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(peer, sizeof(peer), "Here%d", i);
		snprintf(addr, sizeof(addr), "44.%d.0.1", i);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(peer, sizeof(peer), "Name%d", i);
		play_ok(play, peer, NULL, REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
	}
	assert_true(knows_peer(play, "Here0") && knows_peer(play, "Here199"));
	play_free(play);
}

static void of_many_networks_the_one_longest_unheard_leaves(void **state)
{
	struct play *play = play_small(16, 16);
	char peer[16], addr[32];

	(void)state;
	for (int i = 0; i < 16; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "44.%d.0.1", i);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
		play_wait(play, MIN);
	}
	play_ok(play, "P0", "44.0.0.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
	play_wait(play, MIN);
	play_ok(play, "New", "44.200.0.1", REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
	assert_true(knows_peer(play, "P0") && knows_source(play, "44.0.0.1"));
	assert_false(knows_peer(play, "P1") || knows_source(play, "44.1.0.1"));
	assert_true(knows_peer(play, "P2") && knows_peer(play, "New"));
	play_free(play);
}

static void long_ids_are_kept_apart(void **state)
{
	struct play *play = play_new();
	char id[PEER_ID_MAX], other[PEER_ID_MAX];
	struct account account;

	(void)state;
	memset(id, 'x', sizeof(id));
	id[sizeof(id) - 1] = '\0';
	memcpy(other, id, sizeof(id));
	other[sizeof(other) - 2] = 'y';
	play_join(play, id, "192.0.2.1");
	assert_int_equal(policy_explain_peer(play->policy, id, play->now, &account), 0);
	assert_int_equal(policy_explain_peer(play->policy, other, play->now, &account), -ENOENT);
	assert_string_equal(
		peer_id(play->policy, peer_at(play->policy, peer_find(play->policy, id))), id);
	play_free(play);
}

static void who_loses_his_details_is_told_so(void **state)
{
	struct play *play = play_small(16, 16);
	uint32_t max = counts_of(play).details_max;
	char peer[16], addr[32];

	(void)state;
	play_free(play);
	play = play_small(1024, 1024);
	max = counts_of(play).details_max;
	for (uint32_t i = 0; i < max; i++) {
		snprintf(peer, sizeof(peer), "P%u", i);
		snprintf(addr, sizeof(addr), "44.%u.0.%u", i % 200, i / 200 + 1);
		play_ok(play, peer, addr, REPORT_HANDSHAKE, RESULT_TIMEOUT, NODE);
		play_wait(play, S);
	}
	assert_int_equal(counts_of(play).details, max);
	assert_true(counts_of(play).details_evicted > 0);
	assert_true(play_explains(play, "44.0.0.1", "no room for details"));
	assert_true(play_explains(play, addr, "1 handshake timeout"));
	play_free(play);
}

/* The book knows more than the kernel has room for: scores first, a quarter is for verdicts; then the ends nearest. */
static void the_kernel_holds_no_more_than_it_has_room_for(void **state)
{
	struct policy_settings settings;
	struct play *play;
	const struct prefix last = play_prefix("203.0.113.9");
	char peer[16], addr[32];

	(void)state;
	policy_settings_default(&settings);
	settings.held_max = 64;
	settings.share_permille = 1000;
	play = play_new_with(&settings, 1);
	for (int i = 0; i < 200; i++) {
		snprintf(peer, sizeof(peer), "Good%d", i);
		snprintf(addr, sizeof(addr), "44.%d.0.1", i);
		play_join(play, peer, addr);
	}
	assert_int_equal(play->count, 48);
	for (int i = 0; i < 100; i++) {
		snprintf(peer, sizeof(peer), "Bad%d", i);
		snprintf(addr, sizeof(addr), "45.%d.0.1", i);
		play_ok(play, peer, addr, REPORT_VERDICT, RESULT_BAN, NODE);
		assert_true(play->count <= 64);
		assert_true(play_bans(play, addr));
		play_wait(play, S);
	}
	assert_int_equal(counts_of(play).bans, 64);
	assert_int_equal(
		policy_ban(play->policy, &last, FOREVER_NS, REASON_OPERATOR, play->now, NULL), 0);
	assert_true(play_bans(play, "203.0.113.9"));
	assert_true(play->count <= 64);
	play_free(play);
}

static void operators_words_that_find_no_room_are_refused(void **state)
{
	struct policy_settings settings;
	struct why why = {""};
	struct play *play;
	int error = 0;

	(void)state;
	policy_settings_default(&settings);
	settings.held_max = 64;
	play = play_new_with(&settings, 1);
	for (int i = 0; i < 65; i++) {
		struct prefix prefix = play_prefix("203.0.113.0/32");

		prefix.addr.bytes[15] = (uint8_t)i;
		assert_int_equal(error, 0);
		error = policy_ban(play->policy, &prefix, FOREVER_NS, REASON_OPERATOR, play->now,
				   &why);
	}
	assert_int_equal(error, -ENOSPC);
	assert_non_null(strstr(why.sentence, "sources_max"));
	assert_int_equal(counts_of(play).sources, 64); /* the one refused is not kept */
	play_free(play);
}

/* Restored: a refusal alone needs its place only, and no walk. */
static void a_hundred_thousand_bans_come_back(void **state)
{
	struct play *play = calloc(1, sizeof(*play));
	struct policy_output output = {play, NULL, play_floor, play_neighbours, play_saw};

	(void)state;
	assert_non_null(play);
	policy_settings_default(&play->settings);
	play->settings.held_max = MILLION;
	play->settings.share_permille = 1000;
	assert_int_equal(policy_new(&play->policy, &play->settings, &output, 1, NULL), 0);
	policy_tick(play->policy, DAY);
	for (uint32_t i = 0; i < 100000; i++) {
		struct decision held = {.prefix = play_prefix("44.0.0.0/32"),
					.until_ns = DAY + HOUR + i * S,
					.standing = STANDING_BANNED,
					.reason = REASON_BAD_SCORE,
					.services = 0xff};

		held.prefix.addr.bytes[13] = (uint8_t)(i >> 16);
		held.prefix.addr.bytes[14] = (uint8_t)(i >> 8);
		held.prefix.addr.bytes[15] = (uint8_t)i;
		assert_int_equal(policy_restore(play->policy, &held, DAY), 0);
	}
	assert_int_equal(counts_of(play).bans, 100000);
	assert_int_equal(counts_of(play).details, 0);
	policy_free(play->policy);
	free(play);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_of_each_fit_in_384_mb),
		cmocka_unit_test(every_table_keeps_its_cap),
		cmocka_unit_test(endless_addresses_of_one_peer),
		cmocka_unit_test(endless_peers_of_one_address),
		cmocka_unit_test(a_flood_from_one_prefix_pushes_out_its_own),
		cmocka_unit_test(names_without_an_address_push_out_their_own),
		cmocka_unit_test(of_many_networks_the_one_longest_unheard_leaves),
		cmocka_unit_test(long_ids_are_kept_apart),
		cmocka_unit_test(who_loses_his_details_is_told_so),
		cmocka_unit_test(the_kernel_holds_no_more_than_it_has_room_for),
		cmocka_unit_test(operators_words_that_find_no_room_are_refused),
		cmocka_unit_test(a_hundred_thousand_bans_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
