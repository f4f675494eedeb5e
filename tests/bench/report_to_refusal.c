/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_to_refusal: the time from a report's first byte on the socket to the first SYN of that source that the gate's own
 * program refuses.
 *
 *	report_to_refusal SOCKET PROGRAM COUNT
 *
 * PROGRAM is the pinned TC program that the daemon uses. Each round takes another source, sends one report that proves it bad,
 * and runs the program on SYNs of that source (BPF_PROG_TEST_RUN), one after the other, until one is refused. Between two
 * rounds the daemon falls asleep, so its waking up counts. Prints the distribution in µs on one line.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "socket.h"
#include "syn.h"

enum { PAUSE_US = 300, GIVE_UP_US = 1000000 };

static void die(const char *what)
{
	fprintf(stderr, "report_to_refusal: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Spread over 84.0.0.0/8, so that no network holds many; the odd factor walks through all. Nothing of it leaves this process. */
static uint32_t source(uint32_t i)
{
	return htonl(84u << 24 | (i * 2654435761u & 0xffffff));
}

static void report(int fd, uint32_t i, uint32_t from)
{
	char text[256], addr[INET_ADDRSTRLEN];
	int length;

	inet_ntop(AF_INET, &from, addr, sizeof(addr));
	length = snprintf(
		text, sizeof(text),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"gate_report\",\"params\":[{\"peer\":"
		"\"16Uiu2HAmBench%u\",\"addr\":\"/ip4/%s/tcp/40000\",\"direction\":\"inbound\","
		"\"event\":\"response\",\"result\":\"invalid\"}]}\n",
		i, addr);
	if (write(fd, text, (size_t)length) != length)
		die("write");
}

static void take_answer(int fd)
{
	char text[4096];
	ssize_t length = read(fd, text, sizeof(text) - 1);

	if (length <= 0)
		die("read");
	text[length] = '\0';
	if (strstr(text, "\"taken\":1"))
		return;
	fprintf(stderr, "report_to_refusal: %s", text);
	exit(1);
}

/* µs, or below 0 when the source was refused before. */
static double one_round(int fd, int program, uint32_t i)
{
	uint32_t from = source(i);
	struct syn syn = syn_from(from);
	double began, took;

	if (syn_is_refused(program, &syn))
		return -1;
	began = now_us();
	report(fd, i, from);
	do {
		if (now_us() - began > GIVE_UP_US) {
			errno = ETIMEDOUT;
			die("no SYN was refused within a second");
		}
	} while (!syn_is_refused(program, &syn));
	took = now_us() - began;
	take_answer(fd);
	usleep(PAUSE_US);
	return took;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	unsigned int count, taken = 0;
	int fd, program;
	double *us;

	if (argc != 4) {
		fprintf(stderr, "usage: report_to_refusal SOCKET PROGRAM COUNT\n");
		return 2;
	}
	count = (unsigned int)strtoul(argv[3], NULL, 10);
	us = calloc(count + 1, sizeof(*us));
	fd = socket_connect(argv[1], 0);
	program = bpf_obj_get(argv[2]);
	if (program < 0)
		die(argv[2]);
	for (unsigned int i = 0; us && taken < count; i++) {
		double took = one_round(fd, program, i);

		if (took >= 0)
			us[taken++] = took;
	}
	qsort(us, taken, sizeof(*us), compare);
	printf("%u reports: p50 %.0f us, p90 %.0f us, p99 %.0f us, most %.0f us\n", taken,
	       us[taken / 2], us[taken * 9 / 10], us[taken * 99 / 100], us[taken - 1]);
	return 0;
}
