/* SPDX-License-Identifier: BSD-2-Clause */
#include "rig.h"

#include <assert.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <peergate/addr.h>

enum { LEASE_NS = 1000000000, S = 1000000000 };

static const char *const door_names[] = {"xdp", "xdp without fragments", "tc",
					 "tc without Ethernet"};

const char *rig_door_name(enum rig_door door)
{
	return door_names[door];
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * S + (uint64_t)now.tv_nsec;
}

uint64_t rig_boot_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

uint64_t rig_coarse_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC_COARSE);
}

static void must(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "Bail out! %s: %s\n", what, strerror(error < 0 ? -error : errno));
	exit(1);
}

int rig_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert(rig);
	rig->gate = gate_bpf__open();
	must(!rig->gate, "opening the object");
	must(gate_bpf__load(rig->gate), "loading it (this test needs root)");
	rig->cpus = libbpf_num_possible_cpus();
	*state = rig;
	return 0;
}

int rig_down(void **state)
{
	struct rig *rig = *state;

	gate_bpf__destroy(rig->gate);
	free(rig);
	return 0;
}

static void empty(const struct bpf_map *map)
{
	uint8_t key[32];

	while (!bpf_map__get_next_key(map, NULL, key, bpf_map__key_size(map)))
		must(bpf_map__delete_elem(map, key, bpf_map__key_size(map), 0), "deleting");
}

static void zero(struct rig *rig, const struct bpf_map *map)
{
	bool per_cpu = bpf_map__type(map) == BPF_MAP_TYPE_PERCPU_ARRAY;
	size_t size = bpf_map__value_size(map) * (per_cpu ? rig->cpus : 1);
	void *value = calloc(1, size);

	for (uint32_t i = 0; i < bpf_map__max_entries(map); i++)
		must(bpf_map_update_elem(bpf_map__fd(map), &i, value, BPF_ANY), "clearing");
	free(value);
}

/* A busy machine may take us off the CPU between the two clocks: what they are apart is right at the least of a few tries. */
static uint64_t boot_offset(void)
{
	uint64_t least = UINT64_MAX, offset = 0;

	for (int tries = 0; tries < 8; tries++) {
		uint64_t before = clock_ns(CLOCK_MONOTONIC), boot = rig_boot_ns();
		uint64_t apart = clock_ns(CLOCK_MONOTONIC) - before;

		if (apart < least)
			offset = boot - before;
		if (apart < least)
			least = apart;
	}
	return offset;
}

/* One by one it takes as long as many a test. */
static void clear_watched(struct rig *rig)
{
	static uint32_t keys[WATCHED_SLOTS], zeros[WATCHED_SLOTS];
	uint32_t count = WATCHED_SLOTS;

	for (uint32_t i = 0; i < count; i++)
		keys[i] = i;
	must(bpf_map_update_batch(bpf_map__fd(rig->gate->maps.watched), keys, zeros, &count, NULL),
	     "clearing");
	must(bpf_map_update_batch(bpf_map__fd(rig->gate->maps.remembered), keys, zeros, &count,
				  NULL),
	     "clearing");
}

static void put_service(struct rig *rig, uint16_t port, uint32_t id)
{
	for (int transport = 0; transport < TRANSPORTS; transport++) {
		struct port_key key = {.port = port, .transport = transport};
		struct service service = {.name = "beacon", .id = id};

		must(bpf_map_update_elem(bpf_map__fd(rig->gate->maps.services), &key, &service,
					 BPF_ANY),
		     "services");
	}
}

int rig_clear(void **state)
{
	struct rig *rig = *state;

	empty(rig->gate->maps.sources);
	empty(rig->gate->maps.prefixes);
	empty(rig->gate->maps.services);
	empty(rig->gate->maps.neighbours);
	empty(rig->gate->maps.interfaces);
	empty(rig->gate->maps.pace);
	empty(rig->gate->maps.dialled);
	empty(rig->gate->maps.answered);
	empty(rig->gate->maps.callers);
	empty(rig->gate->maps.handshakes);
	empty(rig->gate->maps.flows);
	empty(rig->gate->maps.witness);
	empty(rig->gate->maps.crowds);
	empty(rig->gate->maps.closures);
	clear_watched(rig);
	empty(rig->gate->maps.witness);
	empty(rig->gate->maps.crowds);
	zero(rig, rig->gate->maps.unproven);
	zero(rig, rig->gate->maps.newcomers);
	zero(rig, rig->gate->maps.counters);
	zero(rig, rig->gate->maps.samples);
	put_service(rig, OWN_PORT, SERVICE);
	put_service(rig, OWN_PORT + 1, OTHER_SERVICE);
	rig->settings = (struct settings){
		.abi = PEERGATE_ABI,
		.mode = MODE_ENFORCE,
		.lease = rig_coarse_ns() + 3600ULL * S,
		.boot_offset = boot_offset(),
		.hash_key = {0x0706050403020100, 0x0f0e0d0c0b0a0908},
	};
	for (int i = 0; i < SERVICES_MAX; i++)
		rig->settings.services[i].floor = FLOOR_OPEN;
	rig_settings(rig);
	return 0;
}

void rig_settings(struct rig *self)
{
	must(bpf_map_update_elem(bpf_map__fd(self->gate->maps.settings), &(uint32_t){0},
				 &self->settings, BPF_ANY),
	     "settings");
}

static void put_prefix(struct rig *self, const struct prefix *prefix, const struct record *record)
{
	struct prefix_key key = {.length = prefix->length};
	struct prefix_record value = {
		.until = record->until,
		.until_unix = record->until_unix,
		.score = record->score,
		.standing = record->standing,
		.reason = record->reason,
		.services = record->services,
		.length = prefix->length,
	};

	memcpy(key.address, prefix->addr.bytes, sizeof(key.address));
	must(bpf_map_update_elem(bpf_map__fd(self->gate->maps.prefixes), &key, &value, BPF_NOEXIST),
	     "prefixes");
	self->settings.prefixes++;
	rig_settings(self);
}

void rig_put(struct rig *self, const char *text, const struct record *record)
{
	struct source_key key;
	struct prefix prefix;
	struct why why = {""};
	bool widened;

	if (prefix_parse(&prefix, &widened, text, &why)) {
		fprintf(stderr, "Bail out! %s\n", why.sentence);
		exit(1);
	}
	if (!prefix_is_source(&prefix)) {
		put_prefix(self, &prefix, record);
		return;
	}
	key = addr_source(&prefix.addr);
	must(bpf_map_update_elem(bpf_map__fd(self->gate->maps.sources), &key, record, BPF_ANY),
	     "sources");
}

bool rig_leaves(struct rig *self, int bare, const struct frame *frame)
{
	const struct bpf_program *program =
		bare ? self->gate->progs.gate_egress_bare : self->gate->progs.gate_egress;
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame->bytes, .data_size_in = frame->size);

	must(bpf_prog_test_run_opts(bpf_program__fd(program), &run), "sending");
	assert(run.retval == (uint32_t)TC_ACT_UNSPEC || run.retval == TC_ACT_SHOT);
	return run.retval == (uint32_t)TC_ACT_UNSPEC;
}

/* A test run's packets come from the loopback device, number 1. */
void rig_remembers(struct rig *self, bool remembers)
{
	struct interface interface = {.name = "lo", .remembers = remembers};

	must(bpf_map_update_elem(bpf_map__fd(self->gate->maps.interfaces), &(uint32_t){1},
				 &interface, BPF_ANY),
	     "interfaces");
}

void rig_wait(struct rig *self, uint64_t ns)
{
	self->settings.boot_offset += ns;
	rig_settings(self);
}

unsigned int rig_count(const struct bpf_map *map)
{
	uint8_t key[32], next[32];
	unsigned int count = 0;
	bool first = true;

	for (; !bpf_map__get_next_key(map, first ? NULL : key, next, bpf_map__key_size(map));
	     count++) {
		memcpy(key, next, sizeof(key));
		first = false;
	}
	return count;
}

static int program_of(const struct rig *self, enum rig_door door)
{
	const struct bpf_program *const programs[] = {
		self->gate->progs.gate_xdp,
		self->gate->progs.gate_xdp_plain,
		self->gate->progs.gate_tc,
		self->gate->progs.gate_tc_bare,
	};

	return bpf_program__fd(programs[door]);
}

enum rig_verdict rig_run(struct rig *self, enum rig_door door, const struct frame *frame)
{
	bool tc = door == DOOR_TC || door == DOOR_TC_BARE;
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame->bytes, .data_size_in = frame->size,
		    .data_out = self->answer.bytes, .data_size_out = FRAME_MAX);

	if (bpf_prog_test_run_opts(program_of(self, door), &run)) {
		fprintf(stderr, "Bail out! %s takes no packet of %zu bytes: %s\n", door_names[door],
			frame->size, strerror(errno));
		exit(1);
	}
	self->answer.size = run.data_size_out;
	self->answer.network = frame->network;
	if (run.retval == (tc ? (uint32_t)TC_ACT_UNSPEC : XDP_PASS))
		return RIG_PASS;
	if (run.retval == (tc ? TC_ACT_REDIRECT : XDP_TX))
		return RIG_RESET;
	assert(run.retval == (tc ? TC_ACT_SHOT : XDP_DROP));
	return RIG_DROP;
}

void rig_counters(struct rig *self, struct tally *ret)
{
	struct tally *values = calloc(self->cpus, sizeof(*values));

	for (uint32_t i = 0; i < COUNTERS; i++) {
		uint64_t *sum = (uint64_t *)memset(ret + i, 0, sizeof(*ret));

		must(bpf_map_lookup_elem(bpf_map__fd(self->gate->maps.counters), &i, values),
		     "counters");
		for (int cpu = 0; cpu < self->cpus; cpu++)
			for (size_t word = 0; word < sizeof(*ret) / 8; word++)
				sum[word] += ((uint64_t *)(values + cpu))[word];
	}
	free(values);
}
