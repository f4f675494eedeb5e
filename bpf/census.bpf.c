/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * census: counts what lives anew and settles the witness by it: connections from before the gate or in cgroups that it does not
 * hang on, events that went astray, records that somebody broke. Here: an iterator over TCP's sockets. Maps are walked by
 * census_maps.bpf.c.
 *
 * One pass: while `census.epoch` is 0, gate_settle and gate_settle_crowds clear the counts of the last pass; user space writes the number
 * of this one; gate_census and gate_flows count each connection once (its mark keeps the number), and what opens and ends meanwhile
 * is counted by whoever sees it; gate_settle and gate_settle_crowds then set the living to what was counted. Each socket that is visited
 * gives a byte of output, so that the reader chooses how much is done at a time.
 */
#include "census.bpf.h"
#include "sock.bpf.h"

enum {
	LEVEL_TCP = 6,
	OPTION_CB_FLAGS = 1008
}; /* TCP_BPF_SOCK_OPS_CB_FLAGS of linux/bpf.h, since 6.12 */

static __always_inline void one_step(const struct bpf_iter_meta___local *meta)
{
	char dot = '.';

	bpf_seq_write(meta->seq, &dot, sizeof(dot));
}

/* Whether a socket without a mark has a connection that its peer proved: LISTEN, TIME_WAIT and what is still being made have none. */
static __always_inline int is_established(__u8 state)
{
	const __u32 states = 1U << TCP_STATE_ESTABLISHED | 1U << TCP_STATE_FIN_WAIT1 |
			     1U << TCP_STATE_FIN_WAIT2 | 1U << TCP_STATE_CLOSE_WAIT |
			     1U << TCP_STATE_LAST_ACK | 1U << TCP_STATE_CLOSING;

	return state < 32 && states >> state & 1;
}

static __always_inline void read_remote(const struct sock_common___local *sock, struct sight *ret)
{
	__u32 *words = (__u32 *)ret->address;

	if (sock->skc_family == FAMILY_INET)
		source_put_host(ret->address, bytes_swap32(sock->skc_daddr));
	else
		for (int i = 0; i < 4; i++)
			words[i] = sock->skc_v6_daddr.in6_u.u6_addr32[i];
	sight_remote(ret);
}

/* From now on its end is seen, too. Kernels before 6.12 have no such option: then the next census finds that it is gone. */
static __always_inline void follow(void *sock)
{
	const struct tcp_sock___local *inner = sock;
	int flags = inner->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG;

	bpf_setsockopt(sock, LEVEL_TCP, OPTION_CB_FLAGS, &flags, sizeof(flags));
}

/* One that nobody marked, if it is ours to count. It is older than now, nobody knows by how much. */
static __always_inline struct mark *adopt(struct sock_common___local *sock, struct sight *sight)
{
	const struct service *service;
	struct mark *mark;
	void *inner;

	if (!is_established(sock->skc_state))
		return NULL;
	service = sock_service(sock->skc_net.net->net_cookie, sock->skc_num);
	if (!service)
		return NULL;
	inner = bpf_skc_to_tcp_sock(sock);
	if (!inner || sock_is_own_dial(inner))
		return NULL;
	mark = bpf_sk_storage_get(&marks, sock, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!mark)
		return NULL;
	follow(inner);
	read_remote(sock, sight);
	mark->source = sight->source;
	mark->opened_ns = sight->now_ns;
	mark->service = service->id;
	mark->late = 1;
	return mark;
}

static __always_inline void count_marked(struct census *census_, struct mark *mark,
					 struct sight *sight, __u32 epoch)
{
	sight->source = mark->source;
	sight->life = (struct life){
		.opened_ns = mark->opened_ns, .service = mark->service, .lasted = mark->lasted};
	if (mark->census != epoch) {
		mark->census = epoch;
		note_count(sight);
		__sync_fetch_and_add(&census_->sockets, 1);
	}
	look_at_age(sight, &mark->lasted);
}

static __always_inline void count_late(struct census *census_, struct mark *mark,
				       struct sight *sight, __u32 epoch)
{
	mark->census = epoch;
	sight->life = (struct life){
		.opened_ns = mark->opened_ns, .service = mark->service, .late = 1, .counted = 1};
	witness_opened(sight);
	__sync_fetch_and_add(&census_->sockets, 1);
	__sync_fetch_and_add(&census_->missed, 1);
}

/* The kernel holds the socket's lock: nothing happens to it meanwhile. */
SEC("iter/tcp") int gate_census(struct bpf_iter__tcp *ctx)
{
	struct sight sight = {.transport = TRANSPORT_TCP};
	struct sock_common___local *sock = ctx->sk_common;
	struct census *census_ = look_census();
	__u32 epoch = witness_epoch();
	struct mark *mark;

	if (!sock || !census_ || !epoch)
		return 0;
	one_step(ctx->meta);
	sight.now_ns = bpf_ktime_get_boot_ns();
	mark = bpf_sk_storage_get(&marks, sock, NULL, 0);
	if (mark) {
		count_marked(census_, mark, &sight, epoch);
		return 0;
	}
	mark = adopt(sock, &sight);
	if (mark)
		count_late(census_, mark, &sight, epoch);
	return 0;
}
