/* SPDX-License-Identifier: BSD-2-Clause */
/* rig: the gate that ships, loaded but not attached, with hands on its maps; packets go through it by BPF_PROG_TEST_RUN. */
#ifndef RIG_H
#define RIG_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>

#include "builder.h"
#include "gate.skel.h"

/* The programs. The bare one takes packets without an Ethernet header. */
#define RIG_DOORS(_) _(gate_xdp) _(gate_xdp_plain) _(gate_tc) _(gate_tc_bare)

enum rig_door { DOOR_XDP, DOOR_XDP_PLAIN, DOOR_TC, DOOR_TC_BARE, RIG_DOOR_COUNT };

enum rig_verdict { RIG_PASS, RIG_DROP, RIG_RESET };

/* Two services, each with one port for each transport: slot 0 has OWN_PORT, slot 3 has OWN_PORT + 1. */
enum { SERVICE = 0, OTHER_SERVICE = 3, TICK_NS = 4000000 };

struct rig {
	struct gate_bpf *gate;
	struct settings settings; /* as last written */
	int cpus;
	struct frame answer; /* what the last packet became */
};

/* cmocka's group fixtures; @state becomes a struct rig. */
int rig_up(void **state);
int rig_down(void **state);
/* cmocka's test fixture: enforce, a lease, two services, no limit; all else empty. */
int rig_clear(void **state);

const char *rig_door_name(enum rig_door door);
void rig_settings(struct rig *self);

uint64_t rig_boot_ns(void);
uint64_t rig_coarse_ns(void); /* the monotonic clock of the last tick */

/* A record for the source or the prefix "ADDRESS/LENGTH" that @text names. */
void rig_put(struct rig *self, const char *text, const struct record *record);

enum rig_verdict rig_run(struct rig *self, enum rig_door door, const struct frame *frame);

/* Whether the egress program lets a packet go that leaves us. */
bool rig_leaves(struct rig *self, int bare, const struct frame *frame);

/* Whether what leaves is said to be seen. rig_clear() says that it is not. */
void rig_remembers(struct rig *self, bool remembers);

/* The programs' clock goes on. */
void rig_wait(struct rig *self, uint64_t ns);

/* How many entries a hash has. */
unsigned int rig_count(const struct bpf_map *map);

/* Sums over CPUs, @ret of COUNTERS entries. */
void rig_counters(struct rig *self, struct tally *ret);

#endif
