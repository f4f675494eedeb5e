/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#include <stddef.h>
#include <string.h>

enum { NODES = 160, TARGET = 20, MINUTES = 300, BETRAYAL_MIN = 210 };

#define USUAL                                                                         \
	.honest = NODES, .target = TARGET, .minutes = MINUTES, .bad = .4, .nat = .35, \
	.adoption = 1, .digests = true, .newcomer_s = 60, .book_max = 2048

static const struct scenario scenarios[] = {
	{.name = "plain", USUAL, .what = "40 % bad, nobody attacks"},
	{.name = "spread",
	 USUAL,
	 .attack = ATTACK_SPREAD,
	 .betray_min = BETRAYAL_MIN,
	 .what = "an attacker, his addresses spread over the networks"},
	{.name = "near",
	 USUAL,
	 .attack = ATTACK_CONCENTRATED,
	 .betray_min = BETRAYAL_MIN,
	 .what = "an attacker, his addresses in two /16"},
};

enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

const struct scenario *scenario_at(unsigned int number)
{
	return number < SCENARIOS ? &scenarios[number] : NULL;
}

const struct scenario *scenario_find(const char *name)
{
	for (unsigned int i = 0; i < SCENARIOS; i++) {
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	}
	return NULL;
}
