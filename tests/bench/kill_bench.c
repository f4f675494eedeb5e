/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kill_bench: the time from `gate_ban` with close on the admin socket to the end of all live connections of that source, as its own
 * end sees it, while many others live.
 *
 *	kill_bench serve ADDR PORT                                         accepts for ever and says nothing
 *	kill_bench kill SOCKET ADDR PORT CONNECTIONS EACH ROUNDS          one row of Markdown, ms
 *
 * Each source has EACH connections; what is closed is made anew from another source, so that CONNECTIONS live at all times.
 * Sources are 198.18.0.0/16, any address of which must be this host's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { EACH_MAX = 64, PAUSE_US = 20000, GIVE_UP_MS = 5000 };

static void die(const char *what)
{
	fprintf(stderr, "kill_bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void allow_many(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static struct sockaddr_in address(const char *text, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	if (inet_pton(AF_INET, text, &at.sin_addr) != 1)
		die(text);
	return at;
}

static int serve(const char *addr, int port)
{
	struct sockaddr_in at = address(addr, port);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 4096))
		die(addr);
	puts("ready");
	fflush(stdout);
	/* Who was closed is not noticed: its descriptor stays until the end. */
	while (accept(fd, NULL, NULL) >= 0)
		;
	die("accept");
	return 1;
}

static void source_text(unsigned int n, char ret[32])
{
	snprintf(ret, 32, "198.18.%u.%u", n / 250 % 256, n % 250 + 1);
}

static int dial(unsigned int source, const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in from;
	char text[32];

	source_text(source, text);
	from = address(text, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		die(text);
	return fd;
}

static int connect_to(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)))
		die(path);
	return fd;
}

/* Waits until every one of @fds has been reset. */
static void wait_for_ends(const int *fds, unsigned int count)
{
	double from_ms = now_ms();

	for (unsigned int i = 0; i < count; i++) {
		struct pollfd one = {.fd = fds[i], .events = POLLIN};

		while (poll(&one, 1, GIVE_UP_MS) == 1 && !(one.revents & (POLLERR | POLLHUP)))
			;
		if (now_ms() - from_ms >= GIVE_UP_MS) {
			errno = ETIMEDOUT;
			die("a connection that should have been closed");
		}
	}
}

/* Bans @source with close; returns ms until the last of its connections ended, and until the answer. */
static void round_of(int daemon, unsigned int source, const int *fds, unsigned int each,
		     double *ret_ended, double *ret_answered)
{
	char line[256], text[32];
	double from_ms;
	int length;

	source_text(source, text);
	length = snprintf(
		line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"gate_ban\",\"params\":{\"addr\":"
		"\"%s\",\"close\":true}}\n",
		text);
	from_ms = now_ms();
	if (write(daemon, line, (size_t)length) != length)
		die("the daemon's socket");
	wait_for_ends(fds, each);
	*ret_ended = now_ms() - from_ms;
	length = (int)read(daemon, line, sizeof(line) - 1);
	*ret_answered = now_ms() - from_ms;
	line[length > 0 ? length : 0] = '\0';
	snprintf(text, sizeof(text), "\"closed\":%u", each);
	if (!strstr(line, text)) {
		fprintf(stderr, "kill_bench: not %s: %s\n", text, line);
		exit(1);
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *what, double *all, unsigned int count)
{
	qsort(all, count, sizeof(*all), by_size);
	printf(" %s %.1f / %.1f / %.1f / %.1f |", what, all[count / 2], all[count * 9 / 10],
	       all[count * 99 / 100], all[count - 1]);
}

static int measure(int daemon, const struct sockaddr_in *to, unsigned int connections,
		   unsigned int each, unsigned int rounds)
{
	unsigned int sources = connections / each;
	int(*fds)[EACH_MAX] = calloc(sources, sizeof(*fds));
	double *ended = calloc(rounds, sizeof(*ended)),
	       *answered = calloc(rounds, sizeof(*answered));

	if (!fds || !ended || !answered)
		die("memory");
	for (unsigned int i = 0; i < sources; i++)
		for (unsigned int n = 0; n < each; n++)
			fds[i][n] = dial(i, to);
	for (unsigned int i = 0; i < rounds; i++) {
		/* Any of them, so that it is anywhere on the walk; each round another one. */
		unsigned int at = (i * 7919U) % sources;

		usleep(PAUSE_US);
		round_of(daemon, at, fds[at], each, &ended[i], &answered[i]);
		for (unsigned int n = 0; n < each; n++) {
			close(fds[at][n]);
			fds[at][n] = dial(sources + i + sources, to);
		}
	}
	printf("| %u | %u |", connections, each);
	print("", ended, rounds);
	print("", answered, rounds);
	puts("");
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to;

	allow_many();
	if (argc == 4 && !strcmp(argv[1], "serve"))
		return serve(argv[2], atoi(argv[3]));
	if (argc != 8 || strcmp(argv[1], "kill") || atoi(argv[6]) < 1 || atoi(argv[6]) > EACH_MAX) {
		fprintf(stderr,
			"kill_bench serve ADDR PORT | kill SOCKET ADDR PORT CONNECTIONS EACH "
			"ROUNDS\n");
		return 2;
	}
	to = address(argv[3], atoi(argv[4]));
	return measure(connect_to(argv[2]), &to, (unsigned int)atoi(argv[5]),
		       (unsigned int)atoi(argv[6]), (unsigned int)atoi(argv[7]));
}
