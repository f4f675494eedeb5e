/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* account: every judgement is counted by its door; of the refusals of each reason a few a second go to the ring buffer. */
#ifndef ACCOUNT_BPF_H
#define ACCOUNT_BPF_H

#include "look.bpf.h"

enum { SAMPLE_WINDOW_SHIFT = 30 }; /* 2^30 ns: about a second, without a division */

PURE struct tally *account_tally(enum door door, enum family family, __u32 service)
{
	__u32 index = counter_index(door, family, service);

	return bpf_map_lookup_elem(&counters, &index);
}

PURE void account_unparsed(enum family family)
{
	struct tally *tally = account_tally(DOOR_INGRESS, family, SERVICE_NONE);

	if (tally)
		tally->passed.unparsed++;
}

/* The barrier keeps the compiler from knowing better than to ask, which the verifier wants to see. */
PURE void account_add(__u64 *counters, __u32 index, __u32 count)
{
	asm volatile("" : "+r"(index));
	if (index < count)
		counters[index]++;
}

PURE void account_count(enum door door, const struct question *question,
			const struct judgement *judgement, int reset)
{
	struct tally *tally = account_tally(door, question->start->family, question->service);

	if (!tally)
		return;
	if (judgement->verdict == VERDICT_PASS)
		account_add((__u64 *)&tally->passed, judgement->cause, CAUSES);
	else if (judgement->verdict == VERDICT_REFUSE)
		account_add((__u64 *)&tally->refused, judgement->reason, REASONS);
	else
		account_add((__u64 *)&tally->would_refuse, judgement->reason, REASONS);
	if (reset)
		tally->resets++;
}

/* Whether one more event of this reason may go out in this second. A lost race is one event less. */
PURE int account_samples(__u32 reason, __u64 now, __u32 samples_per_s)
{
	__u64 *window = bpf_map_lookup_elem(&samples, &reason);
	__u64 current = (now >> SAMPLE_WINDOW_SHIFT) << 32, held;

	if (!window || !samples_per_s)
		return 0;
	held = *(volatile __u64 *)window;
	if (held >> 32 != current >> 32)
		return __sync_val_compare_and_swap(window, held, current | 1) == held;
	if ((__u32)held >= samples_per_s)
		return 0;
	return __sync_val_compare_and_swap(window, held, held + 1) == held;
}

PURE void account_event(enum door door, const struct question *question,
			const struct judgement *judgement, __u32 ifindex, int reset)
{
	const struct start *start = question->start;
	struct event *event;

	if (!account_samples(judgement->reason, question->now, question->settings->samples_per_s))
		return;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return;
	*event = (struct event){
		.at = bpf_ktime_get_boot_ns(), /* to the ns: a sample can afford the dear clock */
		.ifindex = ifindex,
		.port = start->port,
		.source_port = start->source_port,
		.door = door,
		.family = start->family,
		.transport = start->transport,
		.verdict = judgement->verdict,
		.reason = judgement->reason,
		.service = question->service,
		.reset = reset,
	};
	question_address(question, event->address);
	bpf_ringbuf_submit(event, 0);
}

/*
 * Tells of the @judgement of a @door. @ifindex: where the packet came in or left, 0 where there is none; @reset: it was answered
 * with one.
 */
PURE void account_at(enum door door, const struct question *question,
		     const struct judgement *judgement, __u32 ifindex, int reset)
{
	account_count(door, question, judgement, reset);
	if (judgement->verdict != VERDICT_PASS)
		account_event(door, question, judgement, ifindex, reset);
}

PURE void account(const struct question *question, const struct judgement *judgement, __u32 ifindex,
		  int reset)
{
	account_at(DOOR_INGRESS, question, judgement, ifindex, reset);
}

#endif
