/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gate: from what was found in a packet to what a door does with it.
 *
 * A door calls gate_judge(), then, for ACTION_RESET, tries to answer, and tells the outcome with account(). It does so inline
 * for the common packet; for all others by gate_judge_aside() and gate_account_aside(), which the verifier checks once and
 * not for each of the many roads that lead there: inline, kernel 7.2 counted more than the million instructions it allows.
 */
#ifndef GATE_BPF_H
#define GATE_BPF_H

#include "account.bpf.h"
#include "look.bpf.h"
#include "quic.h"
#include "reset.h"
#include "settle.h"

enum action {
	ACTION_PASS,
	ACTION_DROP,
	ACTION_RESET,
	ACTION_IGNORE, /* passes, and nobody counts it */
};

/* Boot time: the coarse clock and an offset that the daemon renews with the lease; without a lease the clock itself. */
PURE void gate_clock(struct question *ret, const struct settings *settings)
{
	__u64 monotonic = bpf_ktime_get_coarse_ns();

	ret->leased = settings->lease > monotonic;
	ret->now = ret->leased ? monotonic + settings->boot_offset : bpf_ktime_get_boot_ns();
}

/* @ret_source: where the key is kept. */
PURE void gate_question(struct question *ret, struct source_key *ret_source,
			const struct start *start, const struct settings *settings)
{
	__u8 address[16] __attribute__((aligned(8)));

	ret->start = start;
	ret->answer = start->answer;
	ret->settings = settings;
	question_address(ret, address);
	source_key_of(ret_source, address);
	ret->source = ret_source;
	gate_clock(ret, settings);
}

PURE enum action gate_action(const struct question *question, struct judgement *judgement)
{
	const struct settings *settings = question->settings;

	if (judgement->verdict == VERDICT_PASS)
		return ACTION_PASS;
	if (settings->mode != MODE_ENFORCE) {
		judgement->verdict = VERDICT_WOULD_REFUSE;
		return ACTION_PASS;
	}
	if (settings->resets >> judgement->reason & 1 && is_resettable(question->start))
		return ACTION_RESET;
	return ACTION_DROP;
}

PURE enum action gate_judge_start(struct question *ret_question, struct judgement *ret_judgement,
				  struct source_key *source, const struct start *start)
{
	const struct settings *settings = look_settings();
	const struct service *service = look_service(start);

	if (!service || !settings)
		return ACTION_IGNORE;
	gate_question(ret_question, source, start, settings);
	ret_question->service = service->id;
	*ret_judgement = judge(ret_question);
	return gate_action(ret_question, ret_judgement);
}

PURE enum action gate_judge_hidden(struct question *ret_question, struct judgement *ret_judgement,
				   struct source_key *source, const struct start *start)
{
	const struct settings *settings = look_settings();

	if (!settings)
		return ACTION_IGNORE;
	gate_question(ret_question, source, start, settings);
	ret_question->service = SERVICE_NONE;
	*ret_judgement = judge_hidden(ret_question);
	return gate_action(ret_question, ret_judgement);
}

/* Judges what was @found (settled: not short). Only ACTION_IGNORE leaves the results empty.
 * @source: room for its key. */
PURE enum action gate_judge(struct question *ret_question, struct judgement *ret_judgement,
			    struct source_key *source, const struct start *start, enum found found)
{
	if (found == FOUND_START)
		return gate_judge_start(ret_question, ret_judgement, source, start);
	if (found == FOUND_HIDDEN)
		return gate_judge_hidden(ret_question, ret_judgement, source, start);
	if (found == FOUND_CUT)
		account_unparsed(start->family);
	return ACTION_IGNORE;
}

/* A socket of ours waits for what was refused (awaited.bpf.h): it passes, whatever it was refused for. */
PURE enum action gate_answer(struct judgement *judgement)
{
	*judgement = judge_pass(CAUSE_ANSWER);
	return ACTION_PASS;
}

/* What gate_account_aside() has to know of a judgement. */
struct outcome {
	struct judgement judgement;
	__u32 service; /* 0 .. SERVICE_NONE */
	__u64 now;     /* boot-time ns */
	__u64 proven;  /* keyed hash of our own ID that came back; 0: none did */
};

/* gate_judge() and account() as functions of their own (gate.bpf.c). No pointer is NULL. */
int gate_judge_aside(struct outcome *ret, const struct start *start, __u32 found);
int gate_account_aside(const struct outcome *outcome, const struct start *start, __u32 ifindex,
		       __u32 reset);

/*
 * The same for datagrams of QUIC (quic.bpf.c): with a long header, which lies on the desk and what leaves @ifindex tells of; with a
 * short one. The outcome of the first is left on the desk.
 */
int gate_refused(struct outcome *ret,
		 const struct start *start); /* 1: drop it; 0: nobody knows yet */
int gate_long(const struct start *start, __u32 found, __u32 ifindex);
int gate_traffic(struct outcome *ret, const struct start *start);

/* A client that @start tells of has sent back our ID, whose keyed hash is @id. */
int gate_proven(const struct start *start, __u64 id, __u32 service, __u64 now);

#endif
