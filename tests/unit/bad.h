/* SPDX-License-Identifier: BSD-2-Clause */
/* bad: what the tests of bad input share: a small book, its counts, a report without a check of its own. */
#ifndef BAD_H
#define BAD_H

#include "play.h"

enum { CAP = 4096 };

static inline struct play *small_play(void)
{
	struct policy_settings settings;

	policy_settings_default(&settings);
	settings.peers_max = settings.sources_max = CAP;
	return play_new_with(&settings, 1);
}

static inline struct policy_counts count_all(const struct play *play)
{
	struct policy_counts counts;

	policy_count(play->policy, &counts);
	return counts;
}

static inline struct report report_at(const char *peer, const char *addr, enum report_event event,
				      enum report_result result)
{
	struct report report = NODE;
	struct endpoint endpoint;

	snprintf(report.peer, sizeof(report.peer), "%s", peer);
	assert_int_equal(endpoint_parse(&endpoint, addr, strlen(addr), NULL), 0);
	report.has_addr = true;
	report.addr = endpoint.addr;
	report.event = event;
	report.result = result;
	return report;
}

#endif
