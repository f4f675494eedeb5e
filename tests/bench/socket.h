/* SPDX-License-Identifier: BSD-2-Clause */
/* socket: what benchmarks that speak to a live daemon share: the connection, and addresses that name each number once. */
#ifndef BENCH_SOCKET_H
#define BENCH_SOCKET_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* @flags: SOCK_NONBLOCK or 0. Ends the program when there is nobody. */
static inline int socket_connect(const char *path, int flags)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at))) {
		fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return fd;
}

/* The odd factor walks through all 2^24 values, far from each other. Nothing of it leaves the machine. */
static inline const char *socket_address(unsigned long i, char text[64])
{
	uint32_t n = (uint32_t)(i * 2654435761u) & 0xffffff;

	if (i % 4)
		snprintf(text, 64, "85.%u.%u.%u", n >> 16, n >> 8 & 0xff, n & 0xff);
	else
		snprintf(text, 64, "2001:db8:%x:%x::1", n >> 16, n & 0xffff);
	return text;
}

#endif
