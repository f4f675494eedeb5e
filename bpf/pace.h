/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pace: a token bucket in one word, the generic cell rate algorithm (ITU-T I.371): the word is the time at which the
 * next token would be due were they taken evenly. Pure.
 *
 * One compare-and-swap without a loop: who loses a race gets a token all the same. Too kind by a few, never unjust.
 */
#ifndef PACE_H
#define PACE_H

#include <peergate/abi.h>

#include "bytes.h"

/* A rate @factor times as fast with as many tokens to burst. */
PURE struct rate rate_times(const struct rate *self, __u32 factor)
{
	return (struct rate){
		.interval_ns = self->interval_ns / factor,
		.burst_ns = self->burst_ns / factor,
	};
}

/* Whether a token is there at @now_ns, left where it is. */
PURE int bucket_has(const struct bucket *self, const struct rate *rate, __u64 now_ns)
{
	__u64 next = *(const volatile __u64 *)&self->next;

	return next <= now_ns || next - now_ns <= rate->burst_ns;
}

/* Takes a token; 0 when there is none. */
PURE int bucket_take(struct bucket *self, const struct rate *rate, __u64 now_ns)
{
	__u64 next = *(volatile __u64 *)&self->next;
	__u64 from = next > now_ns ? next : now_ns;

	if (from - now_ns > rate->burst_ns)
		return 0;
	__sync_val_compare_and_swap(&self->next, next, from + rate->interval_ns);
	return 1;
}

/* Takes a token also where there is none: a debt, of @debt tokens at most. */
PURE void bucket_charge(struct bucket *self, const struct rate *rate, __u32 debt, __u64 now_ns)
{
	__u64 next = *(volatile __u64 *)&self->next;
	__u64 from = next > now_ns ? next : now_ns;
	__u64 most = now_ns + rate->burst_ns + debt * rate->interval_ns;

	if (from < most)
		__sync_val_compare_and_swap(&self->next, next, from + rate->interval_ns);
}

#endif
