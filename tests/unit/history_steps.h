/* SPDX-License-Identifier: BSD-2-Clause */
/* history_steps: the other steps of a random history, and how one is drawn and taken. */
#ifndef HISTORY_STEPS_H
#define HISTORY_STEPS_H

#include "history_reports.h"

static inline void take_churn(struct history *self, struct step *step)
{
	const struct addr addr = source_addr(step->source);
	const struct source_key key = addr_source(&addr);

	policy_churn(self->stage.policy, &key, (int)draw(self, 3) - 1, 1 + draw(self, 9),
		     step->at_ns, NULL);
}

/* Chosen before, so that a law can look at what it is about. */
static inline void draw_operator(struct history *self, struct step *step)
{
	static const unsigned char shorter[] = {0, 0, 4, 8,
						20}; /* 2^16 sources would be looked up by name */
	unsigned int less = shorter[draw(self, ARRAY_SIZE(shorter))];

	step->prefix = source_prefix_of(step->source);
	step->prefix.length = (uint8_t)(step->prefix.length - less);
	for (unsigned int bit = step->prefix.length; bit < 128; bit++)
		step->prefix.addr.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
	step->service = draw(self, 4); /* which word */
	step->at_ns = draw(self, 4) ? self->stage.now_ns + (1 + draw(self, 7200)) * S : FOREVER_NS;
}

static inline void take_operator(struct history *self, struct step *step)
{
	struct policy *policy = self->stage.policy;
	uint64_t now_ns = self->stage.now_ns;

	switch (step->service) {
	case 0:
		step->result = policy_ban(policy, &step->prefix, step->at_ns, REASON_OPERATOR,
					  now_ns, NULL);
		break;
	case 1:
		step->result = policy_unban(policy, &step->prefix, now_ns, NULL);
		break;
	case 2:
		step->result = policy_allow(policy, &step->prefix, now_ns, NULL);
		break;
	default:
		step->result = policy_disallow(policy, &step->prefix, now_ns, NULL);
	}
}

static inline void draw_node(struct history *self, struct step *step)
{
	step->service = draw(self, 2);
	step->node = (struct node_state){.has_digest = !draw(self, 4),
					 .has_head = draw(self, 2),
					 .has_syncing = draw(self, 2),
					 .digest = {(uint8_t)(1 + draw(self, 3))},
					 .head_slot = 100000 + draw(self, 300),
					 .syncing = draw(self, 2),
					 .protocol_count = (uint8_t)draw(self, 4),
					 .protocols = {0, 1, 2, 3}};
}

static inline void take_capacity(struct history *self, struct step *step)
{
	struct capacity told = {.max = 1 + draw(self, 40), .connected = draw(self, 50)};
	int8_t floor;

	if (self->need == NEED_DIRE)
		told = (struct capacity){.max = 100, .connected = 1};
	else if (self->need == NEED_NONE)
		told = (struct capacity){.max = 10, .connected = 10};
	policy_capacity(self->stage.policy, step->service, &told, self->stage.now_ns, &floor, NULL);
}

static inline void draw_protect(struct history *self, struct step *step)
{
	step->listed[0] = step->prefix;
	step->listed[1] = source_prefix_of(draw(self, SOURCES));
	step->listed_count = draw(self, 3);
}

/* Questions change nothing (questions.h); whether that is so, law 11 checks. */
static inline void take_question(struct history *self, const struct step *step)
{
	struct policy *policy = self->stage.policy;
	struct admission question = {
		.has_addr = true, .addr = source_addr(step->source), .service = -1};
	struct candidate candidate = {.addr_count = 1, .addrs = {source_addr(step->source)}};
	struct account account;
	struct admittance answer;
	struct ranked ranked;
	struct mate mates[PEERS];

	peer_name(draw(self, PEERS), question.peer);
	memcpy(candidate.peer, question.peer, sizeof(candidate.peer));
	policy_admit(policy, &question, self->stage.now_ns, &answer);
	policy_rank(policy, &candidate, 1, 1, -1, self->count, self->stage.now_ns, &ranked);
	policy_mesh(policy, -1, 0, self->stage.now_ns, mates, PEERS);
	policy_prune(policy, -1, 3, self->stage.now_ns, mates, PEERS);
	policy_explain_addr(policy, &question.addr, self->stage.now_ns, &account);
}

/* A long wait is told in few ticks, each an eighth longer than what went before: nothing of the policy counts its ticks. */
static inline void history_wait(struct history *self, uint64_t ns)
{
	for (uint64_t gone_ns = 0; gone_ns < ns;) {
		uint64_t step_ns = gone_ns / 8 > S ? gone_ns / 8 : S;

		step_ns = step_ns < ns - gone_ns ? step_ns : ns - gone_ns;
		self->stage.now_ns += step_ns;
		policy_tick(self->stage.policy, self->stage.now_ns);
		gone_ns += step_ns;
	}
}

static inline void take_wait(struct history *self)
{
	uint64_t most_ms = self->shape->wait_ns / 1000000 + 1;
	uint64_t ns = draw(self, (uint32_t)most_ms) * UINT64_C(1000000);

	history_wait(self, draw(self, 20) ? ns : 1000 * ns);
	if (!draw(self, 10)) /* a clock that jumps back is no clock to the policy */
		policy_tick(self->stage.policy, self->stage.now_ns - draw(self, 3600) * S);
}

/* --- the course --- */

static inline enum step_kind draw_step(struct history *self)
{
	unsigned int sum = 0, luck;

	for (int kind = 0; kind < STEP_KINDS; kind++)
		sum += self->shape->weights[kind];
	luck = draw(self, sum);
	for (int kind = 0; kind < STEP_KINDS; kind++) {
		if (luck < self->shape->weights[kind])
			return (enum step_kind)kind;
		luck -= self->shape->weights[kind];
	}
	return STEP_WAIT;
}

static inline void history_draw(struct history *self)
{
	struct step *step = &self->step;

	*step = (struct step){.kind = draw_step(self),
			      .peer = PEERS,
			      .source = draw(self, SOURCES),
			      .service = draw(self, 2),
			      .at_ns = self->stage.now_ns};
	step->prefix = source_prefix_of(step->source);
	if (step->kind == STEP_REPORT)
		draw_report(self, step);
	else if (step->kind == STEP_OPERATOR)
		draw_operator(self, step);
	else if (step->kind == STEP_NODE)
		draw_node(self, step);
	else if (step->kind == STEP_PROTECT)
		draw_protect(self, step);
}

static inline void history_take(struct history *self)
{
	struct step *step = &self->step;

	switch (step->kind) {
	case STEP_REPORT:
		take_report(self, step);
		break;
	case STEP_CHURN:
		take_churn(self, step);
		break;
	case STEP_OPERATOR:
		take_operator(self, step);
		break;
	case STEP_NODE:
		policy_node(self->stage.policy, step->service, &step->node, self->stage.now_ns,
			    NULL);
		break;
	case STEP_CAPACITY:
		take_capacity(self, step);
		break;
	case STEP_PROTECT:
		policy_protect(self->stage.policy, step->listed, step->listed_count, NULL);
		break;
	case STEP_QUESTION:
		take_question(self, step);
		break;
	default:
		take_wait(self);
	}
}

#endif
