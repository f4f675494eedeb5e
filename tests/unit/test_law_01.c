/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 1 on random histories: a ban needs proof from an authenticated peer at a seen address, or an operator. A follower's
 * proof needs two earlier failures and what the kernel saw, and a follower takes 25 points of a source in ten minutes at most.
 */
#include "law_facts.h"

/* What the law allows to be banned. */
struct proof {
	uint64_t proven[SOURCES];	/* boot ns of the latest proof there; 0: none */
	unsigned int failures[SOURCES]; /* claimed so far */
	bool was_there[PEERS][SOURCES]; /* peer, by any report with an address */
};

/* The kernel sees the odd half of the sources; what a follower tells of the others touches none of them. */
static void be_half_blind(struct history *self)
{
	self->stage.is_blind = true;
	for (unsigned int source = 1; source < SOURCES; source += 2) {
		const struct addr addr = source_addr(source);
		const struct source_key key = addr_source(&addr);

		stage_visit(&self->stage, &key, -1, FOREVER_NS);
		self->stage.visits[source / 2].from_ns = 0;
	}
}

static void prove(struct history *self, unsigned int source)
{
	struct proof *own = self->own;

	if (!self->step.report.second_hand || own->failures[source] >= 2)
		own->proven[source] = self->stage.now_ns;
}

/* A report without an address speaks of a connection that the peer has: one of those where it was seen. */
static void note(struct history *self)
{
	struct proof *own = self->own;
	const struct step *step = &self->step;

	if (step->kind != STEP_REPORT)
		return;
	for (unsigned int source = 0; source < SOURCES; source++) {
		bool is_there =
			source == step->source || (step->source == SOURCES && step->peer < PEERS &&
						   own->was_there[step->peer][source]);

		if (!is_there || (step->report.second_hand && source % 2 == 0))
			continue;
		if (step->peer < PEERS && step_claims_proof(step))
			prove(self, source);
		own->failures[source] += step_claims_failure(step);
		if (step->peer < PEERS)
			own->was_there[step->peer][source] = true;
	}
}

static void a_ban_is_proven(struct history *self)
{
	const struct proof *own = self->own;

	note(self);
	for (unsigned int source = 0; source < SOURCES; source++) {
		const struct stage_record *at = source_record(self, source);

		if (!at || !record_bans(self, at))
			continue;
		HOLDS(self, own->proven[source], "source %u is banned, and nobody proved anything",
		      source);
		HOLDS(self, self->stage.now_ns - own->proven[source] <= DAY,
		      "source %u is banned for what was proven over a day ago", source);
	}
}

static const struct shape everything = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 70,
		    [STEP_CHURN] = 6,
		    [STEP_OPERATOR] = 3,
		    [STEP_NODE] = 2,
		    [STEP_CAPACITY] = 2,
		    [STEP_PROTECT] = 1,
		    [STEP_WAIT] = 16},
	.proofs = 12,
	.goods = 25,
	.strangers = 15,
	.jumps = 8,
	.second_hand = 50,
	.wait_ns = 40 * S,
	.peers_max = 32, /* fewer than there are: records come and go */
	.sources_max = 40,
};

static void law_01_a_ban_needs_proof(void **state)
{
	static const struct law law = {.shape = &everything,
				       .own_size = sizeof(struct proof),
				       .begin = be_half_blind,
				       .after = a_ban_is_proven};

	(void)state;
	law_try(&law);
}

/* --- the allowance --- */

struct losses {
	uint64_t first_ns[SOURCES]; /* the first word against a source */
};

/* One follower alone speaks, so that all that a source has lost is what it took. */
static void let_one_follower_speak(struct history *self)
{
	struct report *report = &self->step.report;

	report->second_hand = true;
	report->reporter = 1;
}

static void a_follower_takes_little(struct history *self)
{
	struct losses *own = self->own;
	unsigned int source = self->step.source;
	struct account account;
	uint64_t now_ns = self->stage.now_ns;
	struct addr addr;
	int most;

	if (self->step.kind != STEP_REPORT || source == SOURCES)
		return;
	if (!own->first_ns[source])
		own->first_ns[source] = now_ns;
	addr = source_addr(source);
	policy_explain_addr(self->stage.policy, &addr, now_ns, &account);
	/* 25 in the first ten minutes; then 25 each ten minutes, halved meanwhile: 50 at most. */
	most = now_ns - own->first_ns[source] < 10 * MIN ? 25 : 50;
	HOLDS(self, account.score >= -most - 1, "one follower took %d points of source %u",
	      -account.score, source);
}

static const struct shape slander = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 85, [STEP_WAIT] = 15},
	.proofs = 15,
	.strangers = 100,
	.wait_ns = 10 * S,
};

static void law_01_a_follower_takes_25_points_in_ten_minutes(void **state)
{
	static const struct law law = {.shape = &slander,
				       .own_size = sizeof(struct losses),
				       .before = let_one_follower_speak,
				       .after = a_follower_takes_little};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_01_a_ban_needs_proof),
		cmocka_unit_test(law_01_a_follower_takes_25_points_in_ten_minutes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
