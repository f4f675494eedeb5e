/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_maps: the gate's maps: their names, which sizes are settings, which pinned ones can be taken over. */
#ifndef GATE_MAPS_H
#define GATE_MAPS_H

#include "gate_state.h"

struct bpf_object;

const char *map_name(enum map map);

/* Opens what is pinned below @pins; -1 where there is nothing. Returns how many there are. */
unsigned int maps_open(const struct pins *pins, int ret_fds[MAPS]);
void maps_close(int fds[MAPS]);

/* Gives the object the sizes of @settings, before it is loaded. -ENOENT: the object lacks one of the maps. */
int maps_size(struct bpf_object *object, const struct gate_settings *settings, struct why *why);

/*
 * Lets the object use each pinned map that has the shape this build wants (all of the same ABI); @ret_adopted tells which.
 * Maps of another shape stay with the caller, to be carried over.
 */
int maps_adopt(struct bpf_object *object, const int pinned[MAPS], bool ret_adopted[MAPS],
	       struct why *why);

/* The loaded object's maps, as descriptors of the caller's own. */
int maps_take(struct bpf_object *object, int ret_fds[MAPS]);

/* How many entries there are: one walk by batches, at start; later on the count is kept by hand. */
int map_count(enum map map, int fd, uint32_t *ret_count);

/* Some entries of a map as the kernel gives them: @count keys and as many values, side by side. */
struct batch {
	uint32_t key_size, value_size, count;
	char *keys, *values;
};

/* Entries a system call: past a thousand the price of each no longer falls. */
enum { MAP_BATCH = 4096 };

/* Removes every entry whose key is none of @count @keys, side by side, of at most MAP_KEY_MAX bytes each. */
enum { MAP_KEY_MAX = 32 };
int map_keep(int fd, const void *keys, size_t key_size, unsigned int count);

/* Walks a map by batches. @step may not change it. Stops when it returns non-zero, and returns that. */
int map_walk(int fd, int (*step)(void *context, const struct batch *batch), void *context);

/*
 * Copies every entry of @from into @to: as it is, or @by_name where the two builds' ABIs differ: a word keeps its meaning, a
 * number its value, what is new starts as zero. Does nothing for maps that need not be carried.
 */
int map_carry(enum map map, int from, int to, bool by_name, struct why *why);

/* The sums over CPUs of the counters @from, in the words of those of @to, which are this build's. */
int carry_sums(int from, int to, struct tally ret[COUNTERS]);

#endif
