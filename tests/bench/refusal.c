/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * refusal: what a packet costs, by BPF_PROG_TEST_RUN: a banned SYN with a random source a run, against xdp-filter's own
 * program; packets of established connections; each over an empty program, all taken in turns of one run.
 *
 *	refusal [--brief] [XDP_FILTER_OBJECT...]
 *
 * Prints tables in Markdown: ns a packet over the empty program, the least of forty turns each, since others use the machine, too.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/bpf.h>
#include <peergate/addr.h>

#include "bench/generator.skel.h"
#include "builder.h"
#include "gate.skel.h"

enum { TURNS_MAX = 40, TURNS_MIN = 3, WAYS_MAX = 8, FILTER_CAP = 10000 };
/* Runs of one turn: enough that the set of sources is warm for most of them, little enough that a turn is seldom disturbed. */
enum {
	REPEAT_MIN = 50000,
	REPEAT_EACH = 8,
	REPEAT_MAX = 1 << 22,
	REPEAT_ALL = TURNS_MAX * REPEAT_MIN
};
enum { FLAG_SOURCE = 1 }; /* xdp-filter's: the address counts as a source */

enum kind { FRAGS, PLAIN, TC, KINDS };

/* A backoff gives way to a socket of ours that waits, which has to be looked for. */
enum who { BANNED, BACKED_OFF, UNKNOWN };

/* One program under test; before each turn its kind's generator is aimed at it. */
struct way {
	const char *name;
	enum kind kind;
	int program;
	const struct bpf_object *filter; /* xdp-filter's, whose maps are to be filled too */
	double least;			 /* ns of the best turn */
};

struct bench {
	struct generator_bpf *generator;
	struct gate_bpf *gate;
	struct way ways[WAYS_MAX];
	unsigned int count, repeat;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "refusal: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Time of this thread on the CPU: others may want it, too. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* ns a run of @program on @frame. */
static double run(int program, const struct frame *frame, unsigned int repeat)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame->bytes, .data_size_in = frame->size,
		    .repeat = (int)repeat);
	double from = now_ns();

	must(!bpf_prog_test_run_opts(program, &opts), "running a program");
	return (now_ns() - from) / repeat;
}

static void aim(struct bench *self, const struct way *way)
{
	struct bpf_map *const targets[KINDS] = {
		self->generator->maps.target_frags,
		self->generator->maps.target_plain,
		self->generator->maps.target_tc,
	};

	must(!bpf_map__update_elem(targets[way->kind], &(__u32){0}, 4, &way->program, 4, BPF_ANY),
	     "aiming the generator");
}

static int entry_of(const struct bench *self, enum kind kind)
{
	const struct bpf_program *const entries[KINDS] = {
		self->generator->progs.generate_frags,
		self->generator->progs.generate_plain,
		self->generator->progs.generate_tc,
	};

	return bpf_program__fd(entries[kind]);
}

static void add(struct bench *self, const char *name, enum kind kind, int program,
		const struct bpf_object *filter)
{
	must(program >= 0, name);
	self->ways[self->count++] =
		(struct way){.name = name, .kind = kind, .program = program, .filter = filter};
}

/* The same as in generator.bpf.c. */
static uint32_t spread(uint32_t number)
{
	return htonl(number * 2654435761u);
}

static struct addr address_of(uint32_t number, enum family family)
{
	struct addr addr = {{0x20, 0x01, 0x0d, 0xb8}};
	uint32_t last = spread(number);

	if (family == FAMILY_IPV4) {
		memset(&addr, 0, 10);
		memset(addr.bytes + 10, 0xff, 2);
		memcpy(addr.bytes + 12, &last, 4);
	} else {
		memcpy(addr.bytes + 4, &last, 4);
		addr.bytes[15] = 1; /* as in the frame */
	}
	return addr;
}

static void fill_gate(struct bench *self, uint32_t count, enum family family,
		      enum standing standing)
{
	struct record ban = {.until = FOREVER_NS,
			     .until_unix = FOREVER_UNIX,
			     .score = -100,
			     .standing = standing,
			     .reason = REASON_BAD_SCORE,
			     .services = 0xff};

	for (uint32_t i = 0; i < count; i++) {
		struct addr addr = address_of(i, family);
		struct source_key key = addr_source(&addr);

		must(!bpf_map_update_elem(bpf_map__fd(self->gate->maps.sources), &key, &ban,
					  BPF_ANY),
		     "banning");
	}
}

static void fill_filter(const struct bpf_object *filter, uint32_t count, enum family family)
{
	int map = bpf_object__find_map_fd_by_name(filter, family == FAMILY_IPV4 ? "filter_ipv4"
										: "filter_ipv6");
	int cpus = libbpf_num_possible_cpus();
	__u64 *values = calloc(cpus, sizeof(*values));

	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu] = FLAG_SOURCE;
	for (uint32_t i = 0; i < count; i++) {
		struct addr addr = address_of(i, family);

		must(!bpf_map_update_elem(map, addr.bytes + (family == FAMILY_IPV4 ? 12 : 0),
					  values, BPF_ANY),
		     "filling xdp-filter");
	}
	free(values);
}

static struct bpf_object *open_filter(const char *path, uint32_t count)
{
	struct bpf_object *filter = bpf_object__open_file(path, NULL);
	struct bpf_map *map;

	must(filter, path);
	bpf_object__for_each_map (map, filter) {
		bpf_map__set_pin_path(map, NULL);
		if (strncmp(bpf_map__name(map), "filter_ip", 9) == 0 && count > FILTER_CAP)
			bpf_map__set_max_entries(map, count);
	}
	must(!bpf_object__load(filter), path);
	return filter;
}

static void open_gate(struct bench *self, uint32_t count)
{
	struct settings settings = {.abi = PEERGATE_ABI,
				    .mode = MODE_ENFORCE,
				    .lease = FOREVER_NS,
				    .samples_per_s = 10};
	struct limits limits = {.living = 16, .living_56 = 32, .living_48 = 128};
	struct port_key port = {.port = OWN_PORT, .transport = TRANSPORT_TCP};
	struct service service = {.name = "beacon"};
	struct interface interface = {.name = "lo", .remembers = 1};

	for (int i = 0; i < SERVICES_MAX; i++)
		settings.services[i] = limits;
	self->gate = gate_bpf__open();
	must(self->gate, "opening the gate");
	if (count > bpf_map__max_entries(self->gate->maps.sources))
		bpf_map__set_max_entries(self->gate->maps.sources, count);
	must(!gate_bpf__load(self->gate), "loading the gate (root is needed)");
	for (int transport = 0; transport < TRANSPORTS; transport++) {
		port.transport = transport;
		must(!bpf_map_update_elem(bpf_map__fd(self->gate->maps.services), &port, &service,
					  BPF_ANY),
		     "services");
	}
	must(!bpf_map_update_elem(bpf_map__fd(self->gate->maps.interfaces), &(__u32){1}, &interface,
				  BPF_ANY),
	     "interfaces");
	must(!bpf_map_update_elem(bpf_map__fd(self->gate->maps.settings), &(__u32){0}, &settings,
				  BPF_ANY),
	     "settings");
}

static void bench_open(struct bench *self, uint32_t count)
{
	*self = (struct bench){.generator = generator_bpf__open_and_load()};
	self->repeat = count * REPEAT_EACH;
	if (self->repeat < REPEAT_MIN)
		self->repeat = REPEAT_MIN;
	if (self->repeat > REPEAT_MAX)
		self->repeat = REPEAT_MAX;
	must(self->generator, "loading the generator (root is needed)");
	open_gate(self, count);
	add(self, "empty XDP", FRAGS, bpf_program__fd(self->generator->progs.empty_frags), NULL);
	add(self, "gate XDP", FRAGS, bpf_program__fd(self->gate->progs.gate_xdp), NULL);
	add(self, "empty TC", TC, bpf_program__fd(self->generator->progs.empty_tc), NULL);
	add(self, "gate TC", TC, bpf_program__fd(self->gate->progs.gate_tc), NULL);
	add(self, "empty XDP, plain", PLAIN, bpf_program__fd(self->generator->progs.empty_plain),
	    NULL);
}

static void bench_close(struct bench *self)
{
	for (unsigned int i = 0; i < self->count; i++)
		bpf_object__close((struct bpf_object *)self->ways[i].filter);
	generator_bpf__destroy(self->generator);
	gate_bpf__destroy(self->gate);
}

/* Over the empty program of the same kind. */
static double over_empty(const struct bench *self, const struct way *way)
{
	const struct way *empty = self->ways;

	while (empty->kind != way->kind)
		empty++;
	return way->least - empty->least;
}

static void take_turn(struct bench *self, const struct frame *frame, bool generate)
{
	for (unsigned int i = 0; i < self->count; i++) {
		struct way *way = &self->ways[i];
		double ns;

		if (generate)
			aim(self, way);
		ns = run(generate ? entry_of(self, way->kind) : way->program, frame, self->repeat);
		if (!way->least || ns < way->least)
			way->least = ns;
	}
}

static void take_turns(struct bench *self, const struct frame *frame, bool generate)
{
	unsigned int turns = REPEAT_ALL / self->repeat;

	for (unsigned int i = 0; i < self->count; i++)
		self->ways[i].least = 0;
	for (unsigned int turn = 0; turn < turns || turn < TURNS_MIN; turn++)
		take_turn(self, frame, generate);
}

static void refused(uint32_t count, enum transport transport, enum family family, enum who who,
		    char **filters)
{
	static const char *const words[] = {"banned", "in backoff", "unknown"};
	struct bench bench;
	struct frame frame;

	bench_open(&bench, count);
	for (; *filters; filters++) {
		struct bpf_object *filter = open_filter(*filters, count);

		fill_filter(filter, count, family);
		add(&bench, *filters, PLAIN,
		    bpf_program__fd(bpf_object__next_program(filter, NULL)), filter);
	}
	fill_gate(&bench, count, family, who == BACKED_OFF ? STANDING_POOR : STANDING_BANNED);
	bench.generator->bss->mask = count - 1;
	bench.generator->bss->first = who == UNKNOWN ? count : 0;
	/* The generator writes the last four bytes of the /64; the rest is as in address_of(). */
	frame_build(&frame,
		    &(struct shape){.family = family,
				    .transport = transport,
				    .source = family == FAMILY_IPV6 ? "2001:db8::1" : NULL});
	take_turns(&bench, &frame, true);
	printf("| %u | %s | %s | %.1f | %.1f |", count, family == FAMILY_IPV6 ? "IPv6" : "IPv4",
	       words[who], over_empty(&bench, &bench.ways[1]), over_empty(&bench, &bench.ways[3]));
	for (unsigned int i = 5; i < bench.count; i++)
		printf(" %.1f (%.2f) |", over_empty(&bench, &bench.ways[i]),
		       over_empty(&bench, &bench.ways[1]) / over_empty(&bench, &bench.ways[i]));
	printf("\n");
	fflush(stdout);
	bench_close(&bench);
}

static const struct {
	const char *what;
	struct shape shape;
} others[] = {
	{"established TCP", {.flags = ACK, .payload = 100}},
	{"established TCP, IPv6", {.family = FAMILY_IPV6, .flags = ACK, .payload = 100}},
	{"established TCP, tagged", {.tags = 1, .flags = ACK, .payload = 100}},
	{"QUIC short header", {.transport = TRANSPORT_QUIC, .quic = 0x41}},
	{"QUIC short header, IPv6",
	 {.family = FAMILY_IPV6, .transport = TRANSPORT_QUIC, .quic = 0x41}},
	{"QUIC short header, one of the sample",
	 {.transport = TRANSPORT_QUIC, .quic = 0x40, .to = "ten bytes pp"}},
	{"QUIC Handshake header", {.transport = TRANSPORT_QUIC, .quic = 0xe3}},
	{"later fragment", {.fragment = 0x2001}},
	{"ARP", {.ethertype = 0x0806}},
};

static void untouched(void)
{
	struct bench bench;
	struct frame frame;

	bench_open(&bench, 1);
	add(&bench, "gate egress", TC, bpf_program__fd(bench.gate->progs.gate_egress), NULL);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		frame_build(&frame, &others[i].shape);
		take_turns(&bench, &frame, false);
		printf("| %s | %.1f | %.1f | %.1f |\n", others[i].what,
		       over_empty(&bench, &bench.ways[1]), over_empty(&bench, &bench.ways[3]),
		       over_empty(&bench, &bench.ways[5]));
	}
	bench_close(&bench);
}

static const uint32_t counts[] = {256, 8192, 65536, 1048576};

static void initials(size_t sizes)
{
	char *no_filter = NULL;

	printf("\nA QUIC Initial from a random source, ns over an empty program:\n\n"
	       "| banned | family | source | gate XDP | gate TC |\n| --- | --- | --- | --- | --- "
	       "|\n");
	for (size_t i = 0; i < sizes; i++)
		for (int family = 0; family < FAMILIES; family++)
			refused(counts[i], TRANSPORT_QUIC, family, BANNED, &no_filter);
	for (int family = 0; family < FAMILIES; family++)
		refused(counts[sizes > 2 ? 2 : 1], TRANSPORT_QUIC, family, UNKNOWN, &no_filter);
}

int main(int argc, char **argv)
{
	bool brief = argc > 1 && !strcmp(argv[1], "--brief");
	size_t sizes = brief ? 2 : sizeof(counts) / sizeof(counts[0]);

	argv += brief;
	printf("Packets that start nothing, ns over an empty program:\n\n| packet | gate XDP | "
	       "gate TC | egress |\n| --- | --- | --- | --- |\n");
	untouched();
	printf("\nA SYN from a random source, ns over an empty program (in brackets: gate XDP / "
	       "xdp-filter):\n\n"
	       "| records | family | source | gate XDP | gate TC |");
	for (int i = 1; argv[i]; i++)
		printf(" %s |", strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i]);
	printf("\n| --- | --- | --- | --- | --- |%s%s\n", argv[1] ? " --- |" : "",
	       argv[1] && argv[2] ? " --- |" : "");
	for (size_t i = 0; i < sizes; i++)
		for (int family = 0; family < FAMILIES; family++)
			refused(counts[i], TRANSPORT_TCP, family, BANNED, argv + 1);
	for (int family = 0; family < FAMILIES; family++)
		refused(counts[0], TRANSPORT_TCP, family, BACKED_OFF, argv + 1);
	if (!brief)
		refused(65536, TRANSPORT_TCP, FAMILY_IPV4, UNKNOWN, argv + 1);
	initials(sizes);
	return 0;
}
