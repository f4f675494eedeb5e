/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim: runs one scenario with one strategy over a few seeds and prints its figures, a line each.
 *     sim SCENARIO STRATEGY FIRST-SEED LAST-SEED [honest=N] [minutes=N]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static const struct strategy *const strategies[] = {
	&strategy_random,     &strategy_ban,   &strategy_count,	 &strategy_greedy,
	&strategy_lighthouse, &strategy_prysm, &strategy_oracle, &strategy_peergate,
};

enum { STRATEGIES = sizeof(strategies) / sizeof(strategies[0]) };

const struct strategy *strategy_find(const char *name)
{
	for (unsigned int i = 0; i < STRATEGIES; i++) {
		if (!strcmp(strategies[i]->name, name))
			return strategies[i];
	}
	return NULL;
}

static int usage(void)
{
	fputs("sim SCENARIO STRATEGY FIRST-SEED LAST-SEED [honest=N] [minutes=N]\n\nscenarios:\n",
	      stderr);
	for (unsigned int i = 0; scenario_at(i); i++)
		fprintf(stderr, "  %-12s %s\n", scenario_at(i)->name, scenario_at(i)->what);
	fputs("strategies:", stderr);
	for (unsigned int i = 0; i < STRATEGIES; i++)
		fprintf(stderr, " %s", strategies[i]->name);
	fputs("\n", stderr);
	return 2;
}

static bool set(struct scenario *scenario, const char *word)
{
	return sscanf(word, "honest=%u", &scenario->honest) == 1 ||
	       sscanf(word, "minutes=%u", &scenario->minutes) == 1;
}

int main(int argc, char **argv)
{
	const struct scenario *named = argc > 4 ? scenario_find(argv[1]) : NULL;
	const struct strategy *strategy = argc > 4 ? strategy_find(argv[2]) : NULL;
	struct scenario scenario;

	if (!named || !strategy)
		return usage();
	scenario = *named;
	for (int i = 5; i < argc; i++) {
		if (!set(&scenario, argv[i]))
			return usage();
	}
	for (uint64_t seed = strtoull(argv[3], NULL, 10); seed <= strtoull(argv[4], NULL, 10);
	     seed++) {
		static struct world world;

		world_run(&world, &scenario, strategy, seed);
		history_tell(&world, strategy->name, seed, stdout);
		world_free(&world);
	}
	return 0;
}
