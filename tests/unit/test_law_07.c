/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 7 on random histories: need lowers the demand on quality (the floor), never a ban, a backoff or a proof. The same
 * history is lived by a node in dire need, by a full one, and by one that says as it comes.
 */
#include "law_facts.h"

static void tell_dire_need(struct history *self)
{
	self->need = NEED_DIRE;
}

static void tell_no_need(struct history *self)
{
	self->need = NEED_NONE;
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 66, [STEP_CHURN] = 6, [STEP_CAPACITY] = 12, [STEP_WAIT] = 16},
	.proofs = 15,
	.goods = 30,
	.strangers = 20,
	.second_hand = 20,
	.wait_ns = 20 * S,
	.peers_max = 32,
	.sources_max = 40,
};

/* Whoever is refused is, in need as well: by the kernel's record, and when asked. */
static void need_admits_nobody_refused(struct history *self)
{
	for (uint32_t i = self->count % 4; i < self->stage.count; i += 4) {
		const struct stage_record *at = &self->stage.records[i];
		struct admission question = {.has_addr = true,
					     .addr = at->held.prefix.addr,
					     .service = -1,
					     .direction = DIRECTION_INBOUND};
		struct admittance answer;

		if (!record_bans(self, at))
			continue;
		policy_admit(self->stage.policy, &question, self->stage.now_ns, &answer);
		HOLDS(self, !answer.allow, "in need, a banned source is admitted: %s", answer.why);
	}
	if (self->step.kind == STEP_CAPACITY)
		HOLDS(self, self->stage.floors[self->step.service] == FLOOR_OPEN,
		      "in dire need the floor is %d", self->stage.floors[self->step.service]);
}

static void law_07_need_lowers_no_ban(void **state)
{
	static const struct law dire = {
		.shape = &shape, .begin = tell_dire_need, .after = need_admits_nobody_refused};
	static const struct law none = {.shape = &shape, .begin = tell_no_need};
	unsigned int floors_differ = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds(); seed++) {
		struct verdict_digest in_need = law_live(&dire, seed, false);
		struct verdict_digest full = law_live(&none, seed, false);

		if (in_need.verdicts != full.verdicts)
			fail_msg("SEED=%llu: need has changed a decision",
				 (unsigned long long)seed);
		floors_differ += in_need.all != full.all;
	}
	assert_true(floors_differ > seeds() / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_07_need_lowers_no_ban),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
