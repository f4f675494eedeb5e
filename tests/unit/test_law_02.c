/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 2 on random histories: a trusted peer is never refused, nor is a source where the node had it within a day, four at
 * most; only an operator's word beats that, and of two words the more specific.
 */
#include "law_facts.h"

enum { FRIENDS = 4, TRUST_SOURCES = 4 };

/* Peers 12 .. 15, who live alone, may become trusted. */
struct trust {
	bool trusted[FRIENDS];
	uint64_t vouched_ns[FRIENDS][SOURCES]; /* when the node itself last had it there */
};

static unsigned int friend_of(const struct step *step)
{
	return step->kind == STEP_REPORT && step->peer >= 12 && step->peer < 12 + FRIENDS
		       ? step->peer - 12
		       : FRIENDS;
}

/* Now and then somebody says "trust": the node itself, or a follower, who may not. */
static void say_trust(struct history *self)
{
	struct report *report = &self->step.report;

	if (friend_of(&self->step) < FRIENDS && chance(self, 25)) {
		report->event = REPORT_VERDICT;
		report->result = RESULT_TRUST;
	}
}

static void note(struct history *self)
{
	struct trust *own = self->own;
	const struct step *step = &self->step;
	unsigned int who = friend_of(step);

	if (who == FRIENDS || step->report.second_hand)
		return;
	if (step->report.event == REPORT_VERDICT && step->report.result == RESULT_TRUST)
		own->trusted[who] = true;
	if (step->report.event == REPORT_VERDICT && step->report.result == RESULT_CLEAR)
		own->trusted[who] = false;
	if (step->source < SOURCES &&
	    (step_is_good(step) || step->report.event == REPORT_CONNECTED))
		own->vouched_ns[who][step->source] = step->at_ns;
}

/* One of the latest four sources where the node had this friend, within the day. */
static bool is_friends_source(const struct trust *own, unsigned int who, unsigned int source,
			      uint64_t now_ns)
{
	uint64_t when_ns = own->vouched_ns[who][source];
	unsigned int later = 0;

	for (unsigned int other = 0; other < SOURCES; other++)
		later += other != source && own->vouched_ns[who][other] >= when_ns;
	return when_ns && now_ns - when_ns < DAY - 1 * HOUR && later < TRUST_SOURCES;
}

static void check_admitted(struct history *self, unsigned int who, unsigned int source)
{
	struct admission question = {.has_addr = source < SOURCES, .service = -1};
	struct admittance answer;

	peer_name(12 + who, question.peer);
	if (source < SOURCES)
		question.addr = source_addr(source);
	question.direction = draw(self, 2) ? DIRECTION_INBOUND : DIRECTION_OUTBOUND;
	policy_admit(self->stage.policy, &question, self->stage.now_ns, &answer);
	HOLDS(self, answer.allow, "a trusted peer is told: %s", answer.why);
}

static void check_friend(struct history *self, unsigned int who)
{
	const struct trust *own = self->own;

	check_admitted(self, who, SOURCES);
	for (unsigned int source = 0; source < SOURCES; source++) {
		const struct addr addr = source_addr(source);

		if (operators_word(self, source))
			continue;
		if (source % 8 == 0)
			check_admitted(self, who, source);
		if (is_friends_source(own, who, source, self->stage.now_ns))
			HOLDS(self, !stage_refuses(&self->stage, &addr),
			      "source %u of a trusted peer is refused", source);
	}
}

static void check_operator(struct history *self)
{
	const struct step *step = &self->step;
	const struct stage_record *at = stage_find(&self->stage, &step->prefix);
	enum standing said = step->service == 2 ? STANDING_TRUSTED : STANDING_BANNED;

	if (step->kind == STEP_OPERATOR && !step->result && step->service % 2 == 0)
		HOLDS(self, at && at->is_held && at->held.by_operator && at->held.standing == said,
		      "an operator's word is not held");
	for (unsigned int source = 0; source < SOURCES; source++) {
		const struct decision *word = operators_word(self, source);
		const struct addr addr = source_addr(source);

		if (word)
			HOLDS(self,
			      stage_refuses(&self->stage, &addr) ==
				      (word->standing != STANDING_TRUSTED),
			      "the operator's most specific word at source %u does not hold",
			      source);
	}
}

static void trust_holds(struct history *self)
{
	const struct trust *own = self->own;

	note(self);
	/* A wide word reaches what is below it within the next tick. */
	if (self->step.kind == STEP_OPERATOR)
		policy_tick(self->stage.policy, self->stage.now_ns);
	if (self->step.kind != STEP_OPERATOR && self->count % 4)
		return;
	for (unsigned int who = 0; who < FRIENDS; who++) {
		if (own->trusted[who])
			check_friend(self, who);
	}
	check_operator(self);
}

static const struct shape shape = {
	.steps = 150,
	.weights = {[STEP_REPORT] = 75, [STEP_CHURN] = 6, [STEP_OPERATOR] = 5, [STEP_WAIT] = 14},
	.proofs = 15,
	.goods = 30,
	.strangers = 15,
	.second_hand = 30,
	.wait_ns = 20 * S,
	.peers_max = 48, /* a book full of connected peers has no room for trust: not tried here */
	.sources_max = 60,
};

static void law_02_the_trusted_are_never_refused(void **state)
{
	static const struct law law = {.shape = &shape,
				       .own_size = sizeof(struct trust),
				       .before = say_trust,
				       .after = trust_holds};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_02_the_trusted_are_never_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
