/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole account: what counts, what it weighs, what each door would do, and when that changes by itself. */
#include <inttypes.h>

#include "play.h"

#include "questions.h"

enum { COLUMNS = 100 };

static void check(const struct account *account)
{
	assert_in_range(account->whys, 1, ACCOUNT_WHYS);
	for (unsigned int i = 0; i < account->whys; i++) {
		size_t length = strnlen(account->why[i], ACCOUNT_WHY_MAX);

		if (!length || length > COLUMNS)
			fail_msg("%zu columns: %s", length, account->why[i]);
	}
}

static bool says(const struct account *account, const char *words)
{
	for (unsigned int i = 0; i < account->whys; i++) {
		if (strstr(account->why[i], words))
			return true;
	}
	for (unsigned int i = 0; i < account->whys; i++)
		print_message("# %s\n", account->why[i]);
	print_message("# nothing of: %s\n", words);
	return false;
}

static bool lists(const struct account *account, const char *words)
{
	for (unsigned int i = 0; i < account->whys; i++) {
		if (strstr(account->why[i], words))
			return true;
	}
	return false;
}

static struct account of_addr(struct play *play, const char *addr)
{
	const struct prefix prefix = play_prefix(addr);
	struct account account;

	policy_explain_prefix(play->policy, &prefix, play->now, &account);
	check(&account);
	return account;
}

static struct account of_peer(struct play *play, const char *peer)
{
	struct account account;

	assert_int_equal(policy_explain_peer(play->policy, peer, play->now, &account), 0);
	check(&account);
	return account;
}

static void a_stranger_passes_every_door(void **state)
{
	struct play *play = play_new();
	struct account account = of_addr(play, "192.0.2.1");

	(void)state;
	assert_true(says(&account, "nothing is known"));
	assert_true(says(&account, "ingress: a SYN or Initial passes"));
	assert_true(says(&account, "dial: yes: nothing is against it"));
	assert_true(says(&account, "admit: yes: nothing is against it"));
	play_free(play);
}

static void evidence_has_class_age_and_weight(void **state)
{
	struct play *play = play_new();
	struct account account;

	(void)state;
	play_join(play, "A", "192.0.2.1");
	play_ok(play, "A", "192.0.2.1", REPORT_RESPONSE, RESULT_BAD, NODE);
	play_ok(play, "A", "192.0.2.1", REPORT_RESPONSE, RESULT_BAD, NODE);
	play_wait(play, 10 * MIN);
	account = of_peer(play, "A");
	assert_true(
		says(&account, "2 bad answers in 10 min, last 10 min ago (suspect, -10, now -5)"));
	account = of_addr(play, "192.0.2.1");
	assert_true(says(&account, "(suspect, -10, now -5)"));
	play_free(play);
}

/* The penalty falls below 15 when 30 have been halved once: ten minutes. The account's own word is tried. */
static void a_standing_says_when_it_changes(void **state)
{
	struct play *play = play_new();
	struct account account;

	(void)state;
	play_join(play, "A", "192.0.2.1");
	play_ok(play, "A", "192.0.2.1", REPORT_VERDICT, RESULT_DISCOURAGE, NODE);
	play_ok(play, "A", "192.0.2.1", REPORT_RESPONSE, RESULT_BAD, NODE);
	play_ok(play, "A", "192.0.2.1", REPORT_RESPONSE, RESULT_BAD, NODE);
	account = of_peer(play, "A");
	assert_int_equal(account.standing, STANDING_DISCOURAGED);
	assert_true(says(&account, "standing discouraged: since penalties of 20"));
	for (unsigned int i = 0; i < account.whys; i++) {
		unsigned int minutes, seconds;

		if (sscanf(account.why[i], "without further evidence it is poor in %u min %u s",
			   &minutes, &seconds) != 2)
			continue;
		play_wait(play, (minutes * 60 + seconds - 1) * S);
		assert_int_equal(of_peer(play, "A").standing, STANDING_DISCOURAGED);
		play_wait(play, S);
		assert_int_equal(of_peer(play, "A").standing, STANDING_POOR);
		play_free(play);
		return;
	}
	fail_msg("no word of when that changes");
}

static void each_quality_says_what_it_adds(void **state)
{
	const struct node_state node = {.protocol_count = 4, .protocols = {1, 2, 3, 4}};
	struct report status = NODE, timed = NODE;
	struct play *play = play_new();
	struct account account;

	(void)state;
	assert_int_equal(policy_node(play->policy, 0, &node, play->now, NULL), 0);
	play_join(play, "A", "192.0.2.1");
	account = of_peer(play, "A");
	assert_true(says(&account, "success adds 0.5 of 12: 0.05 for it and 0.00 against"));
	assert_false(lists(&account, "latency"));
	assert_false(lists(&account, "protocols"));
	assert_false(lists(&account, "head "));
	status.protocol_count = 2;
	status.protocols[0] = 1;
	status.protocols[1] = 4;
	status.head_slot = 1000;
	timed.latency_us = 43000;
	play_ok(play, "A", "192.0.2.1", REPORT_STATUS, RESULT_OK, status);
	play_ok(play, "A", "192.0.2.1", REPORT_RESPONSE, RESULT_OK, timed);
	account = of_peer(play, "A");
	assert_true(says(&account, "protocols add 2.5 of 5: it speaks 2 of our 4"));
	assert_true(says(&account, "latency 43 ms"));
	assert_true(says(&account, "head 1000"));
	play_free(play);
}

static void every_door_says_what_it_does(void **state)
{
	struct play *play = play_new();
	struct account account;
	int8_t floor;

	(void)state;
	play_join(play, "A", "192.0.2.1");
	account = of_peer(play, "A");
	assert_true(says(&account, "mesh: yes: number 1 of 1"));
	assert_true(says(&account, "prune: spared for its first 90 s"));
	assert_true(says(&account, "dial: yes"));
	play_ok(play, "A", "192.0.2.1", REPORT_RESPONSE, RESULT_INVALID, NODE);
	account = of_peer(play, "A");
	assert_int_equal(account.standing, STANDING_BANNED);
	assert_true(says(&account, "mesh: no: it is banned"));
	assert_true(says(&account, "dial: no: the peer is banned for protocol_violation"));
	assert_true(says(&account, "its source: ban for protocol_violation ends in"));
	account = of_addr(play, "192.0.2.1");
	assert_true(says(&account, "ingress: a SYN or Initial is refused for protocol_violation"));
	play_ok(play, "A", "192.0.2.1", REPORT_DISCONNECTED, RESULT_NONE, NODE);
	account = of_peer(play, "A");
	assert_true(says(&account, "mesh: no: it is not connected"));
	assert_false(lists(&account, "prune:"));
	policy_capacity(play->policy, 0, &(struct capacity){.max = 9, .connected = 9}, play->now,
			&floor, NULL);
	account = of_addr(play, "198.51.100.1");
	assert_true(says(&account, "ingress: service 0 is full; a newcomer passes while there is"));
	play_free(play);
}

/* Whatever has happened: sentences, none of them too long, none cut. */
static void accounts_are_readable_after_anything(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++) {
		struct play *play = play_new_with(NULL, seed);
		uint64_t dice = seed + 1;
		char peer[16], addr[32];

		for (int i = 0; i < 400; i++) {
			struct report how = {.service = (int)(dice >> 40 & 7) - 1};

			dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
			how.direction = (enum direction)(dice >> 33) % 3;
			how.second_hand = dice >> 50 & 1;
			how.goodbye_code = (uint16_t)(dice >> 51 & 0xff);
			how.latency_us = (uint32_t)(dice >> 20) & 0xfffff;
			how.head_slot = dice >> 54;
			snprintf(peer, sizeof(peer), "P%" PRIu64, (dice >> 35) % 5);
			snprintf(addr, sizeof(addr), "192.0.2.%" PRIu64, (dice >> 38) % 3);
			play_say(play, peer, dice >> 60 & 3 ? addr : NULL,
				 (enum report_event)((dice >> 44) % 8),
				 (enum report_result)((dice >> 56) % 13), how);
			play_wait(play, (dice >> 58) * S * 10);
			if (i % 20 == 0) {
				of_addr(play, addr);
				of_addr(play, "192.0.2.0/24");
				play_say(play, peer, addr, REPORT_CONNECTED, RESULT_NONE, how);
				of_peer(play, peer);
			}
		}
		play_free(play);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_passes_every_door),
		cmocka_unit_test(evidence_has_class_age_and_weight),
		cmocka_unit_test(a_standing_says_when_it_changes),
		cmocka_unit_test(each_quality_says_what_it_adds),
		cmocka_unit_test(every_door_says_what_it_does),
		cmocka_unit_test(accounts_are_readable_after_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
