/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* xdp: the ingress door in the driver, before the packet costs a buffer; also in the stack (generic). */
#include "awaited.bpf.h"
#include "find.h"
#include "memory.bpf.h"
#include "quick.h"

PURE void xdp_packet(struct packet *ret, const struct xdp_md *ctx)
{
	ret->data = (const __u8 *)(long)ctx->data;
	ret->end = (const __u8 *)(long)ctx->data_end;
}

/* What is seen of the packet; the compiler must not see that it subtracts pointers (32-bit arithmetic on them is refused). */
PURE __u32 xdp_seen(const struct xdp_md *ctx)
{
	__u64 data = ctx->data, end = ctx->data_end;

	asm volatile("" : "+r"(data), "+r"(end));
	return end - data;
}

/* The whole length. A program for kernels before 5.18 has no fragments: there all of a packet is seen. */
PURE __u32 xdp_length(struct xdp_md *ctx, int frags)
{
	return frags ? bpf_xdp_get_buff_len(ctx) : xdp_seen(ctx);
}

/* On a device that takes tags off, a frame without one may have had one, and its answer would go out without. */
PURE int xdp_may_answer(const struct xdp_md *ctx, const struct start *start)
{
	const struct interface *interface = look_interface(ctx->ingress_ifindex);

	return !interface || !interface->takes_tags || start->network != ETHERNET_SIZE;
}

/* 0: it was sent to a group, and a group answers nobody. */
PURE int xdp_turn_ethernet(__u8 *ethernet)
{
	__u8 to[6];

	if (ethernet[0] & ETHERNET_GROUP)
		return 0;
	__builtin_memcpy(to, ethernet, 6);
	__builtin_memcpy(ethernet, ethernet + 6, 6);
	__builtin_memcpy(ethernet + 6, to, 6);
	return 1;
}

PURE int xdp_write_ipv4(const struct packet *packet, const struct start *start)
{
	__u8 *ip = (__u8 *)packet_at(packet, start->network & OFFSET_MASK, IPV4_SIZE + TCP_SIZE);
	struct reset reset;

	if (!ip)
		return 0;
	reset_ipv4(&reset, start, ip);
	__builtin_memcpy(ip, reset.bytes, IPV4_SIZE + TCP_SIZE);
	return IPV4_SIZE + TCP_SIZE;
}

PURE int xdp_write_ipv6(const struct packet *packet, const struct start *start)
{
	__u8 *ip = (__u8 *)packet_at(packet, start->network & OFFSET_MASK, IPV6_SIZE + TCP_SIZE);
	struct reset reset;

	if (!ip)
		return 0;
	reset_ipv6(&reset, start, ip);
	__builtin_memcpy(ip, reset.bytes, IPV6_SIZE + TCP_SIZE);
	return IPV6_SIZE + TCP_SIZE;
}

/* Turns the packet into the reset that answers it. 0: it could not; drop what is left. */
static __attribute__((noinline)) int xdp_reset(struct xdp_md *ctx, const struct start *start,
					       int frags)
{
	struct packet packet;
	int size;

	xdp_packet(&packet, ctx);
	if (!packet_at(&packet, 0, ETHERNET_SIZE) || !xdp_may_answer(ctx, start))
		return 0;
	if (!xdp_turn_ethernet((__u8 *)packet.data))
		return 0;
	size = start->family == FAMILY_IPV6 ? xdp_write_ipv6(&packet, start)
					    : xdp_write_ipv4(&packet, start);
	return size && !bpf_xdp_adjust_tail(ctx, (int)(start->network + size) -
							 (int)xdp_length(ctx, frags));
}

static __attribute__((noinline)) int xdp_is_awaited(struct xdp_md *ctx, const struct start *start)
{
	__u32 network = start->network & OFFSET_MASK;
	struct packet packet;
	const __u8 *ip;

	xdp_packet(&packet, ctx);
	if (start->family == FAMILY_IPV6) {
		ip = packet_at(&packet, network, IPV6_SIZE);
		return ip && awaited_ipv6(ctx, start, ip);
	}
	ip = packet_at(&packet, network, IPV4_SIZE);
	return ip && awaited_ipv4(ctx, start, ip);
}

PURE int xdp_judge(struct xdp_md *ctx, struct start *start, enum found found, int frags)
{
	__u32 seen = xdp_seen(ctx);
	struct judgement judgement = {0};
	struct question question = {0};
	struct source_key source __attribute__((aligned(8)));
	enum action action;
	int reset = 0;

	/* Who sees all that IP speaks of need not ask for more. */
	if (!frags || (start->ip_end && start->ip_end <= seen))
		found = settle(start, found, seen, seen);
	else
		found = settle(start, found, seen, xdp_length(ctx, frags));
	action = gate_judge(&question, &judgement, &source, start, found);
	if (action == ACTION_IGNORE)
		return XDP_PASS;
	if (awaited_matters(&judgement, start) && xdp_is_awaited(ctx, start))
		action = gate_answer(&judgement);
	if (action == ACTION_RESET)
		reset = xdp_reset(ctx, start, frags);
	account(&question, &judgement, ctx->ingress_ifindex, reset);
	if (action == ACTION_PASS)
		return XDP_PASS;
	return reset ? XDP_TX : XDP_DROP;
}

/* A datagram that may be of a QUIC connection. It goes aside whole: there is one for each packet of a watched source. */
static __attribute__((noinline)) int xdp_traffic(struct xdp_md *ctx, const struct start *start)
{
	struct outcome outcome = {0};
	enum action action = gate_traffic(&outcome, start);

	if (action != ACTION_IGNORE)
		gate_account_aside(&outcome, start, ctx->ingress_ifindex, 0);
	return action == ACTION_DROP ? XDP_DROP : XDP_PASS;
}

/* A long header of QUIC. */
static __attribute__((noinline)) int xdp_long(struct xdp_md *ctx, const struct start *start,
					      __u32 found)
{
	struct desk *desk = memory_desk();
	struct outcome *outcome;
	struct packet packet;
	enum action action;

	if (!desk)
		return XDP_PASS;
	xdp_packet(&packet, ctx);
	quic_read(&desk->quic, &packet, start);
	outcome = &desk->outcome;
	*outcome = (struct outcome){0};
	action = gate_long(start, found, ctx->ingress_ifindex);
	if (outcome->proven && action != ACTION_DROP)
		gate_proven(start, outcome->proven, outcome->service, outcome->now);
	if (action != ACTION_IGNORE)
		gate_account_aside(outcome, start, ctx->ingress_ifindex, 0);
	return action == ACTION_DROP ? XDP_DROP : XDP_PASS;
}

PURE int is_long(const struct start *start, enum found found)
{
	return start->transport == TRANSPORT_QUIC && (found == FOUND_START || found == FOUND_LONG);
}

/* The same for a packet that took a long road here. */
PURE int xdp_judge_aside(struct xdp_md *ctx, struct start *start, enum found found, int frags)
{
	struct outcome outcome = {0};
	enum action action;
	int reset = 0;

	found = settle(start, found, xdp_seen(ctx), xdp_length(ctx, frags));
	if (found == FOUND_TRAFFIC)
		return is_watched(watched_slot_at(start)) ? xdp_traffic(ctx, start) : XDP_PASS;
	if (is_long(start, found)) {
		if (found != FOUND_START || !gate_refused(&outcome, start))
			return xdp_long(ctx, start, found);
		gate_account_aside(&outcome, start, ctx->ingress_ifindex, 0);
		return XDP_DROP;
	}
	action = gate_judge_aside(&outcome, start, found);
	if (action == ACTION_IGNORE)
		return XDP_PASS;
	if (awaited_matters(&outcome.judgement, start) && xdp_is_awaited(ctx, start))
		action = gate_answer(&outcome.judgement);
	if (action == ACTION_RESET)
		reset = xdp_reset(ctx, start, frags);
	gate_account_aside(&outcome, start, ctx->ingress_ifindex, reset);
	if (action == ACTION_PASS)
		return XDP_PASS;
	return reset ? XDP_TX : XDP_DROP;
}

PURE int xdp_judge_syn(struct xdp_md *ctx, const struct packet *packet, enum family family,
		       int frags)
{
	struct start start;

	quick_syn(&start, packet->data + ETHERNET_SIZE, ETHERNET_SIZE, family);
	return xdp_judge(ctx, &start, FOUND_START, frags);
}

/* Plain traffic: one question, seldom more. */
PURE int xdp_judge_traffic(struct xdp_md *ctx, const struct packet *packet, enum family family)
{
	__u32 network = ETHERNET_SIZE;
	const __u8 *ip = packet->data + network;
	const __u8 *payload = ip + (family == FAMILY_IPV6 ? IPV6_SIZE : IPV4_SIZE) + UDP_SIZE;
	struct start start;

	if (!quick_is_sample(payload) &&
	    !is_watched(
		    quick_slot(ip + (family == FAMILY_IPV6 ? IPV6_SOURCE : IPV4_SOURCE), family)))
		return XDP_PASS;
	quick_traffic(&start, ip, network, family);
	return xdp_traffic(ctx, &start);
}

PURE int xdp_judge_any(struct xdp_md *ctx, const struct packet *packet, int frags)
{
	struct start start;
	enum found found;

	start_clear(&start);
	found = find_ethernet(packet, &start);
	return found == FOUND_NOTHING ? XDP_PASS : xdp_judge_aside(ctx, &start, found, frags);
}

PURE int xdp_gate(struct xdp_md *ctx, int frags)
{
	struct packet packet;
	enum sort sort;

	xdp_packet(&packet, ctx);
	sort = quick_ethernet(&packet);
	if (sort == SORT_QUIET)
		return XDP_PASS;
	if (sort == SORT_SYN_IPV4)
		return xdp_judge_syn(ctx, &packet, FAMILY_IPV4, frags);
	if (sort == SORT_SYN_IPV6)
		return xdp_judge_syn(ctx, &packet, FAMILY_IPV6, frags);
	if (sort == SORT_TRAFFIC_IPV4)
		return xdp_judge_traffic(ctx, &packet, FAMILY_IPV4);
	if (sort == SORT_TRAFFIC_IPV6)
		return xdp_judge_traffic(ctx, &packet, FAMILY_IPV6);
	return xdp_judge_any(ctx, &packet, frags);
}

SEC("xdp.frags")
int gate_xdp(struct xdp_md *ctx)
{
	return xdp_gate(ctx, 1);
}

SEC("xdp")
int gate_xdp_plain(struct xdp_md *ctx)
{
	return xdp_gate(ctx, 0);
}
