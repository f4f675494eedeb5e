/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* xdp: the ingress door in the driver, before the packet costs a buffer; also in the stack (generic). */
#include "find.h"
#include "gate.bpf.h"

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

PURE int xdp_judge(struct xdp_md *ctx, struct start *start, enum found found, __u32 length)
{
	struct gate gate = {0};
	enum action action;

	found = settle(start, found, xdp_seen(ctx), length);
	action = gate_judge(&gate, start, found, ctx->ingress_ifindex);
	if (action == ACTION_IGNORE)
		return XDP_PASS;
	account(&gate.account);
	return action == ACTION_PASS ? XDP_PASS : XDP_DROP;
}

SEC("xdp.frags")
int gate_xdp(struct xdp_md *ctx)
{
	struct start start = {0};
	struct packet packet;
	enum found found;

	xdp_packet(&packet, ctx);
	found = find_ethernet(&packet, &start);
	if (found == FOUND_NOTHING)
		return XDP_PASS;
	return xdp_judge(ctx, &start, found, bpf_xdp_get_buff_len(ctx));
}

/* For kernels before 5.18, which have no fragments: there all of a packet is seen. */
SEC("xdp")
int gate_xdp_plain(struct xdp_md *ctx)
{
	struct start start = {0};
	struct packet packet;
	enum found found;

	xdp_packet(&packet, ctx);
	found = find_ethernet(&packet, &start);
	if (found == FOUND_NOTHING)
		return XDP_PASS;
	return xdp_judge(ctx, &start, found, xdp_seen(ctx));
}
