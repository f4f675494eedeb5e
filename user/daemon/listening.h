/* SPDX-License-Identifier: BSD-2-Clause */
/* listening: the sockets of one network namespace to which strangers may come, by sock_diag: no privilege, no /proc. */
#ifndef LISTENING_H
#define LISTENING_H

#include <stdint.h>

#include <peergate/abi.h>

struct listening {
	struct port_key port;
	uint64_t
		cgroup; /* ID of the cgroup in which the socket was made; 0: this kernel does not tell */
};

/*
 * Hands out each TCP socket that listens and each UDP socket that is bound and not connected, both families; a port may come
 * several times. @socket: of diag_open(). Takes as long as the kernel needs for its tables: not for the loop. Returns 0 or a negative errno.
 */
int listening_each(int socket, void (*take)(void *context, const struct listening *listening),
		   void *context);

#endif
