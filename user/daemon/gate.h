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
	uint32_t sources_max, prefixes_max, pace_max, witness_max;
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

/* Many records of sources: one system call for a few thousand of them, a third of the price each. */
enum { GATE_BATCH_MAX = 4096 };
struct gate_batch {
	unsigned int count;
	struct source_key keys[GATE_BATCH_MAX];
	struct record records[GATE_BATCH_MAX]; /* until_unix is derived here */
	bool fresh[GATE_BATCH_MAX];	       /* the map does not hold this key yet */
};

/* Writes them in their order. @ret_done, also on failure: how many are in the kernel; the rest is not. */
int gate_put_batch(struct gate *self, struct gate_batch *batch, unsigned int *ret_done,
		   struct why *why);
int gate_remove(struct gate *self, const struct prefix *prefix, struct why *why);
int gate_neighbours(struct gate *self, const struct source_key *prefix56, uint32_t sources);

/* Whether a gate before us left records. */
bool gate_holds(const struct gate *self);

/* Everything held, at start: for the policy to take over. Stops when @take returns non-zero, and returns that. */
int gate_each(struct gate *self,
	      int (*take)(void *context, const struct prefix *prefix, const struct record *record),
	      void *context);

/* Which ports are gated; replaces the former set without a moment in which a port of both sets is ungated. */
int gate_services(struct gate *self, const struct port_key *ports, const struct service *services,
		  unsigned int count, struct why *why);

/* Writes the settings; abi, lease, boot_offset, prefixes, closing and hash_key are the gate's own and whatever @settings says there is ignored. */
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
	bool makes_room; /* what is least useful goes before it is full */
};

/* Maps that user space fills (sources, prefixes, neighbours, services) and the witness, as the last census found it; the LRU ones are full by design and say nothing. */
unsigned int gate_maps(struct gate *self, struct gate_map *ret, unsigned int max);

/* The ring buffer of sampled events: poll its descriptor, then let gate_events() hand them out. */
int gate_events_fd(const struct gate *self);
int gate_events(struct gate *self, void (*take)(void *context, const struct event *event),
		void *context);

/*
 * The doors beside the front one. What hangs where, for status: one entry for each hook, wanted or not.
 */
struct gate_door {
	enum door door; /* ingress is told by gate_interfaces() */
	char hook[16];	/* egress, sock_ops, connect4, connect6, sendmsg4, sendmsg6, census, kill */
	char place[256]; /* the interface or the cgroup's path; "" where it has none */
	char rung[16];	 /* tcx, clsact, cgroup, iterator; "" when it is not there */
	bool on;
	char note[WHY_MAX]; /* why it is not there, what serves instead: a sentence or "" */
};

enum { GATE_DOORS_MAX = 256, GATE_CGROUPS_MAX = 16 };

unsigned int gate_doors(const struct gate *self, struct gate_door *ret, unsigned int max);

/* A cgroup (v2) and which doors hang there. */
struct gate_cgroup {
	char path[256]; /* of its folder, absolute */
	uint64_t id;	/* of the folder: its inode; 0: not known yet */
	bool sockets, dial;
};

/*
 * Makes exactly these cgroups carry their doors: new ones are attached, those not named any more detached, one whose id is another
 * than before (it was made anew) attached again. Links are pinned. A cgroup that cannot be had is told by its gate_door's
 * note and does not keep the others from being had. Needs no privilege.
 */
int gate_cgroups(struct gate *self, const struct gate_cgroup *wanted, unsigned int count,
		 struct why *why);

/* Which local ports belong to which service, for the doors that see sockets; as gate_services(). */
int gate_listeners(struct gate *self, const struct listener_key *ports,
		   const struct service *services, unsigned int count, struct why *why);

/* Further namespaces in which connections live: the census looks into them beside our own. Borrowed; NULL: none. */
struct namespaces;
void gate_namespaces(struct gate *self, struct namespaces *namespaces);

/* Cookie of the network namespace of the calling thread (SO_NETNS_COOKIE); 0: this kernel has none. */
uint64_t gate_namespace_cookie(void);

/* What the witness holds of @source. -ENOENT: never seen. */
int gate_witness(const struct gate *self, const struct source_key *source, struct witness *ret);

/* Walks the witness by batches; stops when @take returns non-zero, and returns that. */
int gate_witness_each(const struct gate *self,
		      int (*take)(void *context, const struct source_key *source,
				  const struct witness *witness),
		      void *context);

/* Of which transports every connection is seen when it opens, by the hooks that are there now: bit TRANSPORT_x. */
uint8_t gate_witnesses(const struct gate *self);

/* Messages of churn: poll the descriptor for reading, then let gate_sightings() hand them out. */
int gate_sightings_fd(const struct gate *self);
int gate_sightings(struct gate *self, void (*take)(void *context, const struct sighting *sighting),
		   void *context);

/*
 * A census counts what lives anew and corrects the witness. It runs in slices: gate_census_step() does a bounded piece (well
 * under 1 ms) and returns 1 while there is more, 0 when it is done, or a negative errno. -EOPNOTSUPP: this kernel cannot;
 * -EALREADY: one is in progress. For a moment after another one the steps do nothing: call them by a timer.
 */
int gate_census_begin(struct gate *self);
int gate_census_step(struct gate *self);
bool gate_census_runs(const struct gate *self);

/* The last census, and what the witness held at its end. */
struct gate_census {
	uint64_t at_ns;		    /* when it ended, boot time; 0: there was none yet */
	uint64_t took_ns, slice_ns; /* all of it; CPU time of its longest slice */
	struct census found;	    /* in this one; but found.lost: since the maps were made */
	uint32_t records, crowds;   /* in `witness` and `crowds` */
	uint32_t records_max;
	uint64_t evicted; /* records taken out for room, since this daemon's start */
};

void gate_census_last(const struct gate *self, struct gate_census *ret);

/*
 * Closes the live TCP connections of @prefix to gated services in the mask at once, and QUIC's by refusing its packets for
 * @quic_ns. @ret_closed: connections closed, of both kinds. It takes a walk over the sockets of the host, a microsecond each.
 * -EOPNOTSUPP: no way to TCP on this kernel, in @why; QUIC is closed all the same. -ENOSPC: too many are being closed.
 */
int gate_kill(struct gate *self, const struct prefix *prefix, uint8_t services, uint64_t quic_ns,
	      uint32_t *ret_closed, struct why *why);

/* The same for many sources and all services in one walk. */
int gate_kill_sources(struct gate *self, const struct source_key *sources, unsigned int count,
		      uint64_t quic_ns, uint32_t *ret_closed, struct why *why);

/* Ends the closing of QUIC for all sources within @prefix: it may come in again. */
void gate_reopen(struct gate *self, const struct prefix *prefix);

/* Once a second: forgets closings that are over. */
void gate_closures_tick(struct gate *self);

/* Capabilities that must stay after the rest is given up (a bit mask of 1 << CAP_x) and why, in words; 0 and "" on kernels that need none. */
uint64_t gate_capabilities_kept(const struct gate *self, const char **ret_why);

/* Boot-time now, ns. */
uint64_t gate_now_ns(void);

#endif
