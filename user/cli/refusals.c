/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusals.h"

#include <peergate/words.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

/* What of a weight is left after a second: half of it after about three. */
static const double kept_a_second = 0.8;
/* A source that weighs less is forgotten: about ten seconds after its last sample. */
static const double faintest = 0.1;

static void fade(struct refusals *self, double seconds)
{
	double kept = 1;
	unsigned int left = 0;

	for (; seconds > 0.5; seconds -= 1)
		kept *= kept_a_second;
	for (unsigned int i = 0; i < REASONS; i++)
		self->reasons[i].samples *= kept;
	for (unsigned int i = 0; i < self->source_count; i++) {
		self->sources[i].samples *= kept;
		if (self->sources[i].samples >= faintest)
			self->sources[left++] = self->sources[i];
	}
	self->source_count = left;
}

/* Of which kind a counter or an event is; REFUSAL_KINDS: it passed. */
static enum refusal_kind kind_of(const json_t *value)
{
	const char *verdict = answer_text(value, "verdict", "");

	if (!strcmp(verdict, "would_refuse"))
		return WOULD_BE_REFUSED;
	return strcmp(verdict, "refuse") ? REFUSAL_KINDS : REFUSED;
}

/* Sums over doors, families and services. */
static void sum(const json_t *counters, uint64_t totals[REASONS][REFUSAL_KINDS])
{
	const json_t *counter;
	size_t i;

	json_array_foreach (counters, i, counter) {
		int reason = reason_of(answer_text(counter, "reason", NULL));
		enum refusal_kind kind = kind_of(counter);

		if (reason >= 0 && kind != REFUSAL_KINDS)
			totals[reason][kind] += (uint64_t)answer_integer(counter, "packets", 0);
	}
}

/* Counters that went down are those of a new gate: they count from 0. */
static double rate(uint64_t before, uint64_t now, double seconds)
{
	return (double)(now >= before ? now - before : now) / seconds;
}

void refusals_count(struct refusals *self, const json_t *counters, double seconds)
{
	uint64_t totals[REASONS][REFUSAL_KINDS] = {{0}};

	sum(counters, totals);
	for (unsigned int i = 0; i < REASONS; i++) {
		struct refusal_reason *reason = &self->reasons[i];

		for (unsigned int kind = 0; kind < REFUSAL_KINDS; kind++) {
			if (self->counted)
				reason->rates[kind] =
					rate(reason->totals[kind], totals[i][kind], seconds);
			reason->totals[kind] = totals[i][kind];
		}
	}
	if (self->counted)
		fade(self, seconds);
	self->counted = true;
}

static struct refusal_source *faintest_source(struct refusals *self)
{
	struct refusal_source *found = &self->sources[0];

	for (unsigned int i = 1; i < self->source_count; i++)
		if (self->sources[i].samples < found->samples)
			found = &self->sources[i];
	return found;
}

static struct refusal_source *find_source(struct refusals *self, const char *address,
					  unsigned int reason)
{
	struct refusal_source *source;

	for (unsigned int i = 0; i < self->source_count; i++)
		if (self->sources[i].reason == reason && !strcmp(self->sources[i].address, address))
			return &self->sources[i];
	source = self->source_count < REFUSAL_SOURCES_MAX ? &self->sources[self->source_count++]
							  : faintest_source(self);
	*source = (struct refusal_source){.reason = reason};
	snprintf(source->address, sizeof(source->address), "%s", address);
	return source;
}

void refusals_sample(struct refusals *self, const json_t *event)
{
	const char *address = answer_text(event, "source", NULL);
	int reason = reason_of(answer_text(event, "reason", NULL));

	if (!address || reason < 0 || kind_of(event) == REFUSAL_KINDS)
		return;
	find_source(self, address, (unsigned int)reason)->samples += 1;
	self->reasons[reason].samples += 1;
}

double refusal_estimate(const struct refusals *self, const struct refusal_source *source)
{
	const struct refusal_reason *reason = &self->reasons[source->reason];

	double both = reason->rates[REFUSED] + reason->rates[WOULD_BE_REFUSED];

	return reason->samples > 0 ? source->samples / reason->samples * both : 0;
}

static int compare(const void *a, const void *b, void *context)
{
	double first = refusal_estimate(context, a), second = refusal_estimate(context, b);

	return first < second ? 1 : first > second ? -1 : 0;
}

void refusals_sort(struct refusals *self)
{
	qsort_r(self->sources, self->source_count, sizeof(*self->sources), compare, self);
}
