/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flood: SYNs from 65,536 sources, all banned, over a veth pair, as live frames: what one costs on the side that refuses.
 *
 *	flood FROM_NETNS FROM_IFNAME TO_NETNS TO_IFNAME keep|empty|native|tcx|generic|given
 *
 * keep: nothing is sent, which prices the generator; empty: an XDP program that drops all; given: whatever is set up
 * there already refuses. Sending and receiving share this thread's CPU time: the kernel receives a batch when it was
 * sent. Prints packets sent, refused (as counted inside; -1 when not by us) and ns of CPU time for each sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bench/generator.skel.h"
#include "builder.h"
#include "gate.skel.h"

enum { SOURCES = 65536, PACKETS = 1 << 21, BATCH = 64, ROUNDS = 8 };

/* BPF_TCX_INGRESS, which older headers do not know. */
static const enum bpf_attach_type tcx_ingress = (enum bpf_attach_type)46;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void enter(const char *netns)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	must(fd >= 0 && !setns(fd, CLONE_NEWNET), path);
	close(fd);
}

static void mac_of(const char *ifname, uint8_t ret[6])
{
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	must(!ioctl(fd, SIOCGIFHWADDR, &request), ifname);
	memcpy(ret, request.ifr_hwaddr.sa_data, 6);
	close(fd);
}

static struct gate_bpf *open_gate(void)
{
	struct settings settings = {.abi = PEERGATE_ABI,
				    .mode = MODE_ENFORCE,
				    .lease = FOREVER_NS,
				    .samples_per_s = 10};
	struct record ban = {.until = FOREVER_NS,
			     .standing = STANDING_BANNED,
			     .reason = REASON_BAD_SCORE,
			     .services = 0xff};
	struct port_key port = {.port = OWN_PORT, .transport = TRANSPORT_TCP};
	struct service service = {.name = "beacon"};
	struct gate_bpf *gate = gate_bpf__open_and_load();

	must(gate, "loading the gate (root is needed)");
	must(!bpf_map_update_elem(bpf_map__fd(gate->maps.services), &port, &service, BPF_ANY),
	     "services");
	must(!bpf_map_update_elem(bpf_map__fd(gate->maps.settings), &(__u32){0}, &settings,
				  BPF_ANY),
	     "settings");
	for (uint32_t i = 0; i < SOURCES; i++) {
		struct source_key key = {.address = {[2] = 0xff, [3] = 0xff}};
		uint32_t address = htonl(i * 2654435761u); /* as in generator.bpf.c */

		memcpy(key.address + 4, &address, 4);
		must(!bpf_map_update_elem(bpf_map__fd(gate->maps.sources), &key, &ban, BPF_ANY),
		     "banning");
	}
	return gate;
}

static int attach(const char *rung, int ifindex, const struct gate_bpf *gate,
		  const struct generator_bpf *generator)
{
	LIBBPF_OPTS(bpf_link_create_opts, native, .flags = XDP_FLAGS_DRV_MODE);
	LIBBPF_OPTS(bpf_link_create_opts, generic, .flags = XDP_FLAGS_SKB_MODE);

	if (!strcmp(rung, "empty"))
		return bpf_link_create(bpf_program__fd(generator->progs.flood_drop), ifindex,
				       BPF_XDP, &native);
	if (!strcmp(rung, "native"))
		return bpf_link_create(bpf_program__fd(gate->progs.gate_xdp), ifindex, BPF_XDP,
				       &native);
	if (!strcmp(rung, "generic"))
		return bpf_link_create(bpf_program__fd(gate->progs.gate_xdp), ifindex, BPF_XDP,
				       &generic);
	if (!strcmp(rung, "tcx"))
		return bpf_link_create(bpf_program__fd(gate->progs.gate_tc), ifindex, tcx_ingress,
				       NULL);
	return 0;
}

static long long refused(const struct gate_bpf *gate)
{
	int cpus = libbpf_num_possible_cpus();
	struct tally *tallies = calloc(cpus, sizeof(*tallies));
	uint32_t index = counter_index(DOOR_INGRESS, FAMILY_IPV4, 0);
	long long sum = 0;

	must(!bpf_map_lookup_elem(bpf_map__fd(gate->maps.counters), &index, tallies), "counters");
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += (long long)tallies[cpu].refused.bad_score;
	free(tallies);
	return sum;
}

static double thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* ns for each packet of the least of some rounds. */
static double send_all(int program, const struct frame *frame)
{
	double least = 0;

	for (int round = 0; round < ROUNDS; round++) {
		LIBBPF_OPTS(bpf_test_run_opts, live, .data_in = frame->bytes,
			    .data_size_in = frame->size, .repeat = PACKETS / ROUNDS,
			    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);
		double from = thread_ns(), ns;

		must(!bpf_prog_test_run_opts(program, &live), "sending live frames");
		ns = (thread_ns() - from) / (PACKETS / ROUNDS);
		least = !round || ns < least ? ns : least;
	}
	return least;
}

static uint32_t header_sum(const struct frame *frame)
{
	const uint16_t *word = (const uint16_t *)(const void *)(frame->bytes + 14);
	uint32_t sum = 0;

	/* All but the checksum (word 5) and the source (6 and 7). */
	for (int i = 0; i < 10; i++)
		sum += i >= 5 && i <= 7 ? 0 : word[i];
	return sum;
}

int main(int argc, char **argv)
{
	struct generator_bpf *generator = generator_bpf__open_and_load();
	struct gate_bpf *gate;
	struct frame frame;
	long long sum;
	bool keep;
	double ns;

	if (argc != 6) {
		fprintf(stderr, "usage: flood FROM_NETNS FROM_IFNAME TO_NETNS TO_IFNAME "
				"keep|empty|native|tcx|generic|given\n");
		return 2;
	}
	must(generator, "loading the generator (root is needed)");
	gate = open_gate();
	keep = !strcmp(argv[5], "keep");
	frame_build(&frame, &(struct shape){0});
	enter(argv[3]);
	mac_of(argv[4], frame.bytes);
	must(attach(argv[5], (int)if_nametoindex(argv[4]), gate, generator) >= 0, "attaching");
	enter(argv[1]);
	generator->bss->mask = SOURCES - 1;
	generator->bss->out = if_nametoindex(argv[2]);
	generator->bss->header_sum = header_sum(&frame);
	ns = send_all(
		bpf_program__fd(keep ? generator->progs.flood_keep : generator->progs.flood_send),
		&frame);
	sum = !strcmp(argv[5], "empty")	 ? (long long)generator->bss->arrived
	      : strcmp(argv[5], "given") ? refused(gate)
					 : -1;
	printf("%d %lld %.1f\n", PACKETS, sum, ns);
	return 0;
}
