/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tc: the ingress door in the stack (TCX or clsact), for devices with and without an Ethernet header. */
#include <linux/pkt_cls.h>

#include "find.h"
#include "gate.bpf.h"

enum {
	PULL_MAX = 2048
}; /* bytes made visible of a packet whose headers are not: more headers than that hide */

PURE void tc_packet(struct packet *ret, const struct __sk_buff *skb)
{
	ret->data = (const __u8 *)(long)skb->data;
	ret->end = (const __u8 *)(long)skb->data_end;
}

PURE __u32 tc_seen(const struct __sk_buff *skb)
{
	__u64 data = skb->data, end = skb->data_end;

	asm volatile("" : "+r"(data), "+r"(end));
	return end - data;
}

PURE enum found tc_find(const struct __sk_buff *skb, struct start *ret, int bare)
{
	struct packet packet;

	tc_packet(&packet, skb);
	if (bare)
		return find_network(&packet, ret, bytes_swap16(skb->protocol));
	return find_ethernet(&packet, ret);
}

PURE int tc_gate(struct __sk_buff *skb, int bare)
{
	struct start start = {0};
	struct gate gate = {0};
	enum action action;
	enum found found = tc_find(skb, &start, bare);

	if (found == FOUND_NOTHING)
		return TC_ACT_UNSPEC;
	if (found == FOUND_SHORT && tc_seen(skb) < skb->len &&
	    !bpf_skb_pull_data(skb, skb->len < PULL_MAX ? skb->len : PULL_MAX)) {
		start = (struct start){0};
		found = tc_find(skb, &start, bare);
	}
	found = settle(&start, found, tc_seen(skb), skb->len);
	action = gate_judge(&gate, &start, found, skb->ifindex);
	if (action == ACTION_IGNORE)
		return TC_ACT_UNSPEC;
	account(&gate.account);
	return action == ACTION_PASS ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

SEC("tc")
int gate_tc(struct __sk_buff *skb)
{
	return tc_gate(skb, 0);
}

SEC("tc")
int gate_tc_bare(struct __sk_buff *skb)
{
	return tc_gate(skb, 1);
}
