/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream: how much one TCP connection carries in a while.
 *
 *	stream take PORT                     takes one connection after the other and throws away what comes
 *	stream give ADDRESS PORT SECONDS     prints the Gbit/s that it could send
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 128 * 1024 };

static char chunk[CHUNK];

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int take(const char *port)
{
	struct sockaddr_in self = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, peer;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&self, sizeof(self)) || listen(fd, 8))
		return fail("take");
	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		while (recv(peer, chunk, sizeof(chunk), MSG_TRUNC) > 0)
			;
		close(peer);
	}
	return fail("accept");
}

static int give(const char *address, const char *port, double seconds)
{
	struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	double start, sent = 0;

	inet_pton(AF_INET, address, &peer.sin_addr);
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)))
		return fail("connect");
	start = now_s();
	while (now_s() - start < seconds) {
		ssize_t got = send(fd, chunk, sizeof(chunk), 0);

		if (got < 0)
			return fail("send");
		sent += (double)got;
	}
	printf("%.2f\n", sent * 8 / 1e9 / (now_s() - start));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "take"))
		return take(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "give"))
		return give(argv[2], argv[3], atof(argv[4]));
	fprintf(stderr, "stream take PORT | give ADDRESS PORT SECONDS\n");
	return 2;
}
