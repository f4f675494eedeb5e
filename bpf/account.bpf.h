/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* account: every judgement is counted; of the refusals of each reason a few a second go to the ring buffer. */
#ifndef ACCOUNT_BPF_H
#define ACCOUNT_BPF_H

#include "look.bpf.h"

enum { SAMPLE_WINDOW_SHIFT = 30 }; /* 2^30 ns: about a second, without a division */

/* A judgement, and all that is told of it. */
struct account {
	struct judgement judgement;
	const struct start *start;
	const struct question *question;
	__u32 service; /* 0 .. SERVICE_NONE */
	__u32 ifindex;
	__u8 reset;
};

PURE struct tally *account_tally(enum family family, __u32 service)
{
	__u32 index = counter_index(DOOR_INGRESS, family, service);

	return bpf_map_lookup_elem(&counters, &index);
}

PURE void account_unparsed(enum family family)
{
	struct tally *tally = account_tally(family, SERVICE_NONE);

	if (tally)
		tally->passed.unparsed++;
}

PURE void account_count(const struct account *self)
{
	struct tally *tally = account_tally(self->start->family, self->service);
	__u32 cause = self->judgement.cause, reason = self->judgement.reason;

	if (!tally)
		return;
	if (self->judgement.verdict == VERDICT_PASS && cause < CAUSES)
		((__u64 *)&tally->passed)[cause]++;
	else if (self->judgement.verdict == VERDICT_REFUSE && reason < REASONS)
		((__u64 *)&tally->refused)[reason]++;
	else if (reason < REASONS)
		((__u64 *)&tally->would_refuse)[reason]++;
	tally->resets += self->reset;
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

PURE void account_event(const struct account *self)
{
	const struct question *question = self->question;
	struct event *event;

	if (!account_samples(self->judgement.reason, question->now,
			     question->settings->samples_per_s))
		return;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return;
	*event = (struct event){
		.at = bpf_ktime_get_boot_ns(), /* to the ns: a sample can afford the dear clock */
		.ifindex = self->ifindex,
		.port = self->start->port,
		.source_port = self->start->source_port,
		.door = DOOR_INGRESS,
		.family = self->start->family,
		.transport = self->start->transport,
		.verdict = self->judgement.verdict,
		.reason = self->judgement.reason,
		.service = self->service,
		.reset = self->reset,
	};
	__builtin_memcpy(event->address, question->address, sizeof(event->address));
	bpf_ringbuf_submit(event, 0);
}

PURE void account(const struct account *self)
{
	account_count(self);
	if (self->judgement.verdict != VERDICT_PASS)
		account_event(self);
}

#endif
