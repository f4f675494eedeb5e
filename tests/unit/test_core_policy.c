/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy's calls one by one: bad input, operators, restarts, accounts, pages. */
#include <errno.h>
#include <math.h>

#include "play.h"

static const struct {
	const char *what, *peer, *addr;
	struct report report;
} bad[] = {
	{"neither peer nor address", NULL, NULL, {.event = REPORT_CONNECTED}},
	{"a blank in a peer", "a b", NULL, {.event = REPORT_CONNECTED}},
	{"a newline in a peer", "a\nb", NULL, {.event = REPORT_CONNECTED}},
	{"service below", "A", NULL, {.event = REPORT_CONNECTED, .service = -2}},
	{"service above", "A", NULL, {.event = REPORT_CONNECTED, .service = SERVICES_MAX}},
	{"direction", "A", NULL, {.event = REPORT_CONNECTED, .direction = (enum direction)3}},
	{"event", "A", NULL, {.event = (enum report_event)99}},
	{"result", "A", NULL, {.event = REPORT_HANDSHAKE, .result = RESULT_TRUST}},
	{"no result", "A", NULL, {.event = REPORT_HANDSHAKE}},
	{"a result too many", "A", NULL, {.event = REPORT_CONNECTED, .result = RESULT_OK}},
	{"a reason of the gate", "A", NULL, {.event = REPORT_GOODBYE, .reason = REASON_NODE_FULL}},
	{"an operator's reason",
	 "A",
	 "192.0.2.1",
	 {.event = REPORT_VERDICT, .result = RESULT_BAN, .reason = REASON_OPERATOR}},
	{"not a number", "A", NULL, {.event = REPORT_GOSSIP, .score = NAN}},
};

static void bad_reports_change_nothing(void **state)
{
	struct play *play = play_new();
	struct policy_counts counts;
	struct report full = NODE;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect_true(bad[i].what,
			    play_say(play, bad[i].peer, bad[i].addr, bad[i].report.event,
				     bad[i].report.result, bad[i].report) == -EINVAL);
	memset(full.peer, 'A', sizeof(full.peer)); /* without an end */
	assert_int_equal(policy_report(play->policy, &full, play->now, NULL), -EINVAL);
	policy_count(play->policy, &counts);
	assert_int_equal(counts.peers + counts.sources + counts.reports, 0);
	play_free(play);
}

static void extreme_numbers_are_taken(void **state)
{
	struct play *play = play_new();
	struct report gossip = NODE;

	(void)state;
	gossip.score = -INFINITY;
	play_ok(play, "A", "192.0.2.1", REPORT_GOSSIP, RESULT_NONE, gossip);
	gossip.score = INFINITY;
	play_ok(play, "A", "192.0.2.1", REPORT_GOSSIP, RESULT_NONE, gossip);
	gossip.latency_us = UINT32_MAX;
	gossip.head_slot = UINT64_MAX;
	gossip.goodbye_code = UINT16_MAX;
	play_ok(play, "A", "192.0.2.1", REPORT_GOODBYE, RESULT_NONE, gossip);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_free(play);
}

static void a_report_speaks_of_its_own_moment(void **state)
{
	struct report report = {.peer = "A",
				.has_addr = true,
				.event = REPORT_VERDICT,
				.result = RESULT_BAN,
				.service = -1};
	struct play *play = play_new();
	struct prefix prefix = play_prefix("192.0.2.1");

	(void)state;
	report.addr = prefix.addr;
	/* Long ago: that ban is over. */
	assert_int_equal(policy_report(play->policy, &report, play->now - HOUR, NULL), 0);
	assert_false(play_refuses(play, "192.0.2.1"));
	/* From the future: taken as the next seconds. */
	assert_int_equal(policy_report(play->policy, &report, FOREVER_NS, NULL), 0);
	assert_in_range(play_left_s(play, "192.0.2.1"), 8 * 60, 50 * 60);
	play_free(play);
}

static void operators_words_are_checked(void **state)
{
	struct play *play = play_new();
	struct prefix prefix = play_prefix("192.0.2.0/24"), one;
	struct why why = {""};

	(void)state;
	assert_int_equal(policy_unban(play->policy, &prefix, play->now, &why), -ENOENT);
	assert_non_null(strstr(why.sentence, "192.0.2.0/24"));
	assert_int_equal(policy_disallow(play->policy, &prefix, play->now, NULL), -ENOENT);
	assert_int_equal(
		policy_ban(play->policy, &prefix, play->now, REASON_OPERATOR, play->now, NULL),
		-EINVAL);
	assert_int_equal(
		policy_ban(play->policy, &prefix, FOREVER_NS, REASON_NONE, play->now, NULL),
		-EINVAL);
	assert_int_equal(play->told, 0);
	assert_int_equal(
		policy_ban(play->policy, &prefix, FOREVER_NS, REASON_BAD_SCORE, play->now, NULL),
		0);
	assert_int_equal(play_verdict(play, "192.0.2.9")->reason, REASON_BAD_SCORE);
	assert_true(play_explains(play, "192.0.2.9", "operator banned 192.0.2.0/24"));
	assert_int_equal(policy_disallow(play->policy, &prefix, play->now, NULL), -ENOENT);
	one = play_prefix("192.0.2.9");
	why.sentence[0] = '\0';
	assert_int_equal(policy_unban(play->policy, &one, play->now, &why), -ENOENT);
	assert_non_null(strstr(why.sentence, "refused by 192.0.2.0/24"));
	assert_int_equal(policy_unban(play->policy, &prefix, play->now, NULL), 0);
	assert_int_equal(play->count, 0);
	play_free(play);
}

static void an_unban_pardons(void **state)
{
	struct play *play = play_new();
	struct prefix prefix = play_prefix("192.0.2.1");

	(void)state;
	play_ok(play, "A", "192.0.2.1", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_int_equal(policy_unban(play->policy, &prefix, play->now, NULL), 0);
	assert_false(play_refuses(play, "192.0.2.1"));
	play_fail(play, "A", "192.0.2.1", RESULT_TIMEOUT, NODE);
	assert_false(play_refuses(play, "192.0.2.1")); /* one failure, as for anybody */
	play_free(play);
}

static void a_full_table_tells_the_operator(void **state)
{
	struct policy_settings settings;
	struct why why = {""};
	struct play *play;
	char text[32];

	(void)state;
	policy_settings_default(&settings);
	settings.sources_max = settings.peers_max = 16;
	play = play_new_with(&settings, 1);
	for (int i = 0; i < 17; i++) {
		struct prefix prefix;

		snprintf(text, sizeof(text), "192.0.2.%d", i + 1);
		prefix = play_prefix(text);
		assert_int_equal(policy_ban(play->policy, &prefix, FOREVER_NS, REASON_OPERATOR,
					    play->now, &why),
				 i < 16 ? 0 : -ENOSPC);
	}
	assert_non_null(strstr(why.sentence, "sources_max"));
	play_ok(play, "A", "192.0.2.99", REPORT_VERDICT, RESULT_BAN, NODE);
	assert_int_equal(play->count, 16);
	play_free(play);
}

/* What a daemon finds in the kernel's maps after a restart. */
static const struct {
	const char *prefix;
	uint64_t left;
	int8_t score;
	enum standing standing;
	enum reason reason;
	bool is_operators; /* reports can neither lengthen nor push it out */
} restored[] = {
	{"192.0.2.1", HOUR, -40, STANDING_BANNED, REASON_BAD_SCORE, false},
	{"192.0.2.2", HOUR, 0, STANDING_BANNED, REASON_OPERATOR, true},
	{"192.0.2.3", 0, 12, STANDING_NEUTRAL, REASON_NONE, false},
	{"192.0.2.4", 10 * MIN, -20, STANDING_DISCOURAGED, REASON_IO_ERROR, false},
	{"192.0.2.5", 20 * HOUR, 25, STANDING_TRUSTED, REASON_NONE, false},
	{"198.51.100.0/24", FOREVER_NS, 0, STANDING_TRUSTED, REASON_NONE, true},
	{"203.0.113.0/24", 2 * DAY, 0, STANDING_BANNED, REASON_BAD_SCORE, true},
	{"10.0.0.1", HOUR, 0, STANDING_BANNED, REASON_BAD_SCORE, true},
	{"2001:db8::/64", 0, 5, STANDING_NEUTRAL, REASON_NONE, false},
	{"2001:db8:7:700::/56", HOUR, 0, STANDING_BANNED, REASON_PROTOCOL_VIOLATION, false},
};

static bool says(const struct account *account, const char *words)
{
	for (unsigned int i = 0; i < account->whys; i++) {
		if (strstr(account->why[i], words))
			return true;
	}
	return false;
}

static void a_restart_takes_over_what_is_held(void **state)
{
	struct play *play = play_new();
	struct policy_counts counts;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(restored); i++) {
		struct decision *held = &play->held[play->count++];

		*held = (struct decision){.prefix = play_prefix(restored[i].prefix),
					  .score = restored[i].score,
					  .standing = restored[i].standing,
					  .reason = restored[i].reason,
					  .services = restored[i].left ? 0xff : 0};
		if (restored[i].left)
			held->until_ns = restored[i].left == FOREVER_NS
						 ? FOREVER_NS
						 : play->now + restored[i].left;
		assert_int_equal(policy_restore(play->policy, held, play->now), 0);
	}
	assert_int_equal(play->told, 0); /* nothing is decided anew */
	policy_count(play->policy, &counts);
	assert_int_equal(counts.bans, 5);
	assert_int_equal(counts.backoffs, 1);
	assert_int_equal(counts.trusted, 2);
	assert_int_equal(play->neighbours, 1);
	for (size_t i = 0; i < ARRAY_SIZE(restored); i++) {
		struct account account;
		struct prefix prefix = play_prefix(restored[i].prefix);
		bool refused = restored[i].left && restored[i].standing != STANDING_TRUSTED;

		policy_explain_prefix(play->policy, &prefix, play->now, &account);
		expect_true(restored[i].prefix, account.refused == refused);
		expect_true(restored[i].prefix, account.reason == restored[i].reason);
		expect_true(restored[i].prefix,
			    restored[i].is_operators == (says(&account, "operator banned") ||
							 says(&account, "operator allowed")));
	}
	assert_true(play_explains(play, "192.0.2.2", "operator banned"));
	play_wait(play, 3 * DAY);
	assert_int_equal(play->count, 3); /* the operator's trust, the two known sources */
	play_free(play);
}

static void pages_show_everybody_once(void **state)
{
	struct play *play = play_new();
	struct prefix prefix = play_prefix("203.0.113.0/24");
	struct peer_view views[7];
	unsigned int peers = 0, alone = 0;
	uint64_t at = 0;
	char peer[16], addr[32];

	(void)state;
	for (int i = 0; i < 50; i++) {
		snprintf(peer, sizeof(peer), "P%d", i);
		snprintf(addr, sizeof(addr), "192.0.2.%d", i + 1);
		play_join(play, peer, addr);
		snprintf(addr, sizeof(addr), "198.51.100.%d", i + 1);
		play_ok(play, NULL, addr, REPORT_CONNECTED, RESULT_NONE, NODE);
	}
	policy_ban(play->policy, &prefix, FOREVER_NS, REASON_OPERATOR, play->now, NULL);
	do {
		size_t count =
			policy_peers(play->policy, play->now, at, views, ARRAY_SIZE(views), &at);

		for (size_t i = 0; i < count; i++) {
			peers += views[i].peer[0] != '\0';
			alone += views[i].peer[0] == '\0';
			assert_true(views[i].has_addr);
		}
	} while (at);
	assert_int_equal(peers, 50);
	assert_int_equal(alone, 51);
	play_free(play);
}

static void accounts_are_bounded(void **state)
{
	struct play *play = play_new();
	struct account account;
	char peer[PEER_ID_MAX];

	(void)state;
	memset(peer, 'P', sizeof(peer) - 1);
	peer[sizeof(peer) - 1] = '\0';
	play_ok(play, peer, NULL, REPORT_VERDICT, RESULT_TRUST, NODE);
	for (int i = 0; i < 4; i++) {
		char addr[64];

		snprintf(addr, sizeof(addr), "2001:db8:ffff:ff%02x:ffff:ffff:ffff:ffff", i);
		play_join(play, peer, addr);
		play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_INVALID, NODE);
		play_ok(play, peer, addr, REPORT_RESPONSE, RESULT_TIMEOUT, FOLLOWER);
	}
	assert_int_equal(policy_explain_peer(play->policy, peer, play->now, &account), 0);
	assert_in_range(account.whys, 8, ACCOUNT_WHYS);
	for (unsigned int i = 0; i < account.whys; i++)
		assert_in_range(strnlen(account.why[i], ACCOUNT_WHY_MAX), 5, ACCOUNT_WHY_MAX - 1);
	assert_int_equal(policy_explain_peer(play->policy, "Nobody", play->now, &account), -ENOENT);
	play_free(play);
}

static void settings_are_checked(void **state)
{
	struct policy_settings settings;
	struct why why = {""};

	(void)state;
	policy_settings_default(&settings);
	assert_int_equal(policy_settings_check(&settings, &why), 0);
	settings.ban_max_s = 12 * 3600 + 1; /* law 3 is no setting */
	assert_int_equal(policy_settings_check(&settings, &why), -ERANGE);
	assert_non_null(strstr(why.sentence, "ban_max_s: 43201"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_reports_change_nothing),
		cmocka_unit_test(extreme_numbers_are_taken),
		cmocka_unit_test(a_report_speaks_of_its_own_moment),
		cmocka_unit_test(operators_words_are_checked),
		cmocka_unit_test(an_unban_pardons),
		cmocka_unit_test(a_full_table_tells_the_operator),
		cmocka_unit_test(a_restart_takes_over_what_is_held),
		cmocka_unit_test(pages_show_everybody_once),
		cmocka_unit_test(accounts_are_bounded),
		cmocka_unit_test(settings_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
