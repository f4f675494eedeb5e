/* SPDX-License-Identifier: BSD-2-Clause */
/* court: what becomes of a follower's reports: as JSON through the daemon's decoder into a policy, which notes all refusals. */
#ifndef COURT_H
#define COURT_H

#include "follow_corpus.h"

#include "policy.h"
#include "report_decode.h"

enum { REFUSED_MAX = 512 };

#define MS_NS UINT64_C(1000000)

/* The policy with what it ever had refused. */
struct court {
	struct policy *policy;
	uint64_t start_ms, now_ns;
	struct prefix refused[REFUSED_MAX];
	bool banned[REFUSED_MAX];
	unsigned int count;
};

static inline void court_on_decision(void *context, const struct decision *decision)
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

static inline void court_on_floor(void *context, unsigned int service, int8_t floor)
{
	(void)context;
	(void)service;
	(void)floor;
}

static inline void court_on_neighbours(void *context, const struct source_key *prefix56,
				       uint32_t sources)
{
	(void)context;
	(void)prefix56;
	(void)sources;
}

/* A log's times are those of a host that booted a year before it. */
static inline void court_on_news(void *context, const struct news *news)
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

static inline void court_open(struct court *court, uint64_t start_ms)
{
	struct policy_output output = {court, court_on_decision, court_on_floor,
				       court_on_neighbours, NULL};
	struct policy_settings settings;
	struct why why = {0};

	*court = (struct court){.start_ms = start_ms};
	policy_settings_default(&settings);
	settings.sources_max = settings.peers_max = 4096;
	if (policy_new(&court->policy, &settings, &output, 1, &why))
		fail_msg("%s", why.sentence);
}

static inline bool court_refused(const struct court *court, const char *addr, bool *ret_banned)
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

/* 2018 and 2025: a year before the logs. */
static inline uint64_t boot_of(const char *scenario)
{
	return strncmp(scenario, "2019", 4) ? UINT64_C(1763800000000) : UINT64_C(1540000000000);
}

#endif
