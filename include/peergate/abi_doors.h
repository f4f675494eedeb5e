/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * abi_doors: the part of abi.h for the doors that see whole connections: the witness, QUIC's connection IDs, the census. The
 * same rules hold for it.
 */
#ifndef PEERGATE_ABI_DOORS_H
#define PEERGATE_ABI_DOORS_H

#include "abi.h"

/*
 * The witness: what the kernel itself saw of sources. Only who proved his address is in it: a TCP source by the three-way
 * handshake, a QUIC source by sending our connection ID back.
 */

/* A stretch of time in which a source had connections; seconds of boot time. */
struct visit {
	__u32 from_s, until_s; /* the last one goes on while anything lives */
	__u32 services;	       /* bit n: on service n */
};

enum { VISITS = 4, VISIT_GAP_S = 15 /* a shorter pause does not end a visit */ };

/* Live connections: now, and as the census in progress counts them. Both change in one atomic step of 64 bits, so that they agree. */
struct live {
	__u32 living, census;
} __attribute__((aligned(8)));

/* Value of `witness`, by source: written by programs only, removed by user space only. All times boot-time ns. */
struct witness {
	__u64 first_ns, last_ns; /* first connection; last one opened, ended or found alive */
	__u64 told_ns;		 /* when churn was last told: once a second at most */
	__u32 opened;		 /* connections in all; these wrap */
	__u32 ended_by_us, ended_by_them,
		ended_unknown;		/* who closed first; QUIC's and found missing: unknown */
	__u32 short_lived;		/* in a row, since the last one that lasted */
	__u32 lasted;			/* connections that lasted, ended or alive */
	__u32 last_ms, longest_ms;	/* lifetimes of ended connections, saturated */
	struct live live[SERVICES_MAX]; /* by service */
	struct visit visits[VISITS];	/* newest first */
};

/* Key and value of `crowds`: live connections of an IPv6 prefix wider than a source. */
struct crowd_key {
	__u8 address[7]; /* the rest of a /48 is 0 */
	__u8 length;	 /* 48 or 56 */
};

struct crowd {
	struct live live[SERVICES_MAX]; /* by service */
};

/* Value of `marks`, kept with a socket that was counted: what ends only so is taken off the count. */
enum ended { ENDED_UNKNOWN, ENDED_BY_US, ENDED_BY_THEM };

struct mark {
	struct source_key source;
	__u64 opened_ns;
	__u32 census; /* the census that counted it */
	__u8 service;
	__u8 lasted; /* it was told as one that lasted */
	__u8 ended;  /* enum ended: who closed first, as far as it goes */
	__u8 late;   /* a census found it: it may be older than @opened_ns */
};

/* Key and value of `flows`: a QUIC connection whose client sent our ID back. */
struct flow_key {
	__u8 address[16];	 /* IPv4 as ::ffff:a.b.c.d, out of its carrier */
	__u16 source_port, port; /* theirs, ours; host order */
};

struct flow {
	__u64 opened_ns, seen_ns; /* exact while it is young, then a sample of its packets */
	__u64 id; /* keyed hash of our ID that came back: another one is another connection */
	__u32 census;
	__u8 service;
	__u8 lasted;
	__u8 late;
	__u8 unused;
	__u32 doubted_s; /* boot-time second since when each of its packets is looked for; 0: nobody doubts it */
	__u32 unused_too;
};

/*
 * Key of `dialled` (our IDs of our own dials), `answered` (our IDs that we gave to who dialled, and theirs) and `callers` (IDs of
 * who sent an Initial that passed). The first two are written by our own sending only, and bound what the third says.
 */
struct quic_key {
	__u8 address[16]; /* the remote's, as in flow_key */
	__u64 id;	  /* keyed hash of a connection ID and both ports */
};

struct quic_memory {
	__u64 until; /* boot-time ns; of what was answered never later than 30 s after an Initial was judged */
	__u32 first; /* of a caller's ID: keyed hash of the ID to which his first Initial went */
	__u32 second; /* of an answered caller's: of the one other ID to which his second flight may go; 0: none yet */
	__u8 judged; /* of a caller: 1: his Initial was admitted by the questions; 0: it passed as an answer */
	__u8 is_ours; /* of what was answered: 1: our own ID, so that who sends it back has proved his address */
	__u8 returned; /* 1: it came back */
	__u8 passes;   /* Initials that passed for its sake */
	__u8 size;     /* of an answered caller's: bytes of our own ID */
	__u8 unused[3];
};

/* Value of `handshakes`, by flow_key: an inbound connection that our stack answers, until its client has proved his address. */
struct handshake {
	__u64 until;	   /* boot-time ns */
	__u64 id;	   /* keyed hash of our ID: which connection of these ports it is */
	__u64 answered_ns; /* when our last long header left */
	__u64 aimed; /* keyed hash of the last ID that we sent to and that was never in clear; 0: none */
	__u8 size;   /* bytes of their ID */
	__u8 second; /* 1: their second flight came to an ID that was never in clear */
	__u8 proven;
	__u8 unused[5];
};

/*
 * `watched`: one word a slot, a slot for each hash of a source's address: the boot-time second until which a packet of that slot
 * is worth a look: a young QUIC flow, a source that is being closed. 0, nearly always: not worth one.
 */
/* `remembered`, by the same slots: until when `dialled` or `answered` may hold anything of such an address. */
enum { WATCHED_BITS = 14, WATCHED_SLOTS = 1 << WATCHED_BITS };

/*
 * The single value of `census`: which one is in progress, word by word from user space; and what all of them found, counted by
 * programs since the map was made.
 */
struct census {
	__u32 epoch;	      /* the number of the one in progress; 0: none */
	__u32 number;	      /* of the last one */
	__u64 sockets, flows; /* found alive */
	__u64 missed, healed; /* found alive but not counted; counted but not found */
	__u64 lost;	      /* connections that found no room in `witness` */
};

/* The packet that the census's programs for maps are run on: so many bytes that mean nothing, then keys side by side. */
enum { CENSUS_KEYS_OFFSET = 16, CENSUS_KEYS_MAX = 64 };

/* The single value of `target`: whose connections the closing iterator ends, and how many it ended. */
struct target {
	struct prefix_key prefix;
	__u32 services;		/* bit n */
	__u64 namespace_cookie; /* 0: any */
	__u32 closed;
	__u32 by_closures; /* 1: of the sources in `closures`, whatever @prefix says */
};

/* One message in the ring buffer `sightings`: a source with @short_lived connections in a row. */
struct sighting {
	__u64 at; /* boot-time ns */
	struct source_key source;
	__u32 short_lived, living; /* living on all services */
	__u8 service;
	enum transport transport;
	__u8 unused[6];
};

#ifndef __cplusplus
_Static_assert(sizeof(struct flow_key) == 20, "no padding in a flow's key");
_Static_assert(sizeof(struct quic_key) == 24, "no padding in an ID's key");
_Static_assert(sizeof(struct quic_memory) == 24, "no padding in an ID's value");
#endif

#endif
