/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * watched: the one question that every datagram of a connection is asked: is a packet of this source worth a look? Nearly
 * always it is not, and the answer costs one word of an array. In the same way: may an Initial be an answer?
 */
#ifndef WATCHED_BPF_H
#define WATCHED_BPF_H

#include "look.bpf.h"
#include "witness.h"

#define WATCHED_SPARE_NS \
	(3ULL * NS_PER_SECOND) /* beyond what counts as short-lived: what lasts is seen to */

PURE __u32 *watched_word(__u32 slot)
{
	return bpf_map_lookup_elem(&watched, &slot);
}

/* The slot of who sent (or, turned round, receives) a packet, by the address that is in it. */
PURE __u32 watched_slot_at(const struct start *start)
{
	struct source_key key __attribute__((aligned(8)));

	source_key_of(&key, start->address);
	return watched_slot(&key);
}

PURE int is_watched(__u32 slot)
{
	const __u32 *until_s = watched_word(slot);

	return until_s && *(const volatile __u32 *)until_s;
}

PURE void put_off(__u32 *held, __u64 until_ns)
{
	__u32 until_s = until_ns / NS_PER_SECOND + 1;

	if (held && *held < until_s)
		*held = until_s;
}

/* Until @until_ns at least. */
PURE void watch(__u32 slot, __u64 until_ns)
{
	put_off(watched_word(slot), until_ns);
}

/* What left for this address is remembered until @until_ns at least. */
PURE void remember_slot(__u32 slot, __u64 until_ns)
{
	put_off(bpf_map_lookup_elem(&remembered, &slot), until_ns);
}

/* Nearly always 0, also of those who are refused by the million: no more is looked up of them. */
PURE int is_remembered(__u32 slot, __u64 now_ns)
{
	const __u32 *until_s = bpf_map_lookup_elem(&remembered, &slot);

	return until_s && *until_s && *until_s >= now_ns / NS_PER_SECOND;
}

/* Nobody need look any more. User space may have put it off at this moment: hence the exchange. */
PURE void watched_expire(__u32 slot, __u64 now_ns)
{
	__u32 *held = watched_word(slot), until_s;

	if (!held)
		return;
	until_s = *(volatile __u32 *)held;
	if (until_s && until_s < now_ns / NS_PER_SECOND)
		__sync_val_compare_and_swap(held, until_s, 0);
}

#endif
