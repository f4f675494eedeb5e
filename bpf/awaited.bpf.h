/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * awaited: is there a socket of ours that has sent its SYN to where this one comes from, and from where this one goes to?
 * Then both sides dial at once (a simultaneous open: RFC 9293, 3.5; libp2p's hole punching), and the SYN is the answer to a dial.
 *
 * The look-up costs 20 ns or so: to be asked only before a refusal, and not before a ban's.
 */
#ifndef AWAITED_BPF_H
#define AWAITED_BPF_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "find.h"
#include "question.h"

/* Whether the answer would matter. */
PURE int awaited_matters(const struct judgement *judgement, const struct start *start)
{
	return judgement->verdict != VERDICT_PASS && !judgement->firm &&
	       start->transport == TRANSPORT_TCP && start->has_ports;
}

/* Of an established or listening socket there is nothing to wait for. @ctx: the program's. */
PURE int awaited_by(void *ctx, struct bpf_sock_tuple *tuple, __u32 size)
{
	struct bpf_sock *sock = bpf_skc_lookup_tcp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	int waits;

	if (!sock)
		return 0;
	waits = sock->state == BPF_TCP_SYN_SENT;
	bpf_sk_release(sock);
	return waits;
}

/* @ip: the header, of IPV4_SIZE bytes. */
PURE int awaited_ipv4(void *ctx, const struct start *start, const __u8 *ip)
{
	struct bpf_sock_tuple tuple = {
		.ipv4.sport = bytes_swap16(start->source_port),
		.ipv4.dport = bytes_swap16(start->port),
	};

	copy32((__u8 *)&tuple.ipv4.saddr, ip + 12);
	copy32((__u8 *)&tuple.ipv4.daddr, ip + 16);
	return awaited_by(ctx, &tuple, sizeof(tuple.ipv4));
}

/* @ip: the header, of IPV6_SIZE bytes. */
PURE int awaited_ipv6(void *ctx, const struct start *start, const __u8 *ip)
{
	struct bpf_sock_tuple tuple = {
		.ipv6.sport = bytes_swap16(start->source_port),
		.ipv6.dport = bytes_swap16(start->port),
	};

	for (int i = 0; i < 16; i += 4) {
		copy32((__u8 *)tuple.ipv6.saddr + i, ip + 8 + i);
		copy32((__u8 *)tuple.ipv6.daddr + i, ip + 24 + i);
	}
	return awaited_by(ctx, &tuple, sizeof(tuple.ipv6));
}

#endif
