/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ask_bench: how long a client waits for an answer, one question at a time, as a node asks before it goes on.
 *
 *	ask_bench SOCKET admit ROUNDS PEERS
 *	ask_bench SOCKET rank ROUNDS PEERS CANDIDATES WANT
 *
 * admit: gate_admit of known peers at known addresses, drawn at random; beside it rpc_modules, which asks nothing: what the
 * socket and two wake-ups cost. rank: gate_rank of so many candidates, half of them in the book; from the call's last byte to the
 * answer's first. Prints Markdown rows with p50, p90, p99 and the longest.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "socket.h"

enum { ANSWER_MAX = 1 << 22, REQUEST_MAX = 4096 };

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static void write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t sent = write(fd, bytes, length);

		if (sent <= 0) {
			fprintf(stderr, "ask_bench: write: %s\n", strerror(errno));
			exit(1);
		}
		bytes += sent;
		length -= (size_t)sent;
	}
}

/* Until the newline behind an answer; the moment of its first byte. An error as an answer ends the run. */
static uint64_t read_answer(int fd, char *answer)
{
	uint64_t first_ns = 0;
	size_t length = 0;

	do {
		ssize_t got = read(fd, answer + length, ANSWER_MAX - 1 - length);

		if (got <= 0) {
			fprintf(stderr, "ask_bench: read: %s\n", got ? strerror(errno) : "closed");
			exit(1);
		}
		if (!first_ns)
			first_ns = now_ns();
		length += (size_t)got;
	} while (answer[length - 1] != '\n' && length < ANSWER_MAX - 1);
	answer[length] = '\0';
	if (strstr(answer, "\"error\":{")) {
		fprintf(stderr, "ask_bench: %.300s\n", answer);
		exit(1);
	}
	return first_ns;
}

static size_t admit_request(char *ret, unsigned long peer)
{
	char addr[64];

	return (size_t)snprintf(
		ret, REQUEST_MAX,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"gate_admit\",\"params\":"
		"{\"peer\":\"16Uiu2HAmPeer%08lx\",\"addr\":\"%s\",\"direction\":\"inbound\"}}\n",
		peer, socket_address(peer, addr));
}

static size_t modules_request(char *ret)
{
	return (size_t)snprintf(ret, REQUEST_MAX,
				"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc_modules\"}\n");
}

static char *rank_request(unsigned long peers, unsigned long candidates, unsigned long want,
			  unsigned long seed, size_t *ret_length)
{
	size_t room = 256 + candidates * 256, length;
	char *text = malloc(room), addr[64];

	if (!text)
		exit(1);
	length = (size_t)snprintf(
		text, room,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"gate_rank\",\"params\":{"
		"\"want\":%lu,\"seed\":%lu,\"candidates\":[",
		want, seed);
	for (unsigned long i = 0; i < candidates; i++) {
		/* The odd ones were never met. */
		unsigned long peer = (seed * 7919 + i) * 40503 % peers + (i % 2 ? peers : 0);

		length += (size_t)snprintf(text + length, room - length,
					   "%s{\"peer\":\"16Uiu2HAmPeer%08lx\",\"addrs\":[\"%s\"]}",
					   i ? "," : "", peer, socket_address(peer, addr));
	}
	length += (size_t)snprintf(text + length, room - length, "]}}\n");
	*ret_length = length;
	return text;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t print_row(const char *what, uint64_t *ns, unsigned long count)
{
	qsort(ns, count, sizeof(*ns), by_value);
	printf("| %s | %.1f | %.1f | %.1f | %.1f |", what, (double)ns[count / 2] / 1e3,
	       (double)ns[count * 9 / 10] / 1e3, (double)ns[count * 99 / 100] / 1e3,
	       (double)ns[count - 1] / 1e3);
	return ns[count / 2];
}

static void bench_admit(int fd, unsigned long rounds, unsigned long peers, char *answer)
{
	uint64_t *asked = calloc(rounds, sizeof(*asked)), *plain = calloc(rounds, sizeof(*plain));
	char request[REQUEST_MAX];
	uint64_t base;

	if (!asked || !plain)
		exit(1);
	/* In turn, so that both see the same machine. */
	for (unsigned long i = 0; i < rounds; i++) {
		size_t length = admit_request(request, i * 40503 % peers);
		uint64_t from = now_ns();

		write_all(fd, request, length);
		asked[i] = read_answer(fd, answer) - from;
		length = modules_request(request);
		from = now_ns();
		write_all(fd, request, length);
		plain[i] = read_answer(fd, answer) - from;
	}
	base = print_row("rpc_modules: the round trip alone", plain, rounds);
	printf(" 1 |\n");
	printf(" %.2f |\n", (double)print_row("gate_admit", asked, rounds) / (double)base);
	free(asked);
	free(plain);
}

static void bench_rank(int fd, unsigned long rounds, char **argv, char *answer)
{
	unsigned long peers = strtoul(argv[4], NULL, 10), candidates = strtoul(argv[5], NULL, 10);
	unsigned long want = strtoul(argv[6], NULL, 10);
	uint64_t *took = calloc(rounds, sizeof(*took));

	if (!took)
		exit(1);
	for (unsigned long i = 0; i < rounds; i++) {
		size_t length;
		char *text = rank_request(peers, candidates, want, i, &length);
		uint64_t from;

		/* All but the last bytes, and a moment for the daemon to have them. */
		write_all(fd, text, length - 16);
		usleep(20000);
		from = now_ns();
		write_all(fd, text + length - 16, 16);
		took[i] = read_answer(fd, answer) - from;
		free(text);
	}
	print_row("gate_rank", took, rounds);
	printf("\n");
	free(took);
}

int main(int argc, char **argv)
{
	char *answer = malloc(ANSWER_MAX);
	int fd;

	if (argc < 5 || !answer || (!strcmp(argv[2], "rank") && argc != 7)) {
		fprintf(stderr,
			"usage: ask_bench SOCKET admit|rank ROUNDS PEERS [CANDIDATES WANT]\n");
		return 2;
	}
	fd = socket_connect(argv[1], 0);
	printf("| question | p50 µs | p90 | p99 | longest | p50 over the first |\n| --- | --- | "
	       "--- | --- | --- | --- |\n");
	if (!strcmp(argv[2], "admit"))
		bench_admit(fd, strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10), answer);
	else
		bench_rank(fd, strtoul(argv[3], NULL, 10), argv, answer);
	free(answer);
	close(fd);
	return 0;
}
