/* SPDX-License-Identifier: BSD-2-Clause */
/* diag: questions to sock_diag(7), which lists a namespace's sockets without any privilege and, with CAP_NET_ADMIN, ends them. */
#ifndef DIAG_H
#define DIAG_H

#include <linux/inet_diag.h>
#include <linux/netlink.h>

/* include/net/tcp_states.h, as bits of idiag_states. */
enum {
	DIAG_ESTABLISHED = 1 << 1,
	DIAG_FIN_WAIT1 = 1 << 4,
	DIAG_FIN_WAIT2 = 1 << 5,
	DIAG_CLOSE = 1 << 7, /* a bound UDP socket that is not connected */
	DIAG_CLOSE_WAIT = 1 << 8,
	DIAG_LAST_ACK = 1 << 9,
	DIAG_LISTEN = 1 << 10,
	DIAG_CLOSING = 1 << 11,
};

/* A socket for the questions, of the calling thread's namespace; one question at a time. Returns it, or a negative errno. */
int diag_open(void);

/*
 * Hands out each socket that fits @request (family, protocol, states; a port of its id that is not 0): an inet_diag_msg and its
 * attributes. @take returns 0 or what the dump is to return; the rest is read all the same. Else 0 or a negative errno.
 */
int diag_dump(int fd, const struct inet_diag_req_v2 *request,
	      int (*take)(void *context, const struct nlmsghdr *header), void *context);

/* Ends the one that @request names. -ENOENT: it is not there; -EPERM; -EOPNOTSUPP: no CONFIG_INET_DIAG_DESTROY. */
int diag_destroy(int fd, const struct inet_diag_req_v2 *request);

#endif
