/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gate: from what was found in a packet to what a door does with it.
 *
 * A door calls gate_judge(), then, for ACTION_RESET, tries to answer, and tells the outcome with account().
 */
#ifndef GATE_BPF_H
#define GATE_BPF_H

#include "account.bpf.h"
#include "look.bpf.h"
#include "reset.h"
#include "settle.h"

enum action {
	ACTION_PASS,
	ACTION_DROP,
	ACTION_RESET,
	ACTION_IGNORE, /* passes, and nobody counts it */
};

struct gate {
	struct question question;
	struct account account;
};

/* Boot time: the coarse clock and an offset that the daemon renews with the lease; without a lease the clock itself. */
PURE void gate_clock(struct question *ret, const struct settings *settings)
{
	__u64 monotonic = bpf_ktime_get_coarse_ns();

	ret->leased = settings->lease > monotonic;
	ret->now = ret->leased ? monotonic + settings->boot_offset : bpf_ktime_get_boot_ns();
}

PURE void gate_question(struct question *ret, const struct start *start,
			const struct settings *settings)
{
	__builtin_memcpy(ret->address, start->address, sizeof(ret->address));
	if (start->family == FAMILY_IPV6)
		source_normalise(ret->address);
	source_key_of(&ret->source, ret->address);
	ret->source_port = start->source_port;
	ret->transport = start->transport;
	ret->answer = start->answer;
	ret->settings = settings;
	gate_clock(ret, settings);
}

PURE enum action gate_action(struct gate *self, const struct start *start)
{
	const struct settings *settings = self->question.settings;
	struct judgement *judgement = &self->account.judgement;

	if (judgement->verdict == VERDICT_PASS)
		return ACTION_PASS;
	if (settings->mode != MODE_ENFORCE) {
		judgement->verdict = VERDICT_WOULD_REFUSE;
		return ACTION_PASS;
	}
	if (is_resettable(start) && settings->resets >> judgement->reason & 1)
		return ACTION_RESET;
	return ACTION_DROP;
}

/* Judges what was @found (settled: not short). */
PURE enum action gate_judge(struct gate *self, const struct start *start, enum found found,
			    __u32 ifindex)
{
	const struct settings *settings = look_settings();
	const struct service *service = NULL;

	if (found == FOUND_CUT)
		account_unparsed(start->family);
	if (found == FOUND_CUT || found == FOUND_NOTHING || !settings)
		return ACTION_IGNORE;
	if (found == FOUND_START) {
		service = look_service(start);
		if (!service)
			return ACTION_IGNORE;
	}
	gate_question(&self->question, start, settings);
	self->account.start = start;
	self->account.question = &self->question;
	self->account.ifindex = ifindex;
	self->account.service = service ? service->id : SERVICE_NONE;
	self->question.service = self->account.service;
	self->account.judgement = service ? judge(&self->question) : judge_hidden(&self->question);
	return gate_action(self, start);
}

#endif
