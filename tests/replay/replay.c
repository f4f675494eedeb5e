/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay: plays scripts against the policy, in TAP: one test for each line that expects something, named by file and line.
 * Without files: all of tests/replay/. README.md describes the language.
 */
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>

#include "act.h"
#include "script.h"

/* One file as it plays. */
struct player {
	const char *file; /* without its folder */
	struct theatre theatre;
	uint64_t moment_ns;  /* of the line before */
	unsigned int number; /* of the line */
	unsigned int *tests, *failed;
};

static void tell(struct player *self, bool holds, const char *what, const char *why)
{
	++*self->tests;
	*self->failed += !holds;
	printf("%sok %u - %s:%u %s\n", holds ? "" : "not ", *self->tests, self->file, self->number,
	       what);
	if (!holds)
		printf("# %s\n", why);
}

/* The text without what TAP reads in it. */
static const char *name_of(const char *action, char ret[TEXT_MAX])
{
	size_t length = 0;

	for (; *action && *action != '#' && length < TEXT_MAX - 1; action++) {
		if (length || *action != ' ')
			ret[length++] = *action;
	}
	while (length && (ret[length - 1] == ' ' || ret[length - 1] == '\t'))
		length--;
	ret[length] = '\0';
	return ret;
}

static int perform(struct player *self, const struct step *step,
		   const unsigned int turns[LOOPS_MAX], struct why *why)
{
	char action[TEXT_MAX];
	int error = text_expand(action, step->action, turns, why);

	if (!error && step->has_time)
		error = theatre_advance(&self->theatre, self->moment_ns, why);
	return error ? error : act(&self->theatre, action, why);
}

/* The loops of a step from @level on. */
static int loop(struct player *self, const struct step *step, unsigned int level,
		unsigned int turns[LOOPS_MAX], struct why *why)
{
	const struct loop *at = &step->loops[level];
	uint64_t from_ns = self->moment_ns;
	int error = 0;

	if (level == step->loop_count)
		return perform(self, step, turns, why);
	for (unsigned int i = at->from; i <= at->to && !error; i++) {
		struct step timed = *step;

		turns[level] = i;
		if (at->every_ns)
			timed.has_time = true;
		if (from_ns + (i - at->from) * at->every_ns > self->moment_ns)
			self->moment_ns = from_ns + (i - at->from) * at->every_ns;
		error = loop(self, &timed, level + 1, turns, why);
		if (error)
			why_lead(why, error, "at %u", i);
	}
	return error;
}

/* False: the file cannot go on. */
static bool play_line(struct player *self, const char *line)
{
	unsigned int turns[LOOPS_MAX] = {0};
	struct why why = {""};
	struct step step;
	char name[TEXT_MAX];
	int found = step_parse(&step, line, &why), error = 0;

	if (!found)
		return true;
	if (found > 0) {
		if (step.has_time)
			self->moment_ns = step.time_ns + (step.is_relative ? self->moment_ns : 0);
		error = loop(self, &step, 0, turns, &why);
	}
	if (found < 0 || error || act_is_expectation(step.action))
		tell(self, found > 0 && !error, name_of(step.action, name), why.sentence);
	return found > 0 && error >= 0;
}

static void play_file(const char *path, unsigned int *tests, unsigned int *failed)
{
	struct player player = {.file = strrchr(path, '/'), .tests = tests, .failed = failed};
	FILE *file = fopen(path, "r");
	char line[2 * TEXT_MAX];

	player.file = player.file ? player.file + 1 : path;
	theatre_init(&player.theatre);
	if (!file)
		tell(&player, false, "cannot be read", path);
	while (file && fgets(line, sizeof(line), file)) {
		player.number++;
		if (!play_line(&player, line))
			break;
	}
	if (player.theatre.stage.fault)
		tell(&player, false, "ends", player.theatre.stage.fault);
	theatre_release(&player.theatre);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	unsigned int tests = 0, failed = 0;
	glob_t all = {0};

	if (argc < 2 && !glob("tests/replay/*.replay", 0, NULL, &all)) {
		argc = (int)all.gl_pathc + 1;
		argv = all.gl_pathv - 1;
	}
	for (int i = 1; i < argc; i++)
		play_file(argv[i], &tests, &failed);
	globfree(&all);
	printf("1..%u\n", tests);
	return failed || !tests;
}
