/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dial: what the processes of a cgroup may dial, asked when they connect or send a datagram; a refusal is EPERM at once, and
 * nothing leaves. QUIC's dials to banned destinations are the egress program's: a sendmsg hook cannot tell a dial from an answer.
 */
#include "dial.bpf.h"
#include "gate.bpf.h"

enum { SOCKET_STREAM = 1 }; /* SOCK_STREAM, which no header for programs has */

/* A socket that connects as a datagram one sends without being asked again, so it is asked like each of its datagrams. */
PURE enum dialled_by dialled_by(const struct bpf_sock_addr *ctx)
{
	return ctx->type == SOCKET_STREAM ? BY_CONNECTION : BY_DATAGRAM;
}

PURE void dial_start(struct start *ret, const struct bpf_sock_addr *ctx)
{
	start_clear(ret);
	ret->transport = ctx->type == SOCKET_STREAM ? TRANSPORT_TCP : TRANSPORT_QUIC;
	ret->source_port = bytes_swap16((__u16)ctx->user_port);
	ret->has_source = ret->has_ports = 1;
}

PURE void dial_start_ipv4(struct start *ret, const struct bpf_sock_addr *ctx)
{
	dial_start(ret, ctx);
	ret->family = FAMILY_IPV4;
	source_put_host(ret->address, bytes_swap32(ctx->user_ip4));
}

/* ::ffff:a.b.c.d leaves as IPv4. */
PURE void dial_start_ipv6(struct start *ret, const struct bpf_sock_addr *ctx)
{
	__u32 *words = (__u32 *)ret->address;

	dial_start(ret, ctx);
	words[0] = ctx->user_ip6[0];
	words[1] = ctx->user_ip6[1];
	words[2] = ctx->user_ip6[2];
	words[3] = ctx->user_ip6[3];
	ret->family = source_is_ipv4(ret->address) ? FAMILY_IPV4 : FAMILY_IPV6;
}

__noinline int gate_dial(const struct start *start, __u32 by)
{
	const struct settings *settings = look_settings();
	struct question question = {0};
	struct source_key source __attribute__((aligned(8)));
	struct judgement judgement;
	enum action action;

	if (!start || !settings)
		return DIAL_PASSES;
	gate_question(&question, &source, start, settings);
	question.service = SERVICE_NONE;
	judgement = dial_judge(&question, by == BY_CONNECTION ? BY_CONNECTION : BY_DATAGRAM);
	action = gate_action(&question, &judgement);
	if (by == BY_CONNECTION || judgement.verdict != VERDICT_PASS)
		account_at(DOOR_DIAL, &question, &judgement, 0, 0);
	return action == ACTION_PASS ? DIAL_PASSES : DIAL_REFUSED;
}

/* The verifier wants to see that nothing but 0 and 1 is returned; the barrier keeps the compiler from knowing it already. */
PURE int dial_ask(const struct start *start, enum dialled_by by)
{
	int answer = gate_dial(start, by);

	asm volatile("" : "+r"(answer));
	return answer == DIAL_REFUSED ? DIAL_REFUSED : DIAL_PASSES;
}

/* Early exits: for each datagram of a node that may send anywhere, this is all. */
PURE int dial_is_free(enum dialled_by by)
{
	const struct settings *settings = look_settings();

	return !settings || !dial_is_judged(settings, by);
}

PURE int datagram_is_free(const struct start *start)
{
	const struct settings *settings = look_settings();
	__u8 address[16] __attribute__((aligned(8)));

	__builtin_memcpy(address, start->address, 16);
	if (start->family == FAMILY_IPV6)
		source_normalise(address);
	return !settings || dial_out_of_reach(settings, address) == REASON_NONE;
}

SEC("cgroup/connect4")
int gate_connect4(struct bpf_sock_addr *ctx)
{
	enum dialled_by by = dialled_by(ctx);
	struct start start;

	if (dial_is_free(by))
		return DIAL_PASSES;
	dial_start_ipv4(&start, ctx);
	return dial_ask(&start, by);
}

SEC("cgroup/connect6")
int gate_connect6(struct bpf_sock_addr *ctx)
{
	enum dialled_by by = dialled_by(ctx);
	struct start start;

	if (dial_is_free(by))
		return DIAL_PASSES;
	dial_start_ipv6(&start, ctx);
	return dial_ask(&start, by);
}

SEC("cgroup/sendmsg4")
int gate_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct start start;

	if (dial_is_free(BY_DATAGRAM))
		return DIAL_PASSES;
	dial_start_ipv4(&start, ctx);
	return datagram_is_free(&start) ? DIAL_PASSES : dial_ask(&start, BY_DATAGRAM);
}

SEC("cgroup/sendmsg6")
int gate_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct start start;

	if (dial_is_free(BY_DATAGRAM))
		return DIAL_PASSES;
	dial_start_ipv6(&start, ctx);
	return datagram_is_free(&start) ? DIAL_PASSES : dial_ask(&start, BY_DATAGRAM);
}
