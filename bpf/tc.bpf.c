/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tc: the ingress door in the stack (TCX or clsact), for devices with and without an Ethernet header. */
#include <linux/pkt_cls.h>

#include "awaited.bpf.h"
#include "find.h"
#include "memory.bpf.h"
#include "quick.h"

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

	start_clear(ret);
	tc_packet(&packet, skb);
	if (bare)
		return find_network(&packet, ret, bytes_swap16(skb->protocol));
	return find_ethernet(&packet, ret);
}

/* The header as it lies in the packet, copied aside, becomes the reset's. */
PURE int tc_build(const struct __sk_buff *skb, const struct start *start, struct reset *ret)
{
	__u8 ip[IPV6_SIZE];

	if (start->family == FAMILY_IPV6) {
		if (bpf_skb_load_bytes(skb, start->network, ip, IPV6_SIZE))
			return 0;
		reset_ipv6(ret, start, ip);
		return 1;
	}
	if (bpf_skb_load_bytes(skb, start->network, ip, IPV4_SIZE))
		return 0;
	reset_ipv4(ret, start, ip);
	return 1;
}

PURE int tc_turn_ethernet(struct __sk_buff *skb)
{
	__u8 from[12], to[12];

	if (bpf_skb_load_bytes(skb, 0, from, sizeof(from)) || from[0] & ETHERNET_GROUP)
		return 0; /* what was sent to a group is answered by nobody */
	__builtin_memcpy(to, from + 6, 6);
	__builtin_memcpy(to + 6, from, 6);
	return !bpf_skb_store_bytes(skb, 0, to, sizeof(to), 0);
}

/*
 * Most packets of this host come with half a checksum, which the device is to complete: a full one written into them
 * would be completed again. So the field starts as nothing, and both sums are added by the helper, which knows.
 */
PURE int tc_checksum(struct __sk_buff *skb, const struct start *start, const struct reset *reset)
{
	__u32 at = start->header + RESET_CHECKSUM;

	return !bpf_l4_csum_replace(skb, at, 0, bytes_swap16(reset->header_sum), 0) &&
	       !bpf_l4_csum_replace(skb, at, 0, bytes_swap16(reset->pseudo_sum), BPF_F_PSEUDO_HDR);
}

/* Constant sizes, which the verifier asks for. */
PURE int tc_store(struct __sk_buff *skb, const struct start *start, struct reset *reset)
{
	write16(reset->bytes + (start->family == FAMILY_IPV6 ? IPV6_SIZE : IPV4_SIZE) +
			RESET_CHECKSUM,
		0xffff);
	if (start->family == FAMILY_IPV6)
		return !bpf_skb_store_bytes(skb, start->network, reset->bytes, IPV6_SIZE + TCP_SIZE,
					    0);
	return !bpf_skb_store_bytes(skb, start->network, reset->bytes, IPV4_SIZE + TCP_SIZE, 0);
}

/* Turns the packet into the reset that answers it; its tag, in metadata, stays with it. 0: it could not; drop it. */
static __attribute__((noinline)) int tc_reset(struct __sk_buff *skb, const struct start *start,
					      int bare)
{
	struct reset reset;

	if (!tc_build(skb, start, &reset) || (!bare && !tc_turn_ethernet(skb)))
		return 0;
	return tc_store(skb, start, &reset) &&
	       !bpf_skb_change_tail(skb, start->network + reset.size, 0) &&
	       tc_checksum(skb, start, &reset);
}

static __attribute__((noinline)) int tc_is_awaited(struct __sk_buff *skb, const struct start *start)
{
	__u32 network = start->network & OFFSET_MASK;
	struct packet packet;
	const __u8 *ip;

	tc_packet(&packet, skb);
	if (start->family == FAMILY_IPV6) {
		ip = packet_at(&packet, network, IPV6_SIZE);
		return ip && awaited_ipv6(skb, start, ip);
	}
	ip = packet_at(&packet, network, IPV4_SIZE);
	return ip && awaited_ipv4(skb, start, ip);
}

PURE int tc_judge(struct __sk_buff *skb, struct start *start, enum found found, int bare)
{
	struct judgement judgement = {0};
	struct question question = {0};
	struct source_key source __attribute__((aligned(8)));
	enum action action;
	int reset = 0;

	found = settle(start, found, tc_seen(skb), skb->len);
	action = gate_judge(&question, &judgement, &source, start, found);
	if (action == ACTION_IGNORE)
		return TC_ACT_UNSPEC;
	if (awaited_matters(&judgement, start) && tc_is_awaited(skb, start))
		action = gate_answer(&judgement);
	if (action == ACTION_RESET)
		reset = tc_reset(skb, start, bare);
	account(&question, &judgement, skb->ifindex, reset);
	if (action == ACTION_PASS)
		return TC_ACT_UNSPEC;
	return reset ? bpf_redirect(skb->ifindex, 0) : TC_ACT_SHOT;
}

/* A datagram that may be of a QUIC connection. It goes aside whole: there is one for each packet of a watched source. */
static __attribute__((noinline)) int tc_traffic(struct __sk_buff *skb, const struct start *start)
{
	struct outcome outcome = {0};
	enum action action = gate_traffic(&outcome, start);

	if (action != ACTION_IGNORE)
		gate_account_aside(&outcome, start, skb->ifindex, 0);
	return action == ACTION_DROP ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

/* A long header of QUIC. */
static __attribute__((noinline)) int tc_long(struct __sk_buff *skb, const struct start *start,
					     __u32 found)
{
	struct desk *desk = memory_desk();
	struct outcome *outcome;
	struct packet packet;
	enum action action;

	if (!desk)
		return TC_ACT_UNSPEC;
	tc_packet(&packet, skb);
	quic_read(&desk->quic, &packet, start);
	outcome = &desk->outcome;
	*outcome = (struct outcome){0};
	action = gate_long(start, found, skb->ifindex);
	if (outcome->proven && action != ACTION_DROP)
		gate_proven(start, outcome->proven, outcome->service, outcome->now);
	if (action != ACTION_IGNORE)
		gate_account_aside(outcome, start, skb->ifindex, 0);
	return action == ACTION_DROP ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

PURE int is_long(const struct start *start, enum found found)
{
	return start->transport == TRANSPORT_QUIC && (found == FOUND_START || found == FOUND_LONG);
}

/* The same for a packet that took a long road here. */
PURE int tc_judge_aside(struct __sk_buff *skb, struct start *start, enum found found, int bare)
{
	struct outcome outcome = {0};
	enum action action;
	int reset = 0;

	found = settle(start, found, tc_seen(skb), skb->len);
	if (found == FOUND_TRAFFIC)
		return is_watched(watched_slot_at(start)) ? tc_traffic(skb, start) : TC_ACT_UNSPEC;
	if (is_long(start, found)) {
		if (found != FOUND_START || !gate_refused(&outcome, start))
			return tc_long(skb, start, found);
		gate_account_aside(&outcome, start, skb->ifindex, 0);
		return TC_ACT_SHOT;
	}
	action = gate_judge_aside(&outcome, start, found);
	if (action == ACTION_IGNORE)
		return TC_ACT_UNSPEC;
	if (awaited_matters(&outcome.judgement, start) && tc_is_awaited(skb, start))
		action = gate_answer(&outcome.judgement);
	if (action == ACTION_RESET)
		reset = tc_reset(skb, start, bare);
	gate_account_aside(&outcome, start, skb->ifindex, reset);
	if (action == ACTION_PASS)
		return TC_ACT_UNSPEC;
	return reset ? bpf_redirect(skb->ifindex, 0) : TC_ACT_SHOT;
}

PURE int tc_judge_syn(struct __sk_buff *skb, const struct packet *packet, enum family family,
		      int bare)
{
	__u32 network = bare ? 0 : ETHERNET_SIZE;
	struct start start;

	quick_syn(&start, packet->data + network, network, family);
	return tc_judge(skb, &start, FOUND_START, bare);
}

/* Plain traffic: one question, seldom more. */
PURE int tc_judge_traffic(struct __sk_buff *skb, const struct packet *packet, enum family family,
			  int bare)
{
	__u32 network = bare ? 0 : ETHERNET_SIZE;
	const __u8 *ip = packet->data + network;
	const __u8 *payload = ip + (family == FAMILY_IPV6 ? IPV6_SIZE : IPV4_SIZE) + UDP_SIZE;
	struct start start;

	if (!quick_is_sample(payload) &&
	    !is_watched(
		    quick_slot(ip + (family == FAMILY_IPV6 ? IPV6_SOURCE : IPV4_SOURCE), family)))
		return TC_ACT_UNSPEC;
	quick_traffic(&start, ip, network, family);
	return tc_traffic(skb, &start);
}

PURE int tc_judge_any(struct __sk_buff *skb, int bare)
{
	struct start start;
	enum found found = tc_find(skb, &start, bare);

	if (found == FOUND_NOTHING)
		return TC_ACT_UNSPEC;
	if (found == FOUND_SHORT && tc_seen(skb) < skb->len &&
	    !bpf_skb_pull_data(skb, skb->len < PULL_MAX ? skb->len : PULL_MAX))
		found = tc_find(skb, &start, bare);
	return tc_judge_aside(skb, &start, found, bare);
}

PURE int tc_gate(struct __sk_buff *skb, int bare)
{
	struct packet packet;
	enum sort sort;

	tc_packet(&packet, skb);
	sort = bare ? quick_network(&packet, 0, bytes_swap16(skb->protocol))
		    : quick_ethernet(&packet);
	if (sort == SORT_QUIET)
		return TC_ACT_UNSPEC;
	if (sort == SORT_SYN_IPV4)
		return tc_judge_syn(skb, &packet, FAMILY_IPV4, bare);
	if (sort == SORT_SYN_IPV6)
		return tc_judge_syn(skb, &packet, FAMILY_IPV6, bare);
	if (sort == SORT_TRAFFIC_IPV4)
		return tc_judge_traffic(skb, &packet, FAMILY_IPV4, bare);
	if (sort == SORT_TRAFFIC_IPV6)
		return tc_judge_traffic(skb, &packet, FAMILY_IPV6, bare);
	return tc_judge_any(skb, bare);
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
