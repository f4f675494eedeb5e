/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 15 on random histories: the newest proof outweighs any past; tenure and rewards start again. Each peer is alone at its
 * home here.
 */
#include "law_facts.h"

/* Only those who live alone, and only at home. */
static void stay_at_home(struct history *self)
{
	struct step *step = &self->step;

	if (step->kind != STEP_REPORT)
		return;
	step->peer = 12 + draw(self, PEERS - 12);
	step->source = home_of(step->peer);
	peer_name(step->peer, step->report.peer);
	step->report.has_addr = true;
	step->report.addr = source_addr(step->source);
}

static void check_account(struct history *self, const char *name)
{
	struct account account;
	uint64_t later_ns = self->stage.now_ns + 5 * HOUR;

	assert_int_equal(
		policy_explain_peer(self->stage.policy, name, self->stage.now_ns, &account), 0);
	HOLDS(self, account.score <= -99, "a betrayer's score is %d", account.score);
	HOLDS(self, account.standing == STANDING_BANNED, "a betrayer's standing is %d",
	      account.standing);
	/* When the penalty has faded, nothing of the rewards is left beneath. */
	policy_explain_peer(self->stage.policy, name, later_ns, &account);
	HOLDS(self, account.score <= 0, "a betrayer kept rewards of %d", account.score);
}

static void the_newest_proof_outweighs_the_past(struct history *self)
{
	const struct step *step = &self->step;
	struct admission question = {.service = -1, .direction = DIRECTION_INBOUND};
	const struct prefix home = source_prefix_of(step->source % SOURCES);
	struct admittance answer;

	if (step->kind != STEP_REPORT || step->report.second_hand ||
	    (step->report.result != RESULT_INVALID && step->report.result != RESULT_BAN))
		return;
	check_account(self, step->report.peer);
	memcpy(question.peer, step->report.peer, sizeof(question.peer));
	policy_admit(self->stage.policy, &question, self->stage.now_ns, &answer);
	HOLDS(self, !answer.allow, "a betrayer is let in: %s", answer.why);
	HOLDS(self, policy_may_close(self->stage.policy, &home, self->stage.now_ns, NULL),
	      "a betrayer's links at source %u may not be closed", step->source);
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 80, [STEP_CHURN] = 2, [STEP_CAPACITY] = 2, [STEP_WAIT] = 16},
	.proofs = 4,
	.goods = 76,
	.second_hand = 15,
	.wait_ns = 300 * S,
};

static void law_15_betrayal_outweighs_the_past(void **state)
{
	static const struct law law = {.shape = &shape,
				       .before = stay_at_home,
				       .after = the_newest_proof_outweighs_the_past};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_15_betrayal_outweighs_the_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
