/* SPDX-License-Identifier: BSD-2-Clause */
/* POLICY's law 3 on random histories: every automatic refusal ends, and each level is forgotten; an operator's lasts as told. */
#include "law.h"

/* After each step: no automatic record lasts longer than it may. */
static void no_refusal_is_too_long(struct history *self)
{
	const struct stage *stage = &self->stage;

	for (uint32_t i = 0; i < stage->count; i++) {
		const struct decision *held = &stage->records[i].held;
		uint64_t most_ns = held->reason == REASON_IRRELEVANT_NETWORK ? DAY : 12 * HOUR;

		if (!stage->records[i].is_held || held->by_operator ||
		    held->standing == STANDING_TRUSTED || held->until_ns <= stage->now_ns)
			continue;
		HOLDS(self, held->until_ns - stage->now_ns <= most_ns + 5 * S,
		      "a refusal for %d has %llu s left", held->reason,
		      (unsigned long long)((held->until_ns - stage->now_ns) / S));
	}
}

/* After a silence of twelve days everything has ended and every level is forgotten: the first ban is ten minutes again. */
static void all_is_forgotten(struct history *self)
{
	struct stage *stage = &self->stage;
	struct report report = {.peer = "Fresh",
				.has_addr = true,
				.service = -1,
				.event = REPORT_RESPONSE,
				.result = RESULT_INVALID,
				.direction = DIRECTION_INBOUND,
				.addr = source_addr(1)};

	policy_breaker(stage->policy, BREAKER_RESUME, stage->now_ns);
	history_wait(self, 12 * DAY);
	for (int i = 0; i < 10; i++)
		history_wait(self, S);
	for (uint32_t i = 0; i < stage->count; i++) {
		const struct stage_record *at = &stage->records[i];

		HOLDS(self,
		      !at->is_held || at->held.by_operator || at->held.until_ns <= stage->now_ns,
		      "after twelve days something automatic is held");
	}
	for (unsigned int source = 0; source < SOURCES; source++) {
		const struct decision *verdict;

		report.addr = source_addr(source);
		if (is_protected_by_nature(source) || stage_verdict(stage, &report.addr))
			continue;
		policy_report(stage->policy, &report, stage->now_ns, NULL);
		verdict = stage_verdict(stage, &report.addr);
		if (verdict && prefix_is_source(&verdict->prefix))
			/* An end is rounded up to a sixteenth of a second. */
			HOLDS(self, verdict->until_ns <= stage->now_ns + 12 * MIN + S / 16,
			      "the first ban after twelve days is %llu s",
			      (unsigned long long)((verdict->until_ns - stage->now_ns) / S));
	}
}

static const struct shape shape = {
	.steps = 150,
	.weights = {[STEP_REPORT] = 60,
		    [STEP_CHURN] = 5,
		    [STEP_OPERATOR] = 3,
		    [STEP_NODE] = 2,
		    [STEP_CAPACITY] = 2,
		    [STEP_PROTECT] = 1,
		    [STEP_WAIT] = 30},
	.proofs = 25,
	.goods = 20,
	.strangers = 20,
	.jumps = 10,
	.second_hand = 30,
	.wait_ns = 60 * S,
	.peers_max = 48,
	.sources_max = 40,
};

static void law_03_every_automatic_refusal_ends(void **state)
{
	static const struct law law = {
		.shape = &shape, .after = no_refusal_is_too_long, .end = all_is_forgotten};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_03_every_automatic_refusal_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
