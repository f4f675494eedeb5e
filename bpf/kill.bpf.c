/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kill: ends the live connections of one prefix, or of all sources in `closures`, to gated services: those that came in. Run by
 * reading the iterator, which walks the sockets of the network namespace that it was made in. Who has sent only his SYN is
 * sent away, too, and not counted.
 *
 * Nearly all sockets that it meets are somebody else's: an address is compared before anything is looked up.
 */
#include "bytes.h"
#include "sock.bpf.h"

/* NULL before 6.5. */
extern int bpf_sock_destroy(struct sock_common___local *sock) __ksym __attribute__((weak));

enum { TCP_STATE_REQUEST = 12 };

static __always_inline void read_remote(const struct sock_common___local *sock, __u8 ret[16])
{
	__u32 *words = (__u32 *)ret;

	if (sock->skc_family == FAMILY_INET) {
		source_put_host(ret, bytes_swap32(sock->skc_daddr));
		return;
	}
	for (int i = 0; i < 4; i++)
		words[i] = sock->skc_v6_daddr.in6_u.u6_addr32[i];
	source_normalise(ret);
}

/* ::/0 and the like are IPv6's and hold no IPv4 source. */
static __always_inline int is_within(const __u8 address[16], const struct prefix_key *prefix)
{
	__u32 upper = prefix->length > 64 ? 64 : prefix->length;
	__u32 lower = prefix->length > 64 ? prefix->length - 64 : 0;
	__u64 differs = source_word(address) ^ source_word(prefix->address);

	if (upper && differs >> (64 - upper))
		return 0;
	differs = source_word(address + 8) ^ source_word(prefix->address + 8);
	if (lower && differs >> (64 - lower))
		return 0;
	return prefix->length >= 96 || !source_is_ipv4(address);
}

static __always_inline int is_closing(const __u8 address[16])
{
	struct source_key source;
	const __u64 *until;

	source_key_of(&source, address);
	until = bpf_map_lookup_elem(&closures, &source);
	return until && *until > bpf_ktime_get_boot_ns();
}

static __always_inline int is_targeted(const struct target *self, const __u8 address[16])
{
	return self->by_closures ? is_closing(address) : is_within(address, &self->prefix);
}

static __always_inline int is_open(__u8 state)
{
	const __u32 states = 1U << TCP_STATE_ESTABLISHED | 1U << TCP_STATE_FIN_WAIT1 |
			     1U << TCP_STATE_FIN_WAIT2 | 1U << TCP_STATE_CLOSE_WAIT |
			     1U << TCP_STATE_LAST_ACK | 1U << TCP_STATE_CLOSING |
			     1U << TCP_STATE_REQUEST;

	return state < 32 && states >> state & 1;
}

/* Whether it came in to one of the services meant. A request has no socket of its own yet, and can only have come in. */
static __always_inline int is_meant(struct sock_common___local *sock, __u32 services)
{
	const struct service *service = sock_service(sock->skc_net.net->net_cookie, sock->skc_num);
	const struct sock___local *inner;

	if (!service || !(services >> (service->id % SERVICES_MAX) & 1))
		return 0;
	if (sock->skc_state == TCP_STATE_REQUEST)
		return 1;
	inner = (const struct sock___local *)bpf_skc_to_tcp_sock(sock);
	return inner && !sock_is_own_dial(inner);
}

/* The kernel holds the socket's lock. */
SEC("iter/tcp") int gate_kill(struct bpf_iter__tcp *ctx)
{
	struct sock_common___local *sock = ctx->sk_common;
	__u8 address[16] __attribute__((aligned(8)));
	struct target *target_;
	__u32 zero = 0;
	__u8 state;

	if (!sock)
		return 0;
	state = sock->skc_state;
	target_ = bpf_map_lookup_elem(&target, &zero);
	if (!target_ || !is_open(state))
		return 0;
	read_remote(sock, address);
	if (!is_targeted(target_, address) || !is_meant(sock, target_->services))
		return 0;
	if (bpf_sock_destroy && !bpf_sock_destroy(sock) && state != TCP_STATE_REQUEST)
		__sync_fetch_and_add(&target_->closed, 1);
	return 0;
}
