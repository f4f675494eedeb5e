/* SPDX-License-Identifier: BSD-2-Clause */
#include "cuts.h"

#include "judge.h"
#include "places.h"

enum {
	REMEMBERED_S =
		DAY_S, /* a row is told of again at each short connection, which may be hours apart */
	HEARD_S =
		60 /* Prysm lets four dials in 30 s of an address so far that it logs why it cuts them */
};

static struct cut_record *find(struct cuts *self, const struct source_key *source, uint64_t at_ns)
{
	for (unsigned int i = 0; i < CUTS_MAX; i++) {
		struct cut_record *record = &self->records[i];

		if (record->at && !memcmp(&record->source, source, sizeof(*source)))
			return moment_is_within(record->at, REMEMBERED_S, at_ns) ? record : NULL;
	}
	return NULL;
}

/* Its own, forgotten or not, else a free one, else that of who was cut longest ago. */
static struct cut_record *take(struct cuts *self, const struct source_key *source)
{
	struct cut_record *oldest = &self->records[0];

	for (unsigned int i = 0; i < CUTS_MAX; i++) {
		struct cut_record *record = &self->records[i];

		if (record->at && !memcmp(&record->source, source, sizeof(*source))) {
			oldest = record;
			break;
		}
		if (record->at < oldest->at)
			oldest = record;
	}
	*oldest = (struct cut_record){.source = *source};
	return oldest;
}

void cut_hear(struct policy *self, const struct hearing *hearing)
{
	const struct report *report = hearing->report;
	struct cut_record *record;
	struct source_key source;

	if (!hearing->place || report->event != REPORT_GOODBYE ||
	    report->direction != DIRECTION_OUTBOUND || hearing->rule->class != EVIDENCE_CAPACITY ||
	    hearing->rule->reason != REASON_TOO_MANY_PEERS)
		return;
	source = place_at(self, hearing->place)->key;
	record = find(self->cuts, &source, hearing->at_ns);
	if (!record)
		record = take(self->cuts, &source);
	moment_later(&record->at, hearing->at_ns);
	if (report->second_hand)
		moment_later(&record->heard_at, hearing->at_ns);
	else
		record->cuts++;
}

/* Somebody got in from there, and nobody has failed since. */
static bool is_in_order(const struct policy *self, const struct source_key *key)
{
	const struct prefix prefix = source_prefix(key);
	uint32_t number = place_find(self, &prefix);
	const struct source *source = number ? place_source(self, place_at(self, number)) : NULL;

	return source && source->past.known && !source->run;
}

bool cut_excuses(struct policy *self, const struct source_key *source, uint32_t short_lived,
		 uint64_t at_ns)
{
	struct cut_record *record = find(self->cuts, source, at_ns);
	uint32_t fresh;

	if (!record)
		return false;
	if (record->heard_at && moment_is_within(record->heard_at, HEARD_S, at_ns) &&
	    is_in_order(self, source))
		return true;
	if (short_lived < record->forgiven)
		record->forgiven = 0; /* the row had ended, and began anew */
	fresh = short_lived - record->forgiven;
	if ((uint64_t)record->cuts * 2 < fresh)
		return false;
	record->forgiven = short_lived;
	record->cuts = 0;
	return true;
}
