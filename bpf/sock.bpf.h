/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* sock: the few members of the kernel's sockets and iterators that are read here, found by name on each kernel (CO-RE). */
#ifndef SOCK_BPF_H
#define SOCK_BPF_H

#include <bpf/bpf_core_read.h>
#include <peergate/source.h>

#include "maps.bpf.h"

/* net/tcp_states.h, linux/socket.h, net/sock.h; asm-generic/errno.h. */
enum {
	TCP_STATE_ESTABLISHED = 1,
	TCP_STATE_FIN_WAIT1 = 4,
	TCP_STATE_FIN_WAIT2 = 5,
	TCP_STATE_CLOSE = 7,
	TCP_STATE_CLOSE_WAIT = 8,
	TCP_STATE_LAST_ACK = 9,
	TCP_STATE_CLOSING = 11,
};
enum { FAMILY_INET = 2, FAMILY_INET6 = 10, BOUND_PORT = 8 };
enum { ERROR_PIPE = 32, ERROR_ABORTED = 103, ERROR_RESET = 104 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct net___local {
	__u64 net_cookie;
};

struct sock_common___local {
	__u32 skc_daddr;
	__u16 skc_dport, skc_num, skc_family;
	volatile unsigned char skc_state;
	struct {
		struct net___local *net;
	} skc_net;
	struct in6___local {
		union {
			__u32 u6_addr32[4];
		} in6_u;
	} skc_v6_daddr;
};

struct sock___local {
	__u8 sk_userlocks : 4; /* a byte of its own since 6.12 */
	int sk_err;
	__u8 sk_shutdown;
};

struct tcp_sock___local {
	__u8 bpf_sock_ops_cb_flags;
};

struct bpf_iter_meta___local {
	struct seq_file *seq;
};

struct bpf_iter__tcp {
	struct bpf_iter_meta___local *meta;
	struct sock_common___local *sk_common;
};

#pragma clang attribute pop

/*
 * A socket that we dialled with, from the very port that we listen on: only a port asked for by bind() is locked, which the sockets
 * of accepted connections do not inherit (sk_clone_lock()).
 */
static __always_inline int sock_is_own_dial(const struct sock___local *sock)
{
	return BPF_CORE_READ_BITFIELD(sock, sk_userlocks) & BOUND_PORT;
}

/* The service whose listener has this port; NULL: not one of ours. */
static __always_inline const struct service *sock_service(__u64 namespace_cookie, __u16 port)
{
	struct listener_key key = {
		.namespace_cookie = namespace_cookie,
		.port = {.port = port, .transport = TRANSPORT_TCP},
	};
	const struct service *service = bpf_map_lookup_elem(&listeners, &key);

	return service && service->id < SERVICES_MAX ? service : NULL;
}

#endif
