/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_pins: the folder in bpffs that holds the gate while nobody runs; whoever holds its lock is the daemon. */
#ifndef GATE_PINS_H
#define GATE_PINS_H

#include <stdbool.h>
#include <sys/types.h>

#include <peergate/why.h>

enum { PINS_DIR_MAX = 256, PIN_NAME_MAX = 64, PIN_PATH_MAX = PINS_DIR_MAX + PIN_NAME_MAX };

struct pins {
	char dir[PINS_DIR_MAX];
	int fd; /* of the folder, locked; -1: not open */
	uid_t owner;
	gid_t group;
};

/*
 * Makes the folder when it is missing (0700, @owner's) and locks it. -EBUSY: another daemon holds it, @why tells its pid.
 * -EOPNOTSUPP: not on a BPF file system. The lock is the folder's own, so it goes with the pins, not with a path or a run folder.
 */
int pins_open(struct pins *ret, const char *dir, uid_t owner, gid_t group, struct why *why);
void pins_close(struct pins *self);

bool pins_are_empty(const struct pins *self);

/* Whether the folder was removed behind our back. */
bool pins_are_gone(const struct pins *self);

/* Pins @fd as @name, 0600 and the owner's, over whatever had that name: a reader sees the old one or the new one. */
int pins_put(const struct pins *self, const char *name, int fd);
int pins_get(const struct pins *self, const char *name); /* a descriptor, or -ENOENT … */
int pins_remove(const struct pins *self, const char *name);

/* Opens an empty, locked folder beside @self, to be filled and exchanged: then all pins change in one instant. */
int pins_open_next(struct pins *ret, const struct pins *self, struct why *why);
int pins_exchange(struct pins *self, struct pins *next, struct why *why);

/* Opens a folder that is there without locking it, for whoever takes the gate off. */
int pins_look(struct pins *ret, const char *dir);

/* Removes the folder with all that is in it, and closes it; what only the pins held is gone then. */
int pins_wipe(struct pins *self);

/* The folder's name without a slash at its end, short enough for a sibling's. */
int pins_name(char ret[PINS_DIR_MAX], const char *dir, struct why *why);

/* The pin of an interface: @prefix and its name. bpffs takes no dots ("eth0.5"), so they are written %2e. */
void pin_name(char ret[PIN_NAME_MAX], const char *prefix, const char *ifname);
bool pin_name_parse(char ret_ifname[16], const char *prefix, const char *pin);

/* Calls @take for each pin's name; stops when it returns non-zero, and returns that. */
int pins_each(const struct pins *self, int (*take)(void *context, const char *name), void *context);

#endif
