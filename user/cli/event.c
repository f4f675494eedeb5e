/* SPDX-License-Identifier: BSD-2-Clause */
#include "event.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "span.h"

static void tell_moment(struct output *output, const json_t *event)
{
	int64_t now_s = time(NULL);
	char moment[SPAN_TEXT_MAX];

	output_words(output, TONE_PLAIN, "%s  ",
		     moment_text(answer_integer(event, "at", now_s), now_s, moment));
}

/* Whom it is about: somebody who came in, or whom the node was to dial. */
static void tell_start(struct output *output, const json_t *event)
{
	bool dialled = !strcmp(answer_text(event, "door", ""), "dial");
	int64_t port = answer_integer(event, dialled ? "source_port" : "port", 0);

	output_words(output, TONE_PLAIN, "%s%s", dialled ? "our dial to " : "",
		     answer_text(event, "addr", "?"));
	if (port)
		output_words(output, TONE_PLAIN, "%s%s:%" PRId64, dialled ? ", " : " to ",
			     answer_text(event, "transport", "port"), port);
	if (!dialled)
		output_words(output, TONE_PLAIN, ", service %s",
			     answer_text(event, "service", "none"));
}

/* One sampled judgement of the gate. */
static void tell_judgement(struct output *output, const json_t *event)
{
	bool refused = !strcmp(answer_text(event, "verdict", ""), "refuse");

	output_words(output, refused ? TONE_BAD : TONE_WARNING, "%-13s",
		     refused ? "refused" : "would refuse");
	tell_start(output, event);
	output_words(output, TONE_PLAIN, ", reason %s", answer_text(event, "reason", "?"));
	if (json_is_true(json_object_get(event, "reset")))
		output_words(output, TONE_PLAIN, ", reset");
}

/* The policy changed its mind about a source or prefix. */
static void tell_decision(struct output *output, const json_t *event)
{
	const char *standing = answer_text(event, "standing", "neutral");
	const char *reason = answer_text(event, "reason", "none");
	char until[UNTIL_TEXT_MAX];

	output_words(output, TONE_PLAIN, "%-13s%s: ", "decided", answer_text(event, "addr", "?"));
	if (json_is_true(json_object_get(event, "removed"))) {
		output_words(output, TONE_PLAIN, "nothing is held of it any more");
		return;
	}
	output_words(output, TONE_PLAIN, "standing ");
	output_words(output, standing_tone(standing), "%s", standing);
	output_words(output, TONE_PLAIN, ", score %" PRId64, answer_integer(event, "score", 0));
	if (strcmp(reason, "none"))
		output_words(output, TONE_PLAIN, ", reason %s %s", reason,
			     until_text(event, until));
}

static void tell_interface(struct output *output, const json_t *event)
{
	bool attached = json_is_true(json_object_get(event, "attached"));
	const char *note = answer_text(event, "note", "");

	output_words(output, attached ? TONE_GOOD : TONE_BAD, "%-13s%s is %s", "interface",
		     answer_text(event, "name", "?"), attached ? "gated" : "not gated");
	output_words(output, TONE_PLAIN, "%s%s", note[0] ? ": " : "", note);
}

static void tell_mode(struct output *output, const json_t *event)
{
	output_words(output, TONE_HEADING, "%-13s%s, was %s", "mode",
		     answer_text(event, "mode", "?"), answer_text(event, "before", "?"));
}

static void tell_missed(struct output *output, const json_t *event)
{
	output_words(output, TONE_WARNING, "%-13s%" PRId64 " events: they came faster than read",
		     "missed", answer_integer(event, "missed", 0));
}

static void tell_members(struct output *output, const json_t *event)
{
	const char *name;
	const json_t *member;

	output_words(output, TONE_PLAIN, "%-13s", answer_text(event, "type", "event"));
	json_object_foreach ((json_t *)event, name, member) {
		char *text = json_dumps(member, JSON_COMPACT | JSON_ENCODE_ANY);

		if (text && strcmp(name, "type") && strcmp(name, "at"))
			output_words(output, TONE_PLAIN, "%s=%s ", name, text);
		free(text);
	}
}

void event_tell(struct output *output, const json_t *event)
{
	static const struct {
		const char *type;
		void (*tell)(struct output *output, const json_t *event);
	} kinds[] = {
		{"judgement", tell_judgement}, {"decision", tell_decision},
		{"interface", tell_interface}, {"mode", tell_mode},
		{"missed", tell_missed},
	};
	const char *type = answer_text(event, "type", "");
	size_t kind = 0;

	tell_moment(output, event);
	while (kind < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[kind].type, type))
		kind++;
	(kind < sizeof(kinds) / sizeof(*kinds) ? kinds[kind].tell : tell_members)(output, event);
	output_words(output, TONE_PLAIN, "\n");
}
