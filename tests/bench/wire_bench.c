/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire_bench: how many requests a second the daemon serves on one connection, pipelined, and how much of one core that takes.
 *
 *	wire_bench SOCKET ban|report|reports|handshakes|answers|explain COUNT [PEERS]
 *
 * Each request names another address of 85.0.0.0/8 or, every fourth, 2001:db8::/32; of PEERS peers (100,000), each has one of its own.
 * report: a handshake that timed out; reports: the same, a hundred in a request; handshakes, answers: a hundred good ones in a
 * request, of peers in an order that no cache likes. Prints one line: requests a second of
 * wall time, and a second of the daemon's own CPU time, which is what one core of its own would give.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "socket.h"

enum { CHUNK = 65536, REQUEST_MAX = 32768, LIST = 100, PEERS = 100000 };

struct run {
	int fd;
	const char *kind;
	unsigned long count, written, answered, failed, peers;
	char out[CHUNK];
	size_t out_length, out_at;
	char head[64]; /* how the present answer begins */
	size_t head_length;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_seconds(pid_t pid)
{
	char path[64];
	long ticks_user = 0, ticks_system = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*d %*d %*d %*d %*d %ld %ld",
			    &ticks_user, &ticks_system) != 2)
		fprintf(stderr, "wire_bench: %s cannot be read\n", path);
	if (file)
		fclose(file);
	return (double)(ticks_user + ticks_system) / (double)sysconf(_SC_CLK_TCK);
}

static int report(const struct run *self, unsigned long i, char *ret, size_t room)
{
	unsigned long peer = i * 40503 % self->peers;
	bool answer = !strcmp(self->kind, "answers"),
	     good = answer || !strcmp(self->kind, "handshakes");
	char addr[64];

	return snprintf(
		ret, room,
		"{\"peer\":\"16Uiu2HAmPeer%08lx\",\"addr\":\"%s\",\"direction\":\"inbound\","
		"\"event\":\"%s\",\"result\":\"%s\"}",
		peer, socket_address(peer, addr), answer ? "response" : "handshake",
		good ? "ok" : "timeout");
}

static size_t reports(const struct run *self, char *ret, size_t room)
{
	unsigned long i = self->written, count = strcmp(self->kind, "report") ? LIST : 1;
	size_t length = (size_t)snprintf(
		ret, room,
		"{\"jsonrpc\":\"2.0\",\"id\":%lu,\"method\":\"gate_report\",\"params\":[", i);

	for (unsigned long n = 0; n < count; n++) {
		length += (size_t)snprintf(ret + length, room - length, "%s", n ? "," : "");
		length += (size_t)report(self, i * count + n, ret + length, room - length);
	}
	return length + (size_t)snprintf(ret + length, room - length, "]}\n");
}

static size_t request(const struct run *self, char *ret, size_t room)
{
	unsigned long i = self->written;
	char addr[64];

	socket_address(i, addr);
	if (!strcmp(self->kind, "ban"))
		return (size_t)snprintf(
			ret, room,
			"{\"jsonrpc\":\"2.0\",\"id\":%lu,\"method\":\"gate_ban\",\"params\":"
			"{\"addr\":\"%s\",\"ttl\":600,\"reason\":\"bad_score\"}}\n",
			i, addr);
	if (!strcmp(self->kind, "explain"))
		return (size_t)snprintf(
			ret, room,
			"{\"jsonrpc\":\"2.0\",\"id\":%lu,\"method\":\"gate_explain\","
			"\"params\":{\"addr\":\"%s\"}}\n",
			i, addr);
	return reports(self, ret, room);
}

static void fill(struct run *self)
{
	if (self->out_at < self->out_length)
		return;
	self->out_at = self->out_length = 0;
	while (self->written < self->count && self->out_length + REQUEST_MAX < CHUNK) {
		self->out_length += request(self, self->out + self->out_length, REQUEST_MAX);
		self->written++;
	}
}

static void send_some(struct run *self)
{
	ssize_t sent;

	fill(self);
	if (self->out_at == self->out_length)
		return;
	sent = write(self->fd, self->out + self->out_at, self->out_length - self->out_at);
	if (sent > 0)
		self->out_at += (size_t)sent;
}

/* One answer a line; an error is told by its second member. */
static void count_answers(struct run *self, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != '\n') {
			if (self->head_length + 1 < sizeof(self->head))
				self->head[self->head_length++] = bytes[i];
			continue;
		}
		self->head[self->head_length] = '\0';
		self->failed += strstr(self->head, "\"error\"") != NULL;
		self->answered++;
		self->head_length = 0;
	}
}

static void read_some(struct run *self)
{
	static char bytes[CHUNK];
	ssize_t length = read(self->fd, bytes, sizeof(bytes));

	if (length > 0)
		count_answers(self, bytes, (size_t)length);
	else if (!length) {
		fprintf(stderr, "wire_bench: the daemon closed after %lu answers\n",
			self->answered);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static struct run run;
	double began, took, cpu;
	struct ucred daemon;
	socklen_t length = sizeof(daemon);

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: wire_bench SOCKET KIND COUNT [PEERS]\n");
		return 2;
	}
	run.peers = argc == 5 ? strtoul(argv[4], NULL, 10) : PEERS;
	run.kind = argv[2];
	run.count = strtoul(argv[3], NULL, 10);
	run.fd = socket_connect(argv[1], SOCK_NONBLOCK);
	getsockopt(run.fd, SOL_SOCKET, SO_PEERCRED, &daemon, &length);
	began = seconds();
	cpu = cpu_seconds(daemon.pid);
	while (run.answered < run.count) {
		bool more = run.written < run.count || run.out_at < run.out_length;
		struct pollfd at = {run.fd, (short)(POLLIN | (more ? POLLOUT : 0)), 0};

		poll(&at, 1, 10000);
		if (at.revents & POLLOUT)
			send_some(&run);
		if (at.revents & POLLIN)
			read_some(&run);
	}
	took = seconds() - began;
	cpu = cpu_seconds(daemon.pid) - cpu;
	printf("%s: %lu requests, %lu refused, %.0f a second, %.0f a second of the daemon's core\n",
	       run.kind, run.count, run.failed, (double)run.count / took, (double)run.count / cpu);
	return run.failed == run.count;
}
