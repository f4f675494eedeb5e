/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* gate: the judgement as functions that all doors share, for packets that took a long road to it. */
#include "gate.bpf.h"

int gate_judge_aside(struct outcome *ret, const struct start *start, __u32 found)
{
	struct judgement judgement = {0};
	struct question question = {0};
	struct source_key source __attribute__((aligned(8)));
	enum action action;

	if (!ret || !start)
		return ACTION_IGNORE;
	action = gate_judge(&question, &judgement, &source, start, found);
	ret->judgement = judgement;
	ret->service = question.service;
	ret->now = question.now;
	return action;
}

int gate_account_aside(const struct outcome *outcome, const struct start *start, __u32 ifindex,
		       __u32 reset)
{
	struct question question = {.start = start, .settings = look_settings()};
	struct judgement judgement;

	if (!outcome || !start || !question.settings)
		return 0;
	judgement = outcome->judgement;
	question.service = outcome->service;
	question.now = outcome->now;
	account(&question, &judgement, ifindex, reset);
	return 0;
}
