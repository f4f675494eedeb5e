/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 12 on random histories: another fork is backed off for an hour at most and never banned; a ban for another network ends
 * when our digest changes; when at least half of at least 8 networks are "wrong" within ten minutes, the doubt is ours and nobody is
 * banned for it.
 */
#include "law_facts.h"

struct forks {
	uint8_t ours;
};

static void tell_ours(struct history *self)
{
	struct forks *own = self->own;
	const struct node_state state = {.has_digest = true, .digest = {1}};

	own->ours = 1;
	policy_node(self->stage.policy, 0, &state, self->stage.now_ns, NULL);
}

/* Each wrong network tells both digests, as the wire asks; the node is one service. Node steps change its fork. */
static void tell_digests(struct history *self)
{
	struct forks *own = self->own;
	struct step *step = &self->step;

	if (step->kind == STEP_REPORT) {
		step->report.service = 0;
		step->report.has_digest = step->report.has_our_digest = true;
		step->report.digest[0] = (uint8_t)(own->ours % 3 + 1);
		step->report.our_digest[0] = own->ours;
	} else if (step->kind == STEP_NODE) {
		step->service = 0;
		step->node = (struct node_state){.has_digest = true,
						 .digest = {(uint8_t)(1 + draw(self, 3))}};
	}
}

static void check_forks(struct history *self)
{
	for (uint32_t i = 0; i < self->stage.count; i++) {
		const struct stage_record *at = &self->stage.records[i];

		if (!record_refuses(self, at) || at->held.reason != REASON_UNVIABLE_FORK)
			continue;
		HOLDS(self, at->held.standing != STANDING_BANNED, "another fork is banned");
		HOLDS(self, at->held.until_ns <= self->stage.now_ns + HOUR + 5 * S,
		      "another fork is backed off for %llu s",
		      (unsigned long long)((at->held.until_ns - self->stage.now_ns) / S));
	}
}

static void forks_are_no_crime(struct history *self)
{
	struct forks *own = self->own;
	const struct step *step = &self->step;

	check_forks(self);
	if (step->kind != STEP_NODE || step->node.digest[0] == own->ours)
		return;
	own->ours = step->node.digest[0];
	history_wait(self, S); /* the bans end with the next tick */
	for (uint32_t i = 0; i < self->stage.count; i++) {
		const struct stage_record *at = &self->stage.records[i];

		HOLDS(self, !record_bans(self, at) || at->held.reason != REASON_IRRELEVANT_NETWORK,
		      "our digest has changed, and a ban for another network stays");
	}
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 76, [STEP_CHURN] = 2, [STEP_NODE] = 4, [STEP_WAIT] = 18},
	.proofs = 10,
	.goods = 40,
	.strangers = 10,
	.second_hand = 20,
	.wait_ns = 60 * S,
	.peers_max = 64,
	.sources_max = 128,
};

static void law_12_forks_are_no_crime(void **state)
{
	static const struct law law = {.shape = &shape,
				       .own_size = sizeof(struct forks),
				       .begin = tell_ours,
				       .before = tell_digests,
				       .after = forks_are_no_crime};

	(void)state;
	law_try(&law);
}

/* --- our own configuration --- */

static void meet(struct history *self, unsigned int network, bool is_wrong)
{
	struct report report = {.service = 0,
				.direction = DIRECTION_INBOUND,
				.event = REPORT_HANDSHAKE,
				.result = is_wrong ? RESULT_WRONG_NETWORK : RESULT_OK,
				.has_addr = true,
				.addr = source_addr(2),
				.has_digest = true,
				.digest = {is_wrong ? 2 : 1},
				.has_our_digest = true,
				.our_digest = {1}};

	report.addr.bytes[2] = 0x0d;
	report.addr.bytes[3] = (uint8_t)network;
	snprintf(report.peer, sizeof(report.peer), "Met%u", network);
	assert_int_equal(policy_report(self->stage.policy, &report, self->stage.now_ns, NULL), 0);
}

/* A peer of that network, connected since long, says something that is right. */
static void answer(struct history *self, unsigned int network, enum report_event event)
{
	struct report report = {.service = 0,
				.direction = DIRECTION_OUTBOUND,
				.event = event,
				.result = event == REPORT_CONNECTED ? RESULT_NONE : RESULT_OK,
				.has_addr = true,
				.addr = source_addr(2)};

	report.addr.bytes[2] = 0x0d;
	report.addr.bytes[3] = (uint8_t)network;
	snprintf(report.peer, sizeof(report.peer), "Linked%u", network);
	assert_int_equal(policy_report(self->stage.policy, &report, self->stage.now_ns, NULL), 0);
}

static bool bans_network(const struct history *self, unsigned int network)
{
	struct addr addr = source_addr(2);
	const struct decision *verdict;

	addr.bytes[2] = 0x0d;
	addr.bytes[3] = (uint8_t)network;
	verdict = stage_verdict(&self->stage, &addr);
	return verdict && verdict->standing == STANDING_BANNED;
}

/* Of every ten networks that it meets, @wrong are on another one. Returns how many of those are banned after the first thirty. */
static unsigned int walk(struct history *self, unsigned int wrong)
{
	unsigned int bans = 0;

	for (unsigned int i = 0; i < 60; i++) {
		bool is_wrong = (i * 7 + 3) % 10 < wrong;

		meet(self, i, is_wrong);
		bans += is_wrong && i >= 30 && bans_network(self, i);
		history_wait(self, (1 + draw(self, 8)) * S);
	}
	return bans;
}

static void law_12_most_of_the_world_is_not_wrong(void **state)
{
	static const struct shape empty = {.steps = 0, .peers_max = 128, .sources_max = 256};
	static const struct law law = {.shape = &empty, .own_size = sizeof(struct forks)};
	static struct history history;

	(void)state;
	for (uint64_t seed = 1; seed <= 1 + seeds() / 10; seed++) {
		unsigned int wrong =
			seed % 2 ? 6 + (unsigned int)(seed % 4) : 1 + (unsigned int)(seed % 3);
		unsigned int bans;

		law_open(&history, &law, seed);
		tell_ours(&history);
		bans = walk(&history, wrong);
		if (wrong >= 6)
			HOLDS(&history, !bans, "%u in ten are wrong, and %u are banned", wrong,
			      bans);
		else
			HOLDS(&history, bans, "%u in ten are wrong, and none is banned", wrong);
		law_close(&history);
	}
}

/* Law 12 doubts from eight networks on: the first seven strangers are banned as ever. */
enum { NETWORKS_TRUSTED = 8, LINKED = 100, LINKED_END = 124, STRANGERS = 20 };

/* All links were made long before; each answers within some minutes, or not any more. Then strangers of another network knock. */
static unsigned int knock(struct history *self, bool they_answer)
{
	unsigned int bans = 0;

	for (unsigned int i = LINKED; i < LINKED_END; i++) {
		answer(self, i, REPORT_CONNECTED);
		answer(self, i, REPORT_HANDSHAKE);
	}
	for (unsigned int minute = 0; minute < 25; minute++) {
		for (unsigned int i = LINKED; they_answer && i < LINKED_END; i++)
			if ((i + minute) % 5 == 0)
				answer(self, i, REPORT_RESPONSE);
		history_wait(self, 60 * S);
	}
	for (unsigned int i = 0; i < STRANGERS; i++) {
		meet(self, i, true);
		bans += bans_network(self, i);
		history_wait(self, (1 + draw(self, 20)) * S);
	}
	return bans;
}

/* Fewer strangers than networks that answer ban as ever; who only hangs on the line vouches for nobody. */
static void law_12_standing_links_vouch_for_our_network(void **state)
{
	static const struct shape empty = {.steps = 0, .peers_max = 128, .sources_max = 256};
	static const struct law law = {.shape = &empty, .own_size = sizeof(struct forks)};
	static struct history history;

	(void)state;
	for (uint64_t seed = 1; seed <= 1 + seeds() / 10; seed++) {
		bool they_answer = seed % 2;
		unsigned int bans;

		law_open(&history, &law, seed);
		tell_ours(&history);
		bans = knock(&history, they_answer);
		HOLDS(&history, they_answer ? bans == STRANGERS : bans < NETWORKS_TRUSTED,
		      "%u links%s, %u strangers of another network, and %u are banned",
		      LINKED_END - LINKED, they_answer ? "" : " that do not answer", STRANGERS,
		      bans);
		law_close(&history);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_12_forks_are_no_crime),
		cmocka_unit_test(law_12_most_of_the_world_is_not_wrong),
		cmocka_unit_test(law_12_standing_links_vouch_for_our_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
