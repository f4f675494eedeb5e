/* SPDX-License-Identifier: BSD-2-Clause */
/* history_reports: a random report, by anybody on anything. */
#ifndef HISTORY_REPORTS_H
#define HISTORY_REPORTS_H

#include "history.h"

struct report_kind {
	enum report_event event;
	enum report_result result;
};

static inline struct report_kind draw_kind(struct history *self)
{
	static const struct report_kind proofs[] = {{REPORT_HANDSHAKE, RESULT_WRONG_NETWORK},
						    {REPORT_RESPONSE, RESULT_INVALID},
						    {REPORT_VERDICT, RESULT_BAN}};
	static const struct report_kind goods[] = {{REPORT_CONNECTED, RESULT_NONE},
						   {REPORT_HANDSHAKE, RESULT_OK},
						   {REPORT_HANDSHAKE, RESULT_OK},
						   {REPORT_RESPONSE, RESULT_OK},
						   {REPORT_STATUS, RESULT_NONE}};
	static const struct report_kind others[] = {{REPORT_CONNECTED, RESULT_NONE},
						    {REPORT_DISCONNECTED, RESULT_NONE},
						    {REPORT_HANDSHAKE, RESULT_TIMEOUT},
						    {REPORT_HANDSHAKE, RESULT_ERROR},
						    {REPORT_HANDSHAKE, RESULT_UNVIABLE_FORK},
						    {REPORT_HANDSHAKE, RESULT_INCOMPATIBLE},
						    {REPORT_RESPONSE, RESULT_BAD},
						    {REPORT_RESPONSE, RESULT_TIMEOUT},
						    {REPORT_GOODBYE, RESULT_NONE},
						    {REPORT_GOSSIP, RESULT_NONE},
						    {REPORT_VERDICT, RESULT_DISCOURAGE},
						    {REPORT_VERDICT, RESULT_CLEAR}};
	uint32_t luck = draw(self, 100);

	if (luck < self->shape->proofs)
		return proofs[draw(self, ARRAY_SIZE(proofs))];
	if (luck < self->shape->proofs + self->shape->goods)
		return goods[draw(self, ARRAY_SIZE(goods))];
	return others[draw(self, ARRAY_SIZE(others))];
}

static inline void draw_measures(struct history *self, struct report *report)
{
	static const uint16_t codes[] = {0, 1, 2, 3, 128, 129, 250, 251};
	static const uint8_t digests[3][DIGEST_SIZE] = {{1}, {2}, {3}};

	report->score = (double)draw(self, 20000) - 10000;
	report->latency_us = draw(self, 2000000);
	report->head_slot = draw(self, 2) ? 100000 + draw(self, 200) : 0;
	report->goodbye_code = codes[draw(self, ARRAY_SIZE(codes))];
	report->has_digest = draw(self, 2);
	memcpy(report->digest, digests[draw(self, 3)], DIGEST_SIZE);
	report->protocol_count = (uint8_t)draw(self, 4);
	for (int i = 0; i < report->protocol_count; i++)
		report->protocols[i] = draw(self, 6);
}

/* As policy.h says: what lies more than 5 s ahead of the latest tick counts as that. */
static inline uint64_t taken_at(const struct history *self, uint64_t at_ns)
{
	uint64_t latest_ns = self->stage.now_ns + 5 * S;

	return at_ns < latest_ns ? at_ns : latest_ns;
}

static inline uint64_t draw_moment(struct history *self)
{
	uint64_t now_ns = self->stage.now_ns;

	if (!chance(self, self->shape->jumps))
		return now_ns;
	return draw(self, 3) ? now_ns - draw(self, 7200) * S : now_ns + draw(self, 86400) * S;
}

static inline void draw_report(struct history *self, struct step *step)
{
	const struct report_kind kind = draw_kind(self);
	struct report *report = &step->report;

	*report = (struct report){.service = (int)draw(self, 3) - 1,
				  .event = kind.event,
				  .result = kind.result,
				  .port = (uint16_t)draw(self, 4),
				  .direction = (enum direction)draw(self, 3),
				  .second_hand = chance(self, self->shape->second_hand)};
	report->reporter = report->second_hand ? 1 + draw(self, FOLLOWERS) : 0;
	draw_measures(self, report);
	step->peer = draw(self, 12) ? draw(self, PEERS) : PEERS;
	step->source = step->peer < PEERS ? home_of(step->peer) : draw(self, SOURCES);
	if (chance(self, self->shape->strangers))
		step->source = draw(self, SOURCES);
	if (step->peer < PEERS && !draw(self, 12))
		step->source = SOURCES;
	if (step->peer < PEERS)
		peer_name(step->peer, report->peer);
	report->has_addr = step->source < SOURCES;
	if (report->has_addr)
		report->addr = source_addr(step->source);
	step->at_ns = draw_moment(self);
}

static inline void take_report(struct history *self, struct step *step)
{
	uint64_t at_ns = step->at_ns;
	struct why why = {""};

	step->at_ns = taken_at(self, at_ns);
	if (policy_report(self->stage.policy, &step->report, at_ns, &why))
		fail_msg("a report was refused: %s", why.sentence);
}

#endif
