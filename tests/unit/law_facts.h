/* SPDX-License-Identifier: BSD-2-Clause */
/* law_facts: what several laws ask of a step or of the kernel's records. */
#ifndef LAW_FACTS_H
#define LAW_FACTS_H

#include "law.h"

/* A report that claims an offence that nobody's fault but theirs can be. */
static inline bool step_claims_proof(const struct step *step)
{
	const struct report *report = &step->report;

	switch (report->event) {
	case REPORT_HANDSHAKE:
		return report->result == RESULT_WRONG_NETWORK;
	case REPORT_RESPONSE:
		return report->result == RESULT_INVALID;
	case REPORT_VERDICT:
		return report->result == RESULT_BAN;
	case REPORT_GOODBYE: /* 2: irrelevant network; said by us */
		return report->goodbye_code == 2 && report->direction != DIRECTION_INBOUND;
	default:
		return false;
	}
}

/* A connection that failed, or what a follower's proof counts as. */
static inline bool step_claims_failure(const struct step *step)
{
	const struct report *report = &step->report;

	if (report->event == REPORT_HANDSHAKE)
		return report->result != RESULT_OK;
	return step_claims_proof(step) ||
	       (report->event == REPORT_GOODBYE && report->direction != DIRECTION_INBOUND);
}

static inline bool step_is_good(const struct step *step)
{
	const struct report *report = &step->report;

	return step->kind == STEP_REPORT &&
	       (((report->event == REPORT_HANDSHAKE || report->event == REPORT_RESPONSE) &&
		 report->result == RESULT_OK) ||
		report->event == REPORT_STATUS);
}

/* An automatic refusal that the kernel enforces now. */
static inline bool record_refuses(const struct history *self, const struct stage_record *at)
{
	return at->is_held && !at->held.by_operator && at->held.standing != STANDING_TRUSTED &&
	       at->held.until_ns > self->stage.now_ns;
}

static inline bool record_bans(const struct history *self, const struct stage_record *at)
{
	return record_refuses(self, at) && at->held.standing == STANDING_BANNED;
}

/* The record of exactly this source; NULL: the kernel was never told of it. */
static inline struct stage_record *source_record(const struct history *self, unsigned int source)
{
	const struct prefix prefix = source_prefix_of(source);

	return stage_find(&self->stage, &prefix);
}

/* The operator's most specific live word at a source; NULL: he said nothing there. */
static inline const struct decision *operators_word(const struct history *self, unsigned int source)
{
	const struct addr addr = source_addr(source);
	const struct decision *best = NULL;

	for (uint32_t i = 0; i < self->stage.count; i++) {
		const struct stage_record *at = &self->stage.records[i];

		if (at->is_held && at->held.by_operator && at->held.until_ns > self->stage.now_ns &&
		    prefix_contains(&at->held.prefix, &addr) &&
		    (!best || at->held.prefix.length > best->prefix.length))
			best = &at->held;
	}
	return best;
}

/* A report of the node itself, now, beside the history's own. */
static inline void history_say(struct history *self, unsigned int peer, unsigned int source,
			       enum report_event event, enum report_result result)
{
	struct report report = {.service = -1,
				.direction = DIRECTION_INBOUND,
				.event = event,
				.result = result,
				.has_addr = source < SOURCES};
	struct why why = {""};

	peer_name(peer, report.peer);
	if (report.has_addr)
		report.addr = source_addr(source);
	if (policy_report(self->stage.policy, &report, self->stage.now_ns, &why))
		fail_msg("%s", why.sentence);
}

#endif
