/* SPDX-License-Identifier: BSD-2-Clause */
#include "witness_churn.h"

#include <string.h>

#include "units.h"
#include "witness_book.h"

void churn_init(struct churn *ret, const struct churn_output *output)
{
	memset(ret, 0, sizeof(*ret));
	ret->output = *output;
}

static bool is_doubted_already(const struct churn *self, const struct source_key *source)
{
	for (unsigned int i = 0; i < self->count; i++)
		if (!self->doubts[i].asked &&
		    !memcmp(&self->doubts[i].sighting.source, source, sizeof(*source)))
			return true;
	return false;
}

/* What lives now will have lasted by then, or be gone. */
static void doubt(struct churn *self, const struct sighting *sighting, uint64_t due_ns)
{
	if (is_doubted_already(self, &sighting->source))
		return;
	if (self->count == DOUBTS_MAX) {
		self->deferred++;
		return;
	}
	if (!self->count || due_ns < self->due_ns)
		self->due_ns = due_ns;
	self->doubts[self->count++] = (struct doubt){*sighting, due_ns, false};
}

void churn_take(struct churn *self, const struct sighting *sighting)
{
	if (!self->limit || sighting->short_lived < self->limit)
		return; /* told under settings of a moment ago */
	if (sighting->living)
		doubt(self, sighting, sighting->at + self->short_ns);
	else
		self->output.judge(self->output.context, sighting, sighting->short_lived);
}

/* What became of the row since it was told. Where no census can be had nobody knows whether what lives lasts: spared. */
static void look_again(struct churn *self, const struct sighting *sighting, bool is_counted)
{
	void *context = self->output.context;
	struct witness witness;

	if (self->output.look(context, &sighting->source, &witness))
		return;
	if (!self->limit || witness.short_lived < self->limit)
		return;
	if (is_counted || !book_living(&witness))
		self->output.judge(context, sighting, witness.short_lived);
}

static void settle(struct churn *self, bool is_counted)
{
	unsigned int kept = 0;

	self->begun = false;
	self->due_ns = UINT64_MAX;
	for (unsigned int i = 0; i < self->count; i++) {
		const struct doubt *at = &self->doubts[i];

		if (at->asked) {
			look_again(self, &at->sighting, is_counted);
			continue;
		}
		if (at->due_ns < self->due_ns)
			self->due_ns = at->due_ns;
		self->doubts[kept++] = *at;
	}
	self->count = kept;
}

static void ask(struct churn *self, uint64_t now_ns)
{
	for (unsigned int i = 0; i < self->count; i++)
		self->doubts[i].asked = self->doubts[i].due_ns <= now_ns;
	self->begun = true;
	self->begun_ns = now_ns;
	if (self->output.begin_census(self->output.context) < 0)
		settle(self, false);
}

void churn_turn(struct churn *self, uint64_t now_ns)
{
	if (!self->count || self->output.census_runs(self->output.context))
		return;
	if (self->begun)
		settle(self, true);
	if (self->count && now_ns >= self->due_ns && now_ns - self->begun_ns >= NS_PER_S)
		ask(self, now_ns);
}
