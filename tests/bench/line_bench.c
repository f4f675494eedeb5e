/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line_bench: the time from the line of a followed log that decides to the first SYN of that source that the gate's own program
 * refuses.
 *
 *	line_bench refuse LOG OTHERS COUNT PROGRAM [ADDR PORT]
 *	line_bench event LOG OTHERS COUNT
 *
 * refuse: each round takes another source and appends two lines that a node writes of a mute peer; the second decides. Then the
 * pinned TC program PROGRAM is run on SYNs of the source (BPF_PROG_TEST_RUN), one after the other, until one is refused. With ADDR and
 * PORT the source, of 198.18.0.0/15, any address of which must be this host's, really connects there twice before, as the kernel must
 * have seen it; and once behind, when it must get no answer. event: a process of its own waits for the file's
 * events as the follower does, and reads; the time from the append to its read. OTHERS: none; beside: 10,000 lines a second
 * go to another file of the folder meanwhile; same: to the log itself. Between rounds everybody falls asleep.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "syn.h"

enum {
	PAUSE_US = 3000, /* and up to as much again: who has nothing to do is asleep long before */
	GIVE_UP_US = 2000000,
	OTHERS_A_MS = 10,
	SILENCE_MS =
		100, /* a connect that has no answer by then was refused; it takes 0.1 ms here */
};

struct bench {
	const char *path;
	int log, program;
	bool connects;
	struct sockaddr_in to;
	unsigned int count, taken;
	double *us;
};

static void die(const char *what)
{
	fprintf(stderr, "line_bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void fall_asleep(void)
{
	usleep(PAUSE_US + (unsigned int)rand() % PAUSE_US);
}

/* Random, none twice: the odd factor walks through all of the network. Who is only read of is nobody who is refused. */
static uint32_t source(const struct bench *self, uint32_t i)
{
	if (self->connects)
		return htonl(198u << 24 | 18 << 16 | (i * 2654435761u & 0x1ffff));
	return htonl((self->program < 0 ? 87u : 86u) << 24 | (i * 2654435761u & 0xffffff));
}

/* --- what a node writes --- */

static void stamp(char ret[64])
{
	struct timespec now;
	struct tm tm;
	size_t length;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	length = strftime(ret, 64, "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(ret + length, 64 - length, ".%02ld", now.tv_nsec / 10000000);
}

static void append(int fd, const char *text)
{
	size_t length = strlen(text);

	if (write(fd, text, length) != (ssize_t)length)
		die("write");
}

static void append_mute(int fd, uint32_t from, unsigned int port, unsigned int i)
{
	char text[1024], addr[INET_ADDRSTRLEN], time[64];

	stamp(time);
	inet_ntop(AF_INET, &from, addr, sizeof(addr));
	snprintf(text, sizeof(text),
		 "{\"agent\":\"storm/1.0\",\"direction\":\"Inbound\",\"error\":\"chain state: no "
		 "chain status for peer\",\"level\":\"debug\",\"msg\":\"Initiate peer "
		 "disconnection\",\"multiaddr\":\"/ip4/%s/tcp/%u/p2p/16Uiu2HAmLine%u\",\"package\":"
		 "\"beacon-chain/p2p\",\"remainingActivePeers\":3,\"time\":\"%s\"}\n",
		 addr, port, i, time);
	append(fd, text);
}

static int open_log(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path);
	return fd;
}

/* Writes what a node writes else, OTHERS_A_MS lines each ms, each a write of its own, until its parent ends. */
static pid_t start_others(const char *log, const char *others)
{
	char path[PATH_MAX], text[512], time[64];
	double began = now_us();
	pid_t pid;
	int fd;

	if (!strcmp(others, "none"))
		return 0;
	snprintf(path, sizeof(path), "%s%s", log, !strcmp(others, "same") ? "" : ".other");
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open_log(path);
	for (uint64_t written = 0;; usleep(500)) {
		stamp(time);
		snprintf(text, sizeof(text),
			 "{\"level\":\"debug\",\"msg\":\"Received "
			 "block\",\"package\":\"beacon-chain/"
			 "sync\",\"slot\":%u,\"time\":\"%s\"}\n",
			 (unsigned int)written, time);
		for (; (double)written < (now_us() - began) / 1e3 * OTHERS_A_MS; written++)
			append(fd, text);
	}
}

/* --- refused --- */

/* The port that it came from; 0: nobody answered. */
static unsigned int knock(const struct bench *self, uint32_t from)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = from};
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd one = {.fd = fd, .events = POLLOUT};
	bool is_in;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("a source of 198.18.0.0/15");
	is_in = !connect(fd, (const struct sockaddr *)&self->to, sizeof(self->to)) ||
		(errno == EINPROGRESS && poll(&one, 1, SILENCE_MS) == 1 &&
		 !(one.revents & POLLERR));
	getsockname(fd, (struct sockaddr *)&at, &length);
	close(fd);
	return is_in ? ntohs(at.sin_port) : 0;
}

static unsigned int come_from(const struct bench *self, uint32_t from, unsigned int port)
{
	if (!self->connects)
		return port;
	port = knock(self, from);
	if (!port)
		die("a source that nobody spoke of was refused");
	return port;
}

static double refuse_once(const struct bench *self, unsigned int i)
{
	uint32_t from = source(self, i);
	struct syn syn = syn_from(from);
	unsigned int port;
	double began, took;

	append_mute(self->log, from, come_from(self, from, 40000), i);
	port = come_from(self, from, 40001);
	fall_asleep();
	if (syn_is_refused(self->program, &syn))
		return -1; /* one line refuses nobody: it was refused for something else */
	began = now_us();
	append_mute(self->log, from, port, i);
	do {
		took = now_us() - began;
		if (took > GIVE_UP_US) {
			errno = ETIMEDOUT;
			die("no SYN was refused within two seconds");
		}
	} while (!syn_is_refused(self->program, &syn));
	took = now_us() - began;
	if (self->connects && knock(self, from))
		die("a refused source has connected");
	return took;
}

/* --- read --- */

/* The follower's part alone: an event of the folder, and a read to the end. Tells when in @when. */
static pid_t start_reader(const char *path, volatile double *when)
{
	char folder[PATH_MAX], events[4096], bytes[1 << 16];
	int watch, fd;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(folder, sizeof(folder), "%s", path);
	fd = open(path, O_RDONLY);
	watch = inotify_init();
	if (fd < 0 || watch < 0 || inotify_add_watch(watch, dirname(folder), IN_MODIFY) < 0)
		die(path);
	lseek(fd, 0, SEEK_END);
	while (read(watch, events, sizeof(events)) > 0) {
		bool has_line = false;

		for (ssize_t length; (length = read(fd, bytes, sizeof(bytes))) > 0;)
			has_line |= memmem(bytes, (size_t)length, "16Uiu2HAmLine", 13) != NULL;
		if (has_line)
			*when = now_us();
	}
	exit(1);
}

static double event_once(const struct bench *self, volatile double *when, unsigned int i)
{
	double began;

	fall_asleep();
	*when = 0;
	began = now_us();
	append_mute(self->log, source(self, i), 40000, i);
	while (!*when)
		if (now_us() - began > GIVE_UP_US) {
			errno = ETIMEDOUT;
			die("the line was not read within two seconds");
		}
	return *when - began;
}

/* --- all of it --- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(struct bench *self)
{
	if (!self->taken)
		die("nothing was measured");
	qsort(self->us, self->taken, sizeof(*self->us), compare);
	printf("%u | %.0f | %.0f | %.0f | %.0f\n", self->taken, self->us[self->taken / 2],
	       self->us[self->taken * 9 / 10], self->us[self->taken * 99 / 100],
	       self->us[self->taken - 1]);
}

static void run(struct bench *self, bool is_event)
{
	volatile double *when = mmap(NULL, sizeof(*when), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t reader = is_event ? start_reader(self->path, when) : 0;

	usleep(200000); /* the reader watches, the others write */
	for (unsigned int i = 0; i < self->count; i++) {
		double took = is_event ? event_once(self, when, i) : refuse_once(self, i);

		if (took >= 0)
			self->us[self->taken++] = took;
	}
	if (reader)
		kill(reader, SIGKILL);
}

int main(int argc, char **argv)
{
	bool is_event = argc == 5 && !strcmp(argv[1], "event");
	struct bench self = {0};
	pid_t others;

	if (!is_event && (argc < 6 || argc == 7 || strcmp(argv[1], "refuse"))) {
		fprintf(stderr, "usage: line_bench refuse LOG none|beside|same COUNT PROGRAM [ADDR "
				"PORT] | event LOG none|beside|same COUNT\n");
		return 2;
	}
	self.path = argv[2];
	self.log = open_log(self.path);
	self.count = (unsigned int)strtoul(argv[4], NULL, 10);
	self.us = calloc(self.count + 1, sizeof(*self.us));
	self.program = is_event ? -1 : bpf_obj_get(argv[5]);
	self.connects = argc > 7;
	if (!self.us || (!is_event && self.program < 0))
		die(is_event ? "memory" : argv[5]);
	if (self.connects) {
		self.to = (struct sockaddr_in){.sin_family = AF_INET,
					       .sin_port = htons((uint16_t)atoi(argv[7]))};
		inet_pton(AF_INET, argv[6], &self.to.sin_addr);
	}
	srand((unsigned int)time(NULL));
	others = start_others(self.path, argv[3]);
	run(&self, is_event);
	if (others)
		kill(others, SIGKILL);
	print(&self);
	return 0;
}
