/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judgement: what becomes of a follower's findings: as JSON through the daemon's decoder into a policy that believes them (no kernel
 * is asked, no cold start is waited for). Whoever is refused must be one host; nobody else, not for a moment.
 */
#ifndef JUDGEMENT_H
#define JUDGEMENT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <peergate/source.h>

#include "news.h"
#include "policy.h"
#include "report_decode.h"
#include "tape.h"

/* The lines are of a node that started half a year before them, and so did its host. */
#define BOOTED_MS INT64_C(1779800000000)
#define NS_A_MS UINT64_C(1000000)

struct judgement {
	struct policy *policy;
	uint64_t now_ns;
	struct source_key guilty; /* who may be refused; zeroed: nobody */
};

/* How many refusals all inputs brought about: none would say that nothing is tried. */
static uint64_t refusals_made;

static void judge_say_count(void)
{
	fprintf(stderr, "stat::refusals: %llu\n", (unsigned long long)refusals_made);
}

static void judge_on_decision(void *context, const struct decision *decision)
{
	struct judgement *self = context;
	struct source_key source;

	if (decision->remove || decision->until_ns <= self->now_ns ||
	    decision->standing == STANDING_TRUSTED)
		return;
	refusals_made++;
	source_key_of(&source, decision->prefix.addr.bytes);
	if (memcmp(&source, &self->guilty, sizeof(source)))
		FAULT("a third party is refused");
}

static void judge_on_floor(void *context, unsigned int service, int8_t floor)
{
	(void)context;
	(void)service;
	(void)floor;
}

static void judge_on_neighbours(void *context, const struct source_key *prefix56, uint32_t sources)
{
	(void)context;
	(void)prefix56;
	(void)sources;
}

/* A small book: its pages are what an input costs. */
static inline void judge_open(struct judgement *self, const char *guilty)
{
	struct policy_output output = {self, judge_on_decision, judge_on_floor, judge_on_neighbours,
				       NULL};
	struct policy_settings settings;
	struct prefix prefix;
	bool widened;

	static bool told;

	if (!told)
		told = !atexit(judge_say_count);
	*self = (struct judgement){0};
	if (guilty && prefix_parse(&prefix, &widened, guilty, NULL))
		abort();
	if (guilty)
		source_key_of(&self->guilty, prefix.addr.bytes);
	policy_settings_default(&settings);
	settings.sources_max = settings.peers_max = settings.held_max = 64;
	settings.prefixes_max = settings.protected_max = 16;
	settings.networks_max = 64;
	settings.cold_start_s = 0;
	if (policy_new(&self->policy, &settings, &output, 1, NULL))
		abort();
}

static inline void judge_close(struct judgement *self)
{
	policy_free(self->policy);
}

static inline void judge_tick(struct judgement *self, int64_t unix_ms)
{
	uint64_t now_ns = (uint64_t)(unix_ms - BOOTED_MS) * NS_A_MS;

	self->now_ns = now_ns > self->now_ns ? now_ns : self->now_ns;
	policy_tick(self->policy, self->now_ns);
}

/* A finding speaks of its own moment; a forged one may be of any, and the decoder takes no more than some centuries. */
static inline void judge_take(struct judgement *self, const struct news *news)
{
	static const struct config config;
	json_t *report = news_json(news, NULL);
	struct dated_report decoded;
	struct why why = {0};
	int64_t at_ms;

	if (!report)
		abort();
	if (report_decode(&decoded, report, &config, 1, &why)) {
		if (strncmp(why.sentence, "at:", 3))
			abort();
		json_decref(report);
		return;
	}
	json_decref(report);
	at_ms = (int64_t)(decoded.at_unix_s * 1000 + 0.5) - BOOTED_MS;
	if (policy_report(self->policy, &decoded.report,
			  (uint64_t)(at_ms > 1 ? at_ms : 1) * NS_A_MS, NULL))
		abort();
}

#endif
