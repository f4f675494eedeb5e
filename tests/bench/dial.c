/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dial: what the dial door adds to connect() and sendto(), with 100,000 records held.
 *
 *	dial CGROUP_WITHOUT CGROUP_WITH
 *
 * In a network namespace with a default route. This process moves between the two cgroups, makes a batch of sockets in each,
 * and times the calls only; both kinds take turns, and what counts is the median of the differences between neighbours.
 * Half of the destinations are among the records, none is refused.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <peergate/abi.h>

#include "gate.skel.h"

enum { RECORDS = 100000, BATCH = 256, ROUNDS = 400, DATAGRAM = 1200 };
enum side { WITHOUT, WITH };

struct bench {
	struct gate_bpf *gate;
	const char *cgroups[2];
	uint32_t drawn; /* destinations so far */
	int socks[BATCH];
	double ns[2][ROUNDS];
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "dial: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Public addresses, each number once: 11.0.0.0 and on, scattered over 2^22. */
static uint32_t address_of(uint32_t i)
{
	return 0x0b000000u + (i * 2654435761u >> 10);
}

static void fill(const struct gate_bpf *gate)
{
	struct record record = {.until = FOREVER_NS,
				.standing = STANDING_POOR,
				.reason = REASON_TOO_MANY_PEERS,
				.services = 1};

	for (uint32_t i = 0; i < RECORDS; i++) {
		struct source_key key = {.address = {[2] = 0xff, [3] = 0xff}};
		uint32_t address = htonl(address_of(2 * i));

		memcpy(key.address + 4, &address, 4);
		must(!bpf_map_update_elem(bpf_map__fd(gate->maps.sources), &key, &record, BPF_ANY),
		     "a record");
	}
}

static void set(const struct gate_bpf *gate, enum reach reach, bool banned)
{
	struct settings settings = {.abi = PEERGATE_ABI,
				    .mode = MODE_ENFORCE,
				    .lease = FOREVER_NS,
				    .dial = reach,
				    .dial_banned = banned,
				    .dial_ports = {53, 123, 853, 8545, 8546, 8551, 18550}};

	must(!bpf_map_update_elem(bpf_map__fd(gate->maps.settings), &(__u32){0}, &settings,
				  BPF_ANY),
	     "settings");
}

static void hang(const struct gate_bpf *gate, const char *cgroup)
{
	int folder = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	must(folder >= 0, cgroup);
	must(bpf_program__attach_cgroup(gate->progs.gate_connect4, folder), "connect4");
	must(bpf_program__attach_cgroup(gate->progs.gate_sendmsg4, folder), "sendmsg4");
	close(folder);
}

static void move_to(const char *cgroup)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	file = fopen(path, "we");
	must(file && fprintf(file, "%d\n", (int)getpid()) > 0 && !fclose(file), path);
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct sockaddr_in draw(struct bench *self)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9000)};

	to.sin_addr.s_addr = htonl(address_of(self->drawn++ % (4 * RECORDS)));
	return to;
}

/* ns of one call, over a batch. */
static double batch(struct bench *self, int kind)
{
	static const char datagram[DATAGRAM];
	double from, ns;

	for (int i = 0; i < BATCH; i++)
		self->socks[i] = socket(AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	must(self->socks[BATCH - 1] >= 0, "a socket");
	from = now_ns();
	for (int i = 0; i < BATCH; i++) {
		struct sockaddr_in to = draw(self);

		if (kind == SOCK_STREAM)
			must(connect(self->socks[i], (struct sockaddr *)&to, sizeof(to)) &&
				     errno == EINPROGRESS,
			     "connect");
		else
			must(sendto(self->socks[i], datagram, sizeof(datagram), 0,
				    (struct sockaddr *)&to, sizeof(to)) == DATAGRAM,
			     "sendto");
	}
	ns = (now_ns() - from) / BATCH;
	for (int i = 0; i < BATCH; i++)
		close(self->socks[i]);
	return ns;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int count)
{
	qsort(values, count, sizeof(*values), by_size);
	return values[count / 2];
}

static void measure(struct bench *self, int kind, const char *what)
{
	double differences[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		/* Who is first takes turns, too: the second finds a warmer cache. */
		for (int turn = 0; turn < 2; turn++) {
			enum side side = (round + turn) % 2 ? WITH : WITHOUT;

			move_to(self->cgroups[side]);
			self->ns[side][round] = batch(self, kind);
		}
		differences[round] = self->ns[WITH][round] - self->ns[WITHOUT][round];
	}
	printf("| %s | %.0f | %.0f | %+.0f |\n", what, median(self->ns[WITHOUT], ROUNDS),
	       median(self->ns[WITH], ROUNDS), median(differences, ROUNDS));
}

int main(int argc, char **argv)
{
	struct bench bench = {0};

	if (argc != 3) {
		fprintf(stderr, "usage: dial CGROUP_WITHOUT CGROUP_WITH\n");
		return 2;
	}
	memcpy(bench.cgroups, argv + 1, sizeof(bench.cgroups));
	bench.gate = gate_bpf__open_and_load();
	must(bench.gate, "loading the gate (root is needed)");
	fill(bench.gate);
	hang(bench.gate, bench.cgroups[WITH]);
	printf("| call | ns without | ns with | added |\n| --- | --- | --- | --- |\n");
	set(bench.gate, REACH_OFF, false);
	measure(&bench, SOCK_STREAM, "connect(), TCP; everything off");
	measure(&bench, SOCK_DGRAM, "sendto(), 1,200 bytes; everything off");
	set(bench.gate, REACH_BOGON, false);
	measure(&bench, SOCK_STREAM, "connect(), TCP; dial = bogon");
	measure(&bench, SOCK_DGRAM, "sendto(), 1,200 bytes; dial = bogon");
	set(bench.gate, REACH_BOGON, true);
	measure(&bench, SOCK_STREAM, "connect(), TCP; and dial-banned = yes");
	return 0;
}
