/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes replays: any text is read or refused with a sentence; what is read is played against a small policy, so that the
 * policy is fuzzed by whole histories. Loops and waits are cut short.
 */
#include <assert.h>

#include "act.h"
#include "script.h"

enum { ACTIONS_MAX = 400, SECONDS_MAX = 4000 };

struct fuzz {
	struct theatre theatre;
	uint64_t moment_ns, left_ns;
	unsigned int actions;
};

/* One turn of a step, with both counters at their first or their last values. */
static void play(struct fuzz *self, const struct step *step, bool is_last)
{
	unsigned int turns[LOOPS_MAX] = {0};
	struct why why = {""};
	char action[TEXT_MAX];
	int error;

	for (unsigned int i = 0; i < step->loop_count; i++)
		turns[i] = is_last ? step->loops[i].to : step->loops[i].from;
	error = text_expand(action, step->action, turns, &why);
	if (!error)
		error = act(NULL, action, &why);
	assert(error <= 0 && !error == !why.sentence[0]);
	if (error || ++self->actions > ACTIONS_MAX)
		return;
	act(&self->theatre, action, &why);
	assert(!self->theatre.is_open || !self->theatre.stage.fault);
}

static void wait(struct fuzz *self, const struct step *step)
{
	uint64_t ns = step->has_time && step->is_relative ? step->time_ns : 0;
	struct why why = {""};

	for (unsigned int i = 0; i < step->loop_count; i++)
		ns += step->loops[i].every_ns;
	if (!ns || ns > self->left_ns)
		return;
	self->left_ns -= ns;
	self->moment_ns += ns;
	assert(!theatre_advance(&self->theatre, self->moment_ns, &why) || why.sentence[0]);
}

static void take(struct fuzz *self, const char *line)
{
	struct why why = {""};
	struct step step;
	int found = step_parse(&step, line, &why);

	assert((found < 0) == !!why.sentence[0]);
	if (found <= 0)
		return;
	play(self, &step, false);
	wait(self, &step);
	play(self, &step, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = {.left_ns = SECONDS_MAX * STAGE_S};
	char *text = malloc(size + 1), *rest = text, *line;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	theatre_init(&fuzz.theatre);
	fuzz.theatre.settings.peers_max = fuzz.theatre.settings.sources_max = 64;
	fuzz.theatre.settings.prefixes_max = 16;
	while ((line = strsep(&rest, "\n")))
		take(&fuzz, line);
	theatre_release(&fuzz.theatre);
	free(text);
	return 0;
}
