/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate: the kernel half as the daemon holds it: maps, programs, links, and what is pinned of them. All of libbpf is
 * behind this header. Opened with privileges, used without any.
 *
 * Order: gate_open(), gate_attach() for each interface, then privileges go, then the rest at will, gate_close().
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <peergate/abi.h>
#include <peergate/addr.h>
#include <peergate/why.h>

struct gate;

enum rung {
	RUNG_AUTO,
	RUNG_NATIVE,
	RUNG_TCX,
	RUNG_CLSACT,
	RUNG_GENERIC
}; /* words: auto native tcx clsact generic */
const char *rung_word(enum rung rung);

struct gate_settings {
	const char *pin_dir; /* /sys/fs/bpf/peergate; borrowed during gate_open() only */
	uint32_t sources_max, prefixes_max, pace_max;
	uid_t owner; /* who owns the pins after privileges are gone */
	gid_t group;
};

/*
 * Adopts what is pinned, upgrades or migrates it when this build differs, or makes it anew. Live pinned links are
 * adopted too: gate_interfaces() lists them at once, and whoever does not want one of them calls gate_detach().
 * -EBUSY: another daemon has it (its pid in @why).
 */
int gate_open(struct gate **ret, const struct gate_settings *settings, struct why *why);

/* Lets go and leaves everything in place: the gate goes on without us. NULL is welcome. */
void gate_close(struct gate *self);

/*
 * Closes after a start that failed half-way: what this process attached is detached, what it pinned first is removed; what it
 * found stays as it is.
 */
void gate_abandon(struct gate *self);

/* The daemon takes its own gate off over what it holds, without any privilege (clsact apart); what is left is to gate_close(). */
int gate_take_off(struct gate *self, unsigned int *ret_detached, struct why *why);

/* Detaches and unpins everything below @pin_dir, whether a daemon lives or not; needs root. -ENOENT: nothing is there. Returns how many interfaces in @ret_detached. */
int gate_off(const char *pin_dir, unsigned int *ret_detached, struct why *why);

/*
 * Whether all of these have a chance with gate_attach(), without attaching anything: each exists, is readable, suits the rung, and
 * none covers another one.
 */
int gate_check(struct gate *self, const char ifnames[][16], unsigned int count, enum rung rung,
	       bool force_lo, struct why *why);

/*
 * Attaches to @ifname on the best rung (or on @rung); a live adopted link stays as it is. Refuses a rung that would judge
 * nothing. From then on the interface is wanted: gate_links() attaches it again when it vanished and is back.
 */
int gate_attach(struct gate *self, const char *ifname, enum rung rung, bool force_lo,
		struct why *why);
int gate_detach(struct gate *self, const char *ifname, struct why *why);

struct gate_interface {
	char name[16];
	uint32_t ifindex;
	enum rung rung; /* RUNG_AUTO: not attached now */
	uint64_t tag;	/* of the program in use */
	bool resets;	/* whether a reset can be sent here */
	char note
		[WHY_MAX]; /* why not attached, why this rung, what does not work here: a sentence or "" */
};

enum { GATE_INTERFACES_MAX = 64 };

unsigned int gate_interfaces(const struct gate *self, struct gate_interface *ret, unsigned int max);

/*
 * Notices of the kernel about interfaces: poll the descriptor for reading, then let gate_links() mark those that vanished and
 * attach those that came back. @changed (may be NULL) is called for each one that did either; its note says what failed.
 */
int gate_links_fd(const struct gate *self);
void gate_links(struct gate *self, void (*changed)(void *context, const struct gate_interface *now),
		void *context);

/* One record, for a source or a prefix; the unix time for readers is derived here. */
int gate_put(struct gate *self, const struct prefix *prefix, const struct record *record,
	     struct why *why);
int gate_remove(struct gate *self, const struct prefix *prefix, struct why *why);
int gate_neighbours(struct gate *self, const struct source_key *prefix56, uint32_t sources);

/* Everything held, at start: for the policy to take over. Stops when @take returns non-zero, and returns that. */
int gate_each(struct gate *self,
	      int (*take)(void *context, const struct prefix *prefix, const struct record *record),
	      void *context);

/* Which ports are gated; replaces the former set without a moment in which a port of both sets is ungated. */
int gate_services(struct gate *self, const struct port_key *ports, const struct service *services,
		  unsigned int count, struct why *why);

/* Writes the settings; abi, lease, boot_offset, prefixes and hash_key are the gate's own and whatever @settings says there is ignored. */
int gate_settings_put(struct gate *self, const struct settings *settings, struct why *why);

/* What the kernel holds now: after gate_open() that of the daemon before us, so that a mode set at run time survives. */
void gate_settings_held(const struct gate *self, struct settings *ret);

/*
 * Renews the lease by @lease_ns from now, with the clock's offset. -ESTALE: our pins were removed (gate_off() from
 * outside): nothing is gated any more, the daemon should end.
 */
int gate_lease(struct gate *self, uint64_t lease_ns);
uint64_t gate_lease_age_ns(const struct gate *self);

/* Sums over CPUs. @ret has COUNTERS entries. */
int gate_counters(struct gate *self, struct tally *ret);

struct gate_map {
	char name[16];
	uint32_t entries, max;
};

/* Maps that user space fills (sources, prefixes, neighbours, services); the LRU ones are full by design and say nothing. */
unsigned int gate_maps(struct gate *self, struct gate_map *ret, unsigned int max);

/* The ring buffer of sampled events: poll its descriptor, then let gate_events() hand them out. */
int gate_events_fd(const struct gate *self);
int gate_events(struct gate *self, void (*take)(void *context, const struct event *event),
		void *context);

/* Capabilities that must stay after the rest is given up (a bit mask of 1 << CAP_x) and why, in words; 0 and "" on kernels that need none. */
uint64_t gate_capabilities_kept(const struct gate *self, const char **ret_why);

/* Boot-time now, ns. */
uint64_t gate_now_ns(void);

#endif
