/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of a client's table: on which condition a line says what. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dialect_parser.h"

/* Words that a say may have; docs/WIRE.md describes gate_report's. */
static const struct {
	const char *event, *results[8];
} events[] = {
	{"connected", {0}},
	{"disconnected", {0}},
	{"handshake", {"ok", "timeout", "error", "incompatible", "wrong_network", "unviable_fork"}},
	{"response", {"ok", "bad", "timeout", "invalid"}},
	{"verdict", {"ban", "discourage"}},
	{"goodbye", {0}},
};
static const char *const reasons[] = {"too_many_peers",	    "rate_limited",  "client_shutdown",
				      "irrelevant_network", "unviable_fork", "io_error",
				      "bad_score",	    "unknown"};
static const char *const matches[] = {"is", "begins", "ends", "has"};
static const char *const touches[] = {"peer", "source", "connection"};

static int new_row(struct parser *self)
{
	if (self->meaning_count == MEANINGS_MAX)
		return parser_fail(self, "one row too many for", self->pattern->message);
	self->meaning = &self->meanings[self->meaning_count++];
	self->pattern->meaning_count++;
	return 0;
}

/* when FIELD MATCH TEXT [and FIELD MATCH TEXT] */
int parser_on_when(struct parser *self)
{
	int error = self->count == 4 || (self->count == 8 && !strcmp(self->words[4], "and"))
			    ? new_row(self)
			    : parser_fail(self, "when FIELD is|begins|ends|has TEXT [and …], not",
					  self->words[self->count - 1]);

	for (unsigned int at = 1; at < self->count && !error; at += 4) {
		int match = parser_choose(self, "way to compare", self->words[at + 1], matches,
					  COUNT(matches));

		if (match < 0)
			return match;
		self->meaning->conditions[self->meaning->condition_count++] =
			(struct condition){self->words[at], (enum match)match, self->words[at + 2]};
	}
	return error;
}

int parser_on_otherwise(struct parser *self)
{
	return new_row(self);
}

int parser_on_nothing(struct parser *self)
{
	return self->meaning ? 0 : new_row(self);
}

/* An option of a say: reason WORD, code NUMBER, by us|them, of peer|source|connection. */
static int take_option(struct parser *self, struct finding *finding, const char *name,
		       const char *value)
{
	static const char *const options[] = {"reason", "code", "by", "of"};
	static const char *const sides[] = {"them", "us"};
	int option = parser_choose(self, "option of say", name, options, COUNT(options)),
	    chosen = 0;
	char *end;

	switch (option) {
	case 0:
		chosen = parser_choose(self, "reason", value, reasons, COUNT(reasons));
		finding->reason = value;
		break;
	case 1:
		finding->code = (int)strtol(value, &end, 10);
		chosen = *end || finding->code < 1 || finding->code > 65535
				 ? parser_fail(self, "no code:", value)
				 : 0;
		break;
	case 2:
		chosen = parser_choose(self, "side", value, sides, COUNT(sides));
		finding->said = chosen ? WAY_OUTBOUND : WAY_INBOUND;
		break;
	case 3:
		chosen = parser_choose(self, "one to speak of", value, touches, COUNT(touches));
		finding->touch = (enum touch)chosen;
		break;
	}
	return option < 0 ? option : chosen < 0 ? chosen : 0;
}

static unsigned int result_count(size_t event)
{
	unsigned int count = 0;

	while (events[event].results[count])
		count++;
	return count;
}

/* say EVENT [RESULT] [OPTION VALUE]… */
int parser_on_say(struct parser *self)
{
	const char *names[COUNT(events)];
	struct finding finding = {0};
	unsigned int at = 2;
	int event, error = self->meaning ? 0 : new_row(self);

	for (size_t i = 0; i < COUNT(events); i++)
		names[i] = events[i].event;
	event = parser_choose(self, "event", self->words[1], names, COUNT(events));
	if (event < 0 || error)
		return event < 0 ? event : error;
	finding.event = events[event].event;
	if (result_count((size_t)event)) {
		const char *word = self->count > at ? self->words[at++] : "";

		error = parser_choose(self, "result", word, events[event].results,
				      result_count((size_t)event));
		finding.result = word;
	}
	for (; at < self->count && error >= 0; at += 2)
		error = at + 1 == self->count
				? parser_fail(self, "no value behind", self->words[at])
				: take_option(self, &finding, self->words[at], self->words[at + 1]);
	if (error < 0)
		return error;
	if (self->meaning->finding_count == FINDINGS_MAX)
		return parser_fail(self, "one say too many:", finding.event);
	self->meaning->findings[self->meaning->finding_count++] = finding;
	return 0;
}
