/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * census_bench: connections that come and go by the thousand each second, counted by their events, while a census after the
 * other counts them anew: whether both agree, and how long one slice keeps the loop.
 *
 *	census_bench CGROUP [CONNECTS_PER_SECOND [SECONDS [LIVING]]]
 *
 * CGROUP: where the sockets door hangs (a folder of the version 2 hierarchy that this process is in or below). In a network
 * namespace of its own, with maps of its own. Another thread connects and ends, this one takes slices, one a
 * millisecond, as the daemon does. Fails when a census finds anything to mend, or the end differs from the truth.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "gate_state.h"
#include "units.h"

enum { PORT = 13000, SOURCES = 4096, SLICES_MAX = 1 << 20, PAUSE_NS = 200 * 1000 * 1000 };

struct pair {
	int ours, theirs;
};

struct storm {
	unsigned int rate, seconds, living;
	struct pair *pairs; /* a ring: the oldest ends when a new one comes */
	uint64_t connects, took_ns;
	atomic_bool over;
};

struct slices {
	uint32_t *wall_ns, *cpu_ns;
	size_t count;
	unsigned int censuses;
	uint64_t sockets, missed, healed;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "census_bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void own_namespace(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	must(!unshare(CLONE_NEWNET), "a network namespace");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	must(!ioctl(fd, SIOCSIFFLAGS, &request), "lo");
	close(fd);
}

static int listen_at(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof(at)) && !listen(fd, 4096),
	     "a listener");
	return fd;
}

static struct pair open_pair(int listener, uint64_t number)
{
	const uint32_t source = 0x7f010000 + (uint32_t)(number % SOURCES); /* 127.1.0.0/20 */
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(PORT),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct pair pair = {.theirs = socket(AF_INET, SOCK_STREAM, 0)};
	const int yes = 1;

	setsockopt(pair.theirs, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
	must(!bind(pair.theirs, (struct sockaddr *)&from, sizeof(from)), "a source");
	must(!connect(pair.theirs, (struct sockaddr *)&to, sizeof(to)), "a connection");
	pair.ours = accept(listener, NULL, NULL);
	must(pair.ours >= 0, "accept");
	return pair;
}

/* Every second one by a FIN of ours, the others by a reset. */
static void end_pair(struct pair pair, uint64_t number)
{
	const struct linger at_once = {.l_onoff = 1};

	if (number % 2)
		close(pair.ours);
	setsockopt(pair.theirs, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(pair.theirs);
	if (!(number % 2))
		close(pair.ours);
}

static void *rage(void *argument)
{
	struct storm *storm = argument;
	uint64_t began_ns = clock_ns(CLOCK_MONOTONIC), due_ns = began_ns;
	uint64_t all = (uint64_t)storm->rate * storm->seconds;
	int listener = listen_at();

	for (uint64_t i = 0; i < all; i++) {
		struct pair *place = &storm->pairs[i % storm->living];

		if (i >= storm->living)
			end_pair(*place, i);
		*place = open_pair(listener, i);
		storm->connects++;
		due_ns += NS_PER_S / storm->rate;
		while (clock_ns(CLOCK_MONOTONIC) < due_ns)
			usleep(50);
	}
	storm->took_ns = clock_ns(CLOCK_MONOTONIC) - began_ns;
	close(listener);
	storm->over = true;
	return NULL;
}

static struct gate *open_gate(const char *cgroup, const char *pins)
{
	const struct gate_settings settings = {.pin_dir = pins};
	struct listener_key key = {.port = {.port = PORT, .transport = TRANSPORT_TCP}};
	const struct service service = {.name = "bench"};
	struct gate_cgroup place = {.sockets = true};
	struct settings rules = {.mode = MODE_OBSERVE, .short_ns = 15 * NS_PER_S};
	struct gate *gate = NULL;
	struct gate_door doors[GATE_DOORS_MAX];
	unsigned int count;
	struct why why = {""};
	int error = gate_open(&gate, &settings, &why);

	if (!error)
		error = gate_settings_put(gate, &rules, &why);
	key.namespace_cookie = gate_namespace_cookie();
	if (!error)
		error = gate_listeners(gate, &key, &service, 1, &why);
	snprintf(place.path, sizeof(place.path), "%s", cgroup);
	if (!error)
		error = gate_cgroups(gate, &place, 1, &why);
	if (error) {
		fprintf(stderr, "census_bench: %s\n", why.sentence);
		exit(1);
	}
	count = gate_doors(gate, doors, GATE_DOORS_MAX);
	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(doors[i].hook, "sock_ops") && !doors[i].on) {
			fprintf(stderr, "census_bench: sock_ops: %s\n", doors[i].note);
			exit(1);
		}
	return gate;
}

/* One whole census, a slice a millisecond. */
static void take_census(struct gate *gate, struct slices *slices)
{
	struct gate_census last;
	int more = gate_census_begin(gate);

	must(!more, "gate_census_begin");
	for (more = 1; more > 0;) {
		uint64_t wall_ns = clock_ns(CLOCK_MONOTONIC);
		uint64_t cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);

		more = gate_census_step(gate);
		if (slices->count < SLICES_MAX) {
			slices->cpu_ns[slices->count] =
				(uint32_t)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_ns);
			slices->wall_ns[slices->count++] =
				(uint32_t)(clock_ns(CLOCK_MONOTONIC) - wall_ns);
		}
		usleep(1000);
	}
	must(!more, "gate_census_step");
	gate_census_last(gate, &last);
	slices->censuses++;
	slices->sockets += last.found.sockets;
	slices->missed += last.found.missed;
	slices->healed += last.found.healed;
}

static int add_living(void *context, const struct source_key *source, const struct witness *witness)
{
	(void)source;
	*(uint64_t *)context += witness->live[0].living;
	return 0;
}

static uint64_t living(const struct gate *gate)
{
	uint64_t sum = 0;

	must(!gate_witness_each(gate, add_living, &sum), "the witness");
	return sum;
}

static int by_size(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void tell_slices(const char *what, uint32_t *ns, size_t count)
{
	qsort(ns, count, sizeof(*ns), by_size);
	printf("%s of a slice, ms: median %.3f, 99 of 100 below %.3f, longest %.3f (%zu slices)\n",
	       what, ns[count / 2] / 1e6, ns[count - 1 - count / 100] / 1e6, ns[count - 1] / 1e6,
	       count);
}

/* What the door itself costs: five events a connection or so, for each of which it is called. */
static void tell_door(const struct gate *gate, uint64_t connects)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(gate->programs[VARIANT_SOCK_OPS].fd, &info, &size) ||
	    !info.run_cnt)
		return;
	printf("sock_ops: %.1f calls a connection, %.0f ns each, %.0f ns a connection\n",
	       (double)info.run_cnt / (double)connects,
	       (double)info.run_time_ns / (double)info.run_cnt,
	       (double)info.run_time_ns / (double)connects);
}

static int tell(const struct gate *gate, const struct storm *storm, struct slices *slices)
{
	uint64_t found = living(gate);
	bool exact = !slices->missed && !slices->healed && found == storm->living;

	printf("connects: %llu, %.0f a second, %u alive at a time\n",
	       (unsigned long long)storm->connects,
	       (double)storm->connects * 1e9 / (double)storm->took_ns, storm->living);
	printf("censuses: %u, %.0f sockets each; mended: %llu missed, %llu gone\n",
	       slices->censuses, (double)slices->sockets / slices->censuses,
	       (unsigned long long)slices->missed, (unsigned long long)slices->healed);
	printf("alive at the end: %u, witnessed: %llu: %s\n", storm->living,
	       (unsigned long long)found, exact ? "exact" : "WRONG");
	tell_door(gate, storm->connects);
	tell_slices("CPU time", slices->cpu_ns, slices->count);
	tell_slices("time", slices->wall_ns, slices->count);
	return exact ? 0 : 1;
}

static unsigned int number(int count, char **words, int which, unsigned int otherwise)
{
	return count > which ? (unsigned int)strtoul(words[which], NULL, 10) : otherwise;
}

int main(int count, char **words)
{
	struct storm storm = {.rate = number(count, words, 2, 10000),
			      .seconds = number(count, words, 3, 10),
			      .living = number(count, words, 4, 4000)};
	const struct rlimit files = {20000, 20000};
	struct slices slices = {0};
	unsigned int detached;
	struct why why = {""};
	struct gate *gate;
	int statistics;
	pthread_t thread;
	char pins[64];
	int result;

	must(count >= 2 && storm.rate && storm.seconds && storm.living, "CGROUP is missing");
	setrlimit(RLIMIT_NOFILE, &files);
	own_namespace();
	snprintf(pins, sizeof(pins), "/sys/fs/bpf/pgbench-%d", getpid());
	gate = open_gate(words[1], pins);
	statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);
	storm.pairs = calloc(storm.living, sizeof(*storm.pairs));
	slices.wall_ns = calloc(SLICES_MAX, sizeof(uint32_t));
	slices.cpu_ns = calloc(SLICES_MAX, sizeof(uint32_t));
	must(storm.pairs && slices.wall_ns && slices.cpu_ns, "memory");
	must(!pthread_create(&thread, NULL, rage, &storm), "a thread");
	while (!storm.over) {
		take_census(gate, &slices);
		usleep(PAUSE_NS / 1000);
	}
	pthread_join(thread, NULL);
	result = tell(gate, &storm, &slices);
	close(statistics);
	gate_close(gate);
	gate_off(pins, &detached, &why);
	return result;
}
