/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 13 on random histories: while the node syncs, or its head is over two epochs behind the median of the connected
 * networks, useless answers and others' heads weigh nothing. Each history is lived twice, the second time without them: every decision
 * is the same. A node that is synced decides otherwise.
 */
#include "law_facts.h"

static void be_syncing(struct history *self)
{
	const struct node_state state = {
		.has_syncing = true, .syncing = true, .has_head = true, .head_slot = 10};

	for (unsigned int service = 0; service < SERVICES_MAX; service++)
		policy_node(self->stage.policy, service, &state, self->stage.now_ns, NULL);
}

/* Synced, and level with what the others tell (100,000 and up, see history_reports.h). */
static void be_synced(struct history *self)
{
	const struct node_state state = {
		.has_syncing = true, .has_head = true, .head_slot = 100200};

	for (unsigned int service = 0; service < SERVICES_MAX; service++)
		policy_node(self->stage.policy, service, &state, self->stage.now_ns, NULL);
}

/* It says that it is synced, but its head is far behind. Eight networks are here and tell theirs. */
static void be_behind(struct history *self)
{
	const struct node_state state = {.has_syncing = true, .has_head = true, .head_slot = 90000};

	for (unsigned int service = 0; service < SERVICES_MAX; service++)
		policy_node(self->stage.policy, service, &state, self->stage.now_ns, NULL);
	for (unsigned int i = 0; i < 8; i++) {
		struct report report = {.service = -1,
					.direction = DIRECTION_INBOUND,
					.event = REPORT_HANDSHAKE,
					.result = RESULT_OK,
					.has_addr = true,
					.addr = source_addr(2)};

		report.addr.bytes[2] = 0x0e;
		report.addr.bytes[3] = (uint8_t)i;
		snprintf(report.peer, sizeof(report.peer), "Here%u", i);
		policy_report(self->stage.policy, &report, self->stage.now_ns, NULL);
		report.event = REPORT_STATUS;
		report.result = RESULT_NONE;
		report.head_slot = 100100;
		for (report.service = 0; report.service < 2; report.service++)
			policy_report(self->stage.policy, &report, self->stage.now_ns, NULL);
	}
	history_wait(self, 5 * S); /* a tick moves the window of the median */
}

static bool is_useless(const struct report *report)
{
	return report->event == REPORT_RESPONSE && report->result == RESULT_BAD;
}

/* Where it happened is always told, so that what is left out changes nobody's latest address. */
static void tell_where(struct history *self)
{
	struct step *step = &self->step;

	if (step->kind != STEP_REPORT || step->source < SOURCES)
		return;
	step->source = home_of(step->peer);
	step->report.has_addr = true;
	step->report.addr = source_addr(step->source);
}

/* The twin hears of the same connections, and nothing of use; a report that says nothing stands in its place. */
static void leave_out_useless(struct history *self)
{
	struct report *report = &self->step.report;

	tell_where(self);
	if (self->step.kind != STEP_REPORT || !is_useless(report))
		return;
	report->event = REPORT_GOSSIP;
	report->result = RESULT_NONE;
	report->score = 0;
}

static void leave_out(struct history *self)
{
	leave_out_useless(self);
	self->step.report.head_slot = 0;
}

static const struct shape shape = {
	.steps = 150,
	.weights = {[STEP_REPORT] = 78, [STEP_CHURN] = 4, [STEP_WAIT] = 18},
	.proofs = 4,
	.goods = 45,
	.strangers = 10,
	.second_hand = 20,
	.wait_ns = 20 * S,
	.peers_max = 64,
	.sources_max = 128,
};

/* Short enough for heads to stay believed (15 min); nobody breaks the connections that tell the median. */
static const struct shape brief = {
	.steps = 60,
	.weights = {[STEP_REPORT] = 85, [STEP_WAIT] = 15},
	.proofs = 4,
	.goods = 30,
	.strangers = 10,
	.wait_ns = S / 5,
	.peers_max = 64,
	.sources_max = 128,
};

/* How many histories go otherwise in the twin. */
static unsigned int count_different(const struct shape *course, void (*begin)(struct history *),
				    void (*one)(struct history *), void (*twin)(struct history *))
{
	const struct law whole = {.shape = course, .begin = begin, .before = one};
	const struct law without = {.shape = course, .begin = begin, .before = twin};
	unsigned int different = 0;

	for (uint64_t seed = 1; seed <= seeds(); seed++)
		different += law_live(&whole, seed, false).verdicts !=
			     law_live(&without, seed, false).verdicts;
	return different;
}

static void law_13_a_syncing_node_judges_no_use(void **state)
{
	(void)state;
	assert_int_equal(count_different(&shape, be_syncing, tell_where, leave_out), 0);
}

static void law_13_a_node_that_is_behind_judges_no_use(void **state)
{
	(void)state;
	assert_int_equal(count_different(&brief, be_behind, tell_where, leave_out_useless), 0);
}

static void law_13_a_synced_node_does(void **state)
{
	(void)state;
	assert_true(count_different(&shape, be_synced, tell_where, leave_out) > seeds() / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_13_a_syncing_node_judges_no_use),
		cmocka_unit_test(law_13_a_node_that_is_behind_judges_no_use),
		cmocka_unit_test(law_13_a_synced_node_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
