/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim: runs one scenario with one strategy over a few seeds and prints its figures, a line each.
 *     sim SCENARIO STRATEGY FIRST-SEED LAST-SEED [honest=N] [minutes=N] [target=N] [newcomer=S] [ban=S] [backoff=S]
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
	fputs("sim SCENARIO STRATEGY FIRST-SEED LAST-SEED [honest=N] [minutes=N] [target=N] "
	      "[newcomer=S] [ban=S] [backoff=S]\n\nscenarios:\n",
	      stderr);
	for (unsigned int i = 0; scenario_at(i); i++)
		fprintf(stderr, "  %-12s %s\n", scenario_at(i)->name, scenario_at(i)->what);
	fputs("strategies:", stderr);
	for (unsigned int i = 0; i < STRATEGIES; i++)
		fprintf(stderr, " %s", strategies[i]->name);
	fputs("\n", stderr);
	return 2;
}

/* For tuning, and for larger worlds. */
static bool set(struct scenario *scenario, const char *word)
{
	const struct {
		const char *name;
		uint32_t *value;
	} options[] = {
		{"honest", &scenario->honest},	     {"minutes", &scenario->minutes},
		{"target", &scenario->target},	     {"newcomer", &scenario->newcomer_s},
		{"ban", &scenario->ban_handshake_s}, {"backoff", &scenario->backoff_s},
	};
	const char *equals = strchr(word, '=');

	for (size_t i = 0; equals && i < sizeof(options) / sizeof(options[0]); i++) {
		if (strncmp(word, options[i].name, (size_t)(equals - word)) == 0 &&
		    !options[i].name[equals - word]) {
			*options[i].value = (uint32_t)strtoul(equals + 1, NULL, 10);
			return true;
		}
	}
	return false;
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
