/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sockets: the door that sees TCP connections open and end, whatever program serves them. It refuses nobody.
 *
 * A connection that is counted carries a mark, kept with its socket; only what is marked is taken off again. Nothing is assumed
 * of the order of events: a second opening finds the mark, a second end does not.
 */
#include "sock.bpf.h"
#include "witness.bpf.h"

static __always_inline const struct sock___local *btf_sock(struct bpf_sock *sock)
{
	return (const struct sock___local *)bpf_skc_to_tcp_sock(sock);
}

static __always_inline void read_remote(const struct bpf_sock_ops *ctx, struct sight *ret)
{
	__u32 *words = (__u32 *)ret->address;

	if (ctx->family == FAMILY_INET) {
		source_put_host(ret->address, bytes_swap32(ctx->remote_ip4));
	} else {
		words[0] = ctx->remote_ip6[0];
		words[1] = ctx->remote_ip6[1];
		words[2] = ctx->remote_ip6[2];
		words[3] = ctx->remote_ip6[3];
	}
	sight_remote(ret);
}

static __always_inline void opened(struct bpf_sock_ops *ctx)
{
	const struct service *service = sock_service(bpf_get_netns_cookie(ctx), ctx->local_port);
	struct bpf_sock *sock = ctx->sk;
	struct sight sight = {.transport = TRANSPORT_TCP};
	const struct sock___local *inner;
	struct mark *mark;

	if (!service || !sock)
		return;
	inner = btf_sock(sock);
	if (!inner || sock_is_own_dial(inner)) /* a simultaneous open is passive, too */
		return;
	mark = bpf_sk_storage_get(&marks, sock, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!mark)
		note_lost();
	if (!mark || mark->opened_ns)
		return;
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
	read_remote(ctx, &sight);
	sight.now_ns = bpf_ktime_get_boot_ns();
	sight.life.service = service->id;
	mark->source = sight.source;
	mark->opened_ns = sight.now_ns;
	mark->service = service->id;
	mark->census = witness_epoch();
	sight.life.counted = mark->census != 0;
	witness_opened(&sight);
}

/* Straight to the end, without a FIN of either side: what the socket's error tells. */
static __always_inline enum ended who_broke_off(const struct sock___local *sock)
{
	if (!sock)
		return ENDED_UNKNOWN;
	switch (sock->sk_err) {
	case ERROR_RESET:
	case ERROR_PIPE:
		return ENDED_BY_THEM;
	case 0: /* closed with data unread, or without lingering, or by a listener that went away */
	case ERROR_ABORTED:
		return ENDED_BY_US;
	default: /* timeouts, routes that are gone */
		return ENDED_UNKNOWN;
	}
}

static __always_inline void finish(struct bpf_sock *sock, const struct mark *mark)
{
	__u32 epoch = witness_epoch();
	struct sight sight = {
		.source = mark->source,
		.life = {.opened_ns = mark->opened_ns,
			 .service = mark->service,
			 .lasted = mark->lasted,
			 .late = mark->late,
			 .ended = mark->ended,
			 .counted = epoch && mark->census == epoch},
		.now_ns = bpf_ktime_get_boot_ns(),
		.transport = TRANSPORT_TCP,
	};

	if (!sight.life.ended)
		sight.life.ended = who_broke_off(btf_sock(sock));
	bpf_sk_storage_delete(&marks, sock);
	note_end(&sight);
}

static __always_inline void changed(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sock = ctx->sk;
	__u32 state = ctx->args[1];
	struct mark *mark;

	if (state != TCP_STATE_FIN_WAIT1 && state != TCP_STATE_CLOSE_WAIT &&
	    state != TCP_STATE_CLOSE)
		return;
	mark = sock ? bpf_sk_storage_get(&marks, sock, NULL, 0) : NULL;
	if (!mark)
		return;
	if (state == TCP_STATE_CLOSE)
		finish(sock, mark);
	else if (!mark->ended)
		mark->ended = state == TCP_STATE_FIN_WAIT1 ? ENDED_BY_US : ENDED_BY_THEM;
}

SEC("sockops") int gate_sockops(struct bpf_sock_ops *ctx)
{
	if (ctx->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		opened(ctx);
	else if (ctx->op == BPF_SOCK_OPS_STATE_CB)
		changed(ctx);
	return 1;
}
