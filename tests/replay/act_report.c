/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody reports: a single report, and shorthands for whole connections. */
#include <errno.h>

#include "act.h"

static int say(struct theatre *self, const struct saying *saying, struct why *why)
{
	const struct stage *stage = &self->stage;
	uint64_t at_ns = stage->now_ns + saying->off_ns;

	if (saying->is_past)
		at_ns = saying->off_ns < stage->now_ns ? stage->now_ns - saying->off_ns : 0;
	return policy_report(stage->policy, &saying->report, at_ns, why);
}

int act_report(struct theatre *self, const struct words *words, struct why *why)
{
	struct saying saying;
	int error = parse_report(&saying, words, 1, why);

	return error || !self ? error : say(self, &saying, why);
}

static int say_event(struct theatre *self, struct saying *saying, enum report_event event,
		     enum report_result result, struct why *why)
{
	saying->report.event = event;
	saying->report.result = result;
	return self ? say(self, saying, why) : 0;
}

/* join PEER ADDR [TERM]…: connected, and the handshake went well. Inbound unless told. */
int act_join(struct theatre *self, const struct words *words, struct why *why)
{
	struct saying saying;
	unsigned int at = 1;
	int error = parse_party(&saying, words, &at, why);

	saying.report.direction = DIRECTION_INBOUND;
	if (!error)
		error = parse_report_terms(&saying, words, at, why);
	if (!error)
		error = say_event(self, &saying, REPORT_CONNECTED, RESULT_NONE, why);
	return error ? error : say_event(self, &saying, REPORT_HANDSHAKE, RESULT_OK, why);
}

int act_leave(struct theatre *self, const struct words *words, struct why *why)
{
	struct saying saying;
	unsigned int at = 1;
	int error = parse_party(&saying, words, &at, why);

	if (!error)
		error = parse_report_terms(&saying, words, at, why);
	return error ? error : say_event(self, &saying, REPORT_DISCONNECTED, RESULT_NONE, why);
}

/* fail PEER ADDR RESULT [TERM]…: a whole connection that never works. Inbound unless told. */
int act_fail(struct theatre *self, const struct words *words, struct why *why)
{
	struct words inner = {.count = words->count + 1};
	struct saying saying;
	enum report_result result;
	int error;

	if (words->count < 4 || inner.count > WORDS_MAX)
		return why_fill(why, -EINVAL, "fail wants a peer, an address and a result");
	memcpy(inner.at, words->at, 3 * sizeof(*inner.at));
	inner.at[3] = (char *)"handshake";
	memcpy(inner.at + 4, words->at + 3, (words->count - 3) * sizeof(*inner.at));
	error = parse_report(&saying, &inner, 1, why);
	if (error)
		return error;
	result = saying.report.result;
	if (saying.report.direction == DIRECTION_UNKNOWN)
		saying.report.direction = DIRECTION_INBOUND;
	error = say_event(self, &saying, REPORT_CONNECTED, RESULT_NONE, why);
	if (!error)
		error = say_event(self, &saying, REPORT_HANDSHAKE, result, why);
	saying.report.direction = DIRECTION_UNKNOWN;
	return error ? error : say_event(self, &saying, REPORT_DISCONNECTED, RESULT_NONE, why);
}
