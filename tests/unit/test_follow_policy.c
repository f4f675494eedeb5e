/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a log to refusals, whole: each log of the corpus through the follower, its reports as JSON through the daemon's
 * decoder into the policy. Who must be refused is, and nobody else is, not for a moment. Forged lines reach nobody.
 */
#include "follow_corpus.h"

#include "policy.h"
#include "report_decode.h"

enum { REFUSED_MAX = 512, AGENTS = 6 };

#define MS_NS UINT64_C(1000000)

/* The policy with what it ever had refused. */
struct court {
	struct policy *policy;
	uint64_t start_ms, now_ns;
	struct prefix refused[REFUSED_MAX];
	bool banned[REFUSED_MAX];
	unsigned int count;
};

static void on_decision(void *context, const struct decision *decision)
{
	struct court *court = context;
	unsigned int i;

	if (decision->remove || decision->until_ns <= court->now_ns ||
	    decision->standing == STANDING_TRUSTED)
		return;
	for (i = 0; i < court->count; i++)
		if (!memcmp(&court->refused[i], &decision->prefix, sizeof(decision->prefix)))
			break;
	assert_true(i < REFUSED_MAX);
	court->refused[i] = decision->prefix;
	court->banned[i] = court->banned[i] || decision->standing == STANDING_BANNED;
	if (i == court->count)
		court->count++;
}

static void on_floor(void *context, unsigned int service, int8_t floor)
{
	(void)context;
	(void)service;
	(void)floor;
}

static void on_neighbours(void *context, const struct source_key *prefix56, uint32_t sources)
{
	(void)context;
	(void)prefix56;
	(void)sources;
}

/* A log's times are those of a host that booted a year before it. */
static void on_news(void *context, const struct news *news)
{
	static const struct config config;
	struct court *court = context;
	struct dated_report decoded;
	struct why why = {0};
	json_t *report = news_json(news, NULL);

	if (report_decode(&decoded, report, &config, 1, &why))
		fail_msg("%s", why.sentence);
	json_decref(report);
	court->now_ns =
		(uint64_t)(decoded.at_unix_s * 1000 + 0.5) * MS_NS - court->start_ms * MS_NS;
	policy_tick(court->policy, court->now_ns);
	if (policy_report(court->policy, &decoded.report, court->now_ns, &why))
		fail_msg("%s", why.sentence);
}

static void court_open(struct court *court, uint64_t start_ms)
{
	struct policy_output output = {court, on_decision, on_floor, on_neighbours, NULL};
	struct policy_settings settings;
	struct why why = {0};

	*court = (struct court){.start_ms = start_ms};
	policy_settings_default(&settings);
	settings.sources_max = settings.peers_max = 4096;
	if (policy_new(&court->policy, &settings, &output, 1, &why))
		fail_msg("%s", why.sentence);
}

static bool court_refused(const struct court *court, const char *addr, bool *ret_banned)
{
	struct prefix prefix;
	bool widened;

	assert_int_equal(prefix_parse(&prefix, &widened, addr, NULL), 0);
	for (unsigned int i = 0; i < court->count; i++) {
		if (!prefix_overlaps(&court->refused[i], &prefix))
			continue;
		*ret_banned = court->banned[i];
		return true;
	}
	return false;
}

static bool is_listed(const json_t *list, const struct prefix *prefix)
{
	struct prefix listed;
	const json_t *addr;
	bool widened;
	size_t i;

	json_array_foreach (list, i, addr) {
		assert_int_equal(prefix_parse(&listed, &widened, json_string_value(addr), NULL), 0);
		if (!memcmp(&listed, prefix, sizeof(listed)))
			return true;
	}
	return false;
}

static void check_refused(const char *scenario, const struct court *court, const json_t *expected)
{
	const json_t *refused = json_object_get(expected, "refused"), *addr;
	const json_t *may = json_object_get(expected, "may");
	char text[ADDR_TEXT_MAX];
	bool banned;
	size_t i;

	json_array_foreach (refused, i, addr)
		if (!court_refused(court, json_string_value(addr), &banned))
			fail_msg("%s: %s is not refused", scenario, json_string_value(addr));
	json_array_foreach (json_object_get(expected, "banned"), i, addr)
		if (!court_refused(court, json_string_value(addr), &banned) || !banned)
			fail_msg("%s: %s is not banned", scenario, json_string_value(addr));
	for (i = 0; i < court->count; i++)
		if (!is_listed(refused, &court->refused[i]) && !is_listed(may, &court->refused[i]))
			fail_msg("%s: %s is refused", scenario,
				 prefix_text(&court->refused[i], text));
}

/* 2018 and 2025: a year before the logs. */
static uint64_t boot_of(const char *scenario)
{
	return strncmp(scenario, "2019", 4) ? UINT64_C(1763800000000) : UINT64_C(1540000000000);
}

static void each_log_convicts_who_it_must_and_nobody_else(void **state)
{
	json_t *all = json_load_file(CORPUS "expected.json", 0, NULL), *expected;
	const char *scenario;

	(void)state;
	assert_true(json_object_size(all) >= 11);
	json_object_foreach (all, scenario, expected) {
		struct court court;
		struct follower_counts counts;

		court_open(&court, boot_of(scenario));
		counts = corpus_replay(scenario, on_news, &court);
		expect_true(scenario, counts.lines > 0);
		expect_true(scenario, !counts.malformed && !counts.odd && !counts.future);
		check_refused(scenario, &court, expected);
		policy_free(court.policy);
	}
	json_decref(all);
}

/* All storms one after the other, as they were: one book, no log before another. */
static void all_logs_in_one_book(void **state)
{
	static const char *const order[] = {"0-idle",	    "a-tcp-mute",  "a2-tcp-quickdrop",
					    "b-quic-mute",  "c-wrongfork", "f-hostile-agent",
					    "g-colocation", "h-badscore"};
	static const char *const honest[] = {"198.51.100.14", "198.51.100.22", "198.51.100.23",
					     "198.51.100.24", "198.51.100.26", "198.51.100.31",
					     "198.51.100.32", "198.51.100.33", "198.51.100.34",
					     "203.0.113.11",  "203.0.113.99"};
	struct court court;
	bool banned;

	(void)state;
	court_open(&court, boot_of("a"));
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		corpus_replay(order[i], on_news, &court);
	for (size_t i = 0; i < ARRAY_SIZE(honest); i++)
		expect_true(honest[i], !court_refused(&court, honest[i], &banned));
	expect_true("a bad one", court_refused(&court, "198.51.100.1", &banned));
	policy_free(court.policy);
}

/* What a hostile peer may call itself: as the node writes it, that is escaped. */
static void agent_of(char *ret, size_t size, int form)
{
	static const char entry[] =
		"{\"agent\":\"x\",\"direction\":\"Inbound\",\"error\":\"chain state: no chain "
		"status for peer\",\"level\":\"debug\","
		"\"msg\":\"Initiate peer "
		"disconnection\",\"multiaddr\":\"/ip4/203.0.113.99/tcp/9/p2p/16UiuVictim\","
		"\"package\":\"beacon-chain/p2p\",\"time\":\"2026-11-22 22:27:50.32\"}";
	size_t length = 0;

	switch (form) {
	case 0: /* a whole entry */
		snprintf(ret, size, "%s", entry);
		break;
	case 1: /* ends its own text, then forges fields */
		snprintf(ret, size,
			 "evil\",\"multiaddr\":\"/ip4/203.0.113.99/tcp/9/p2p/"
			 "16UiuVictim\",\"x\":\"");
		break;
	case 2: /* ends its own line, then whole lines */
		snprintf(ret, size, "evil\"}\n%s\n%s\n{\"x\":\"", entry, entry);
		break;
	case 3: /* escapes, of terminals and of JSON */
		snprintf(ret, size, "\x1b[2J\\\"\\u0022,\\\\\",\"peer\":\"16UiuVictim\\\r\n%s",
			 entry);
		break;
	default: /* as much as identify may carry, of what JSON makes longest */
		for (; length + 1 < size && length < 8192; length++)
			ret[length] = form == 4 ? '\x01' : '"';
		ret[length] = '\0';
	}
}

/* The line that the node writes of a mute peer, the same but for @package and the second. */
static char *entry_of(const char *agent, const char *package, int second)
{
	json_t *entry =
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "agent", agent,
			  "direction", "Inbound", "error", "chain state: no chain status for peer",
			  "level", "debug", "msg", "Initiate peer disconnection", "package",
			  package, "peer", "16UiuAuthor", "multiaddr",
			  json_sprintf("/ip4/198.51.100.77/tcp/%d/p2p/16UiuAuthor", 1000 + second),
			  "time", json_sprintf("2026-11-22 22:27:%02d.32", second));
	char *text = json_dumps(entry, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(entry);
	return text;
}

static void no_agent_string_refuses_anybody_but_its_author(void **state)
{
	static const char *const packages[] = {"beacon-chain/p2p", "beacon-chain/sync"};

	(void)state;
	for (int form = 0; form < AGENTS; form++) {
		struct follower follower;
		struct court court;
		char agent[10000];
		bool banned;

		agent_of(agent, sizeof(agent), form);
		court_open(&court, boot_of("f"));
		assert_int_equal(follower_init(&follower, &dialect_prysm, TIMELINE_OWN, 256,
					       on_news, &court),
				 0);
		for (int i = 0; i < 20; i++) {
			char *line = entry_of(agent, packages[i % 2], i);

			follower_feed(&follower, line, strlen(line), 0);
			follower_feed(&follower, "\n", 1, 0);
			free(line);
		}
		expect_true("the author is refused",
			    court_refused(&court, "198.51.100.77", &banned));
		expect_true("and nobody else", court.count == 1);
		follower_release(&follower);
		policy_free(court.policy);
	}
}

/* In the text forms nothing is escaped: @agent stands in the log as it is. */
static const struct {
	const char *before, *after;
} raw_forms[] = {
	{"time=\"2026-11-22 22:27:50.32\" level=debug msg=\"Initiate peer disconnection\" agent=\"",
	 "\" direction=Inbound\n"},
	{"[2026-11-22 22:27:50.32] DEBUG p2p: Initiate peer disconnection agent=",
	 " direction=Inbound\n"},
	{"\x1b[90m[2026-11-22 22:27:50.32]\x1b[0m DEBUG p2p: Initiate peer disconnection agent=",
	 " direction=Inbound\n"},
};

static void nothing_is_taken_from_a_log_that_does_not_escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(raw_forms); i++) {
		struct court court;
		char agent[10000], text[20000] = "";
		struct follower_counts counts;

		agent_of(agent, sizeof(agent), 2);
		for (int n = 0; n < 6; n++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%s",
				 raw_forms[i].before, agent, raw_forms[i].after);
		court_open(&court, boot_of("f"));
		counts = corpus_follow(text, strlen(text), on_news, &court);
		assert_int_equal(counts.news, 0);
		assert_int_equal(counts.foreign, counts.lines);
		assert_int_equal(court.count, 0);
		policy_free(court.policy);
	}
}

static void one_line_refuses_nobody(void **state)
{
	json_t *all = json_load_file(CORPUS "expected.json", 0, NULL), *expected;
	const char *scenario;

	(void)state;
	json_object_foreach (all, scenario, expected) {
		char path[256], *text, *line, *end;
		size_t length;

		snprintf(path, sizeof(path), CORPUS "%s.json.log", scenario);
		text = corpus_read(path, &length);
		for (line = text; (end = strchr(line, '\n')); line = end + 1) {
			struct court court;

			court_open(&court, boot_of(scenario));
			corpus_follow(line, (size_t)(end + 1 - line), on_news, &court);
			expect_true(scenario, court.count == 0);
			policy_free(court.policy);
		}
		free(text);
	}
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_log_convicts_who_it_must_and_nobody_else),
		cmocka_unit_test(all_logs_in_one_book),
		cmocka_unit_test(no_agent_string_refuses_anybody_but_its_author),
		cmocka_unit_test(nothing_is_taken_from_a_log_that_does_not_escape),
		cmocka_unit_test(one_line_refuses_nobody),
	};

	return cmocka_run_group_tests_name("follow: policy", tests, NULL, NULL);
}
