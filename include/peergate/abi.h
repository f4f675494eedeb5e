/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * abi: the whole contract between the gate (kernel) and everybody else: words, keys, values, settings.
 *
 * The same file is compiled for the kernel and for user space. Every list of words stands here once, as an X-macro of
 * (CONSTANT, word); the word is the name in C strings, JSON, metrics, documents and `bpftool map dump`.
 * Change a layout or the meaning of a word: raise PEERGATE_ABI, and the daemon migrates the pinned maps.
 */
#ifndef PEERGATE_ABI_H
#define PEERGATE_ABI_H

#include <linux/types.h>

enum { PEERGATE_ABI = 2 };

/* A record's mask of services is one byte, hence eight; one more slot counts what has no port to tell its service. */
enum { SERVICES_MAX = 8, SERVICE_NONE = SERVICES_MAX, SERVICE_SLOTS, SERVICE_NAME_MAX = 16 };

/* Forever, in boot time and in unix time: an operator's word without an end. */
#define FOREVER_NS (~0ULL)
#define FOREVER_UNIX (~0U)

#define PEERGATE_STANDINGS(_)       \
	_(NEUTRAL, neutral)         \
	_(TRUSTED, trusted)         \
	_(GOOD, good)               \
	_(POOR, poor)               \
	_(DISCOURAGED, discouraged) \
	_(BANNED, banned)

/*
 * Why a start of a connection is refused. The first nine are beacon-APIs #606's vocabulary (NONE apart); then what the
 * protocol layer proves, what an operator says, what the gate itself finds.
 */
#define PEERGATE_REASONS(_)                                                                     \
	_(NONE, none)                                                                           \
	_(BAD_SCORE, bad_score)                                                                 \
	_(IRRELEVANT_NETWORK, irrelevant_network)                                               \
	_(UNVIABLE_FORK, unviable_fork)                                                         \
	_(TOO_MANY_PEERS, too_many_peers)                                                       \
	_(RATE_LIMITED, rate_limited)                                                           \
	_(IO_ERROR, io_error)                                                                   \
	_(CLIENT_SHUTDOWN, client_shutdown)                                                     \
	_(UNKNOWN, unknown)                                                                     \
	_(PROTOCOL_VIOLATION, protocol_violation)                                               \
	_(OPERATOR, operator)                                                                   \
	_(HIDDEN,                                                                               \
	  hidden) /* an IPv6 header chain that no honest packet has, from a refused source */   \
	_(SOURCE_FULL, source_full)                                                             \
	_(SOURCE_PACE, source_pace)                                                             \
	_(NODE_FULL, node_full)                                                                 \
	_(CHURN, churn)	    /* its connections all ended within seconds, one after the other */ \
	_(CLOSING, closing) /* QUIC of a source whose live connections are being closed */      \
	_(PRIVATE, private) /* dial: a destination that no public network routes */             \
	_(BOGON, bogon)	    /* dial: a destination that is nobody's */

/* Why a start passes: what the counters of passed packets are called. */
#define PEERGATE_CAUSES(_)                                                                       \
	_(ADMITTED, admitted)                                                                    \
	_(ANSWER, answer) /* to a dial of our own, or not told apart from one */                 \
	_(TRUST, trust)                                                                          \
	_(NO_LEASE, no_lease) /* the daemon is silent: nothing is refused for capacity */        \
	_(LEAKED, leaked)     /* over its pace, but the small share that always passes */        \
	_(NEWCOMER,                                                                              \
	  newcomer) /* unknown, and the newcomers' bucket had a token while the node was full */ \
	_(UNPARSED, unparsed) /* cut short or not understood */

#define PEERGATE_VERDICTS(_) _(PASS, pass) _(REFUSE, refuse) _(WOULD_REFUSE, would_refuse)
#define PEERGATE_DOORS(_)                                                             \
	_(INGRESS, ingress) /* who comes in: XDP or TC */                             \
	_(DIAL, dial)	    /* whom we dial: cgroup connect and sendmsg, TC egress */ \
	_(SOCKETS, sockets) /* who is here: sock_ops and the census; refuses nobody */
#define PEERGATE_REACHES(_) _(OFF, off) _(PRIVATE, private) _(BOGON, bogon)
#define PEERGATE_FAMILIES(_) _(IPV4, ipv4) _(IPV6, ipv6)
#define PEERGATE_MODES(_) _(OBSERVE, observe) _(ENFORCE, enforce)
#define PEERGATE_TRANSPORTS(_) _(TCP, tcp) _(QUIC, quic)

/*
 * In the kernel object the enumerators are the words themselves, so that BTF dumps print them; in C code both sides
 * write the constants (REASON_BAD_SCORE). Packed: one byte, which bpftool prints by name.
 */
#define PEERGATE_CONSTANT_(prefix, NAME) prefix##_##NAME
#ifdef __bpf__
#define PEERGATE_WORD_(NAME, word) word,
#define PEERGATE_ENUM(noun, LIST, CONSTANTS)                        \
	enum noun { LIST(PEERGATE_WORD_) } __attribute__((packed)); \
	enum { LIST(CONSTANTS) }
#else
#define PEERGATE_ENUM(noun, LIST, CONSTANTS) enum noun { LIST(CONSTANTS) } __attribute__((packed))
#endif

#define STANDING_(NAME, word) STANDING_##NAME,
#define REASON_(NAME, word) REASON_##NAME,
#define CAUSE_(NAME, word) CAUSE_##NAME,
#define VERDICT_(NAME, word) VERDICT_##NAME,
#define DOOR_(NAME, word) DOOR_##NAME,
#define FAMILY_(NAME, word) FAMILY_##NAME,
#define MODE_(NAME, word) MODE_##NAME,
#define TRANSPORT_(NAME, word) TRANSPORT_##NAME,
#define REACH_(NAME, word) REACH_##NAME,
PEERGATE_ENUM(standing, PEERGATE_STANDINGS, STANDING_);
PEERGATE_ENUM(reason, PEERGATE_REASONS, REASON_);
PEERGATE_ENUM(cause, PEERGATE_CAUSES, CAUSE_);
PEERGATE_ENUM(verdict, PEERGATE_VERDICTS, VERDICT_);
PEERGATE_ENUM(door, PEERGATE_DOORS, DOOR_);
PEERGATE_ENUM(family, PEERGATE_FAMILIES, FAMILY_);
PEERGATE_ENUM(mode, PEERGATE_MODES, MODE_);
PEERGATE_ENUM(transport, PEERGATE_TRANSPORTS, TRANSPORT_);
/* Its words are names of reasons and of things in the kernel, too: constants only. */
enum reach { PEERGATE_REACHES(REACH_) } __attribute__((packed));

#define PEERGATE_COUNT_(NAME, word) +1
enum {
	STANDINGS = 0 PEERGATE_STANDINGS(PEERGATE_COUNT_),
	REASONS = 0 PEERGATE_REASONS(PEERGATE_COUNT_),
	CAUSES = 0 PEERGATE_CAUSES(PEERGATE_COUNT_),
	VERDICTS = 0 PEERGATE_VERDICTS(PEERGATE_COUNT_),
	DOORS = 0 PEERGATE_DOORS(PEERGATE_COUNT_),
	FAMILIES = 0 PEERGATE_FAMILIES(PEERGATE_COUNT_),
	MODES = 0 PEERGATE_MODES(PEERGATE_COUNT_),
	TRANSPORTS = 0 PEERGATE_TRANSPORTS(PEERGATE_COUNT_),
	REACHES = 0 PEERGATE_REACHES(PEERGATE_COUNT_),
};

/*
 * Key of `sources` and `pace`: what one subscriber usually holds. An IPv6 /64 is its first eight bytes; an IPv4
 * address is 0, 0, 255, 255 and its four bytes (no routable /64 looks so). See source.h for which address counts.
 */
struct source_key {
	__u8 address[8];
};

/* Key of `prefixes` (LPM): @length counts from the top of the 128-bit address, so an IPv4 /24 is 96 + 24 = 120. */
struct prefix_key {
	__u32 length;
	__u8 address[16]; /* IPv4 as ::ffff:a.b.c.d */
};

/*
 * Value of `sources`, written by user space only. The verdict is live while @until is later than the boot-time clock:
 * then STANDING_TRUSTED passes and every other standing is refused for @reason, for the services in the mask.
 * The last bit of @until, a nanosecond, says whose word it is (UNTIL_OPERATOR), which a restarted daemon has to know.
 */
#define UNTIL_OPERATOR 1ULL

struct record {
	__u64 until;	  /* boot-time ns; 0: no verdict, only a score */
	__u32 until_unix; /* the same moment in unix seconds, for readers; FOREVER_UNIX: no end */
	__s8 score;	  /* -100 .. 100; 0 is a newcomer */
	enum standing standing;
	enum reason reason;
	__u8 services; /* bit n: the verdict holds for service n; a ban holds for all: 0xff */
};

/* Value of `prefixes`: the same, and its own length, so that a look-up can go on to the next shorter prefix. */
struct prefix_record {
	__u64 until;
	__u32 until_unix;
	__s8 score;
	enum standing standing;
	enum reason reason;
	__u8 services;
	__u32 length; /* as in the key */
	__u32 unused;
};

/* Key of `neighbours`: the first seven bytes of an IPv6 source (its /56), then 0. An unknown source here is a newcomer. */
struct neighbours {
	__u32 sources; /* known sources within this /56; the entry leaves with the last */
};

/* Key and value of `services`: which port belongs to which service. Ports in host order, as people write them. */
struct port_key {
	__u16 port;
	enum transport transport;
	__u8 unused;
};

struct service {
	char name[SERVICE_NAME_MAX]; /* NUL-terminated */
	__u32 id;		     /* 0 .. SERVICES_MAX - 1 */
};

/*
 * Key of `listeners` (value: struct service): the same for sockets, which see the port that a program listens on, in its own
 * network namespace. Without containers these are the ports of `services` in this host's namespace.
 */
struct listener_key {
	__u64 namespace_cookie; /* SO_NETNS_COOKIE */
	struct port_key port;
	__u32 unused;
};

/*
 * Value of `interfaces`, by interface index: what the XDP door cannot see of one by itself. Written by user space; an
 * interface without an entry has nothing to say.
 */
struct interface {
	char name[16];	 /* for readers */
	__u8 takes_tags; /* 1: its driver takes VLAN tags off the frame before XDP, so an untagged reset may go astray: drop */
	__u8 remembers; /* 1: what leaves here is seen too, so that answers to our own dials are known */
	__u8 unused[2];
};

/* A token bucket as GCRA sees it: one token each @interval_ns, @burst_ns = (burst - 1) * interval_ns; interval 0: no limit. */
struct rate {
	__u64 interval_ns;
	__u64 burst_ns;
};

struct limits {
	struct rate pace;      /* question 6: starts from one source */
	struct rate newcomers; /* question 7: each of NEWCOMER_BUCKETS while the node is full */
	struct rate
		unproven; /* question 7: starts of all newcomers together that reach the stack while the node is full */
	__u32 living;		    /* question 5: live connections of one source; 0: no limit */
	__u32 living_56, living_48; /* the same for an IPv6 /56, /48 */
	__s8 floor;		    /* question 7: lowest score admitted; -100 admits all */
	__u8 witnessed; /* bit TRANSPORT_x: somebody sees its connections established; 0: newcomers pay at the start */
	__u8 unused[2];
};

enum { FLOOR_OPEN = -100, NEWCOMER_BUCKETS = 8, TRUSTED_PACE_FACTOR = 16, DIAL_PORTS_MAX = 16 };

/* The single value of `settings`; written by user space only, whole, each second with the lease. */
struct settings {
	__u32 abi; /* PEERGATE_ABI of the maps beside it */
	enum mode mode;
	__u8 unused[3];
	__u64 lease;	     /* CLOCK_MONOTONIC ns until which pace and floors count */
	__u64 boot_offset;   /* CLOCK_BOOTTIME - CLOCK_MONOTONIC, ns */
	__u64 hash_key[2];   /* secret of this installation: newcomers' buckets and the leak */
	__u32 prefixes;	     /* entries in `prefixes`; 0: the look-up is skipped */
	__u32 resets;	     /* bit REASON_x: a TCP start refused for x is answered with a reset */
	__u32 leak;	     /* of 65,536 starts over their pace, how many pass */
	__u32 samples_per_s; /* events of each reason that go to the ring buffer in a second */
	__u64 short_ns;	     /* a connection that ends sooner is short-lived */
	__u32 churn;	     /* so many short-lived ones in a row are told as churn; 0: never */
	__u32 closing;	     /* entries in `closures`; 0: the look-up is skipped */
	enum reach dial;     /* which destinations the node may not dial */
	__u8 dial_banned;    /* 1: nor those that are refused here */
	__u8 unused_dial[6];
	__u16 dial_ports
		[DIAL_PORTS_MAX]; /* destination ports that are never refused: DNS, the execution client; 0: none */
	struct limits services[SERVICES_MAX];
};

/* Value of `counters` (per CPU), one a (door, family, service slot): see counter_index(). Written by programs only. */
#define PEERGATE_MEMBER_(NAME, word) __u64 word;
struct causes {
	PEERGATE_CAUSES(PEERGATE_MEMBER_)
};

struct reasons {
	PEERGATE_REASONS(PEERGATE_MEMBER_)
};

struct tally {
	struct causes passed;
	struct reasons refused;
	struct reasons would_refuse;
	__u64 resets; /* of the refused, how many were answered with a reset */
};

enum { COUNTERS = DOORS * FAMILIES * SERVICE_SLOTS };

/* Index into `counters`; @service 0 .. SERVICE_NONE. */
static inline __u32 counter_index(__u32 door, __u32 family, __u32 service)
{
	return (door * FAMILIES + family) * SERVICE_SLOTS + service;
}

/* Value of `newcomers` and `unproven`: GCRA's theoretical arrival time, in boot-time ns. Written by programs only. */
struct bucket {
	__u64 next;
};

/*
 * Value of `pace`, by source: its bucket, and the last QUIC Initial that was judged, so that the second one of the same dial
 * and every repeat get the same verdict and cost no token. Written by programs only, of unproven sources: an LRU map.
 */
struct pace {
	struct bucket bucket;
	__u32 initial; /* keyed hash of the Initial's destination ID; 0: none yet */
	enum verdict verdict;
	enum cause cause;
	enum reason reason;
	__u8 repeats; /* how often the verdict was given again */
};

/* Index into `newcomers`. */
static inline __u32 newcomer_index(__u32 service, __u32 bucket)
{
	return service * NEWCOMER_BUCKETS + bucket;
}

/* One sampled judgement in the ring buffer `events`. */
struct event {
	__u64 at;	  /* boot-time ns */
	__u8 address[16]; /* the source as judged; IPv4 as ::ffff:a.b.c.d */
	__u32 ifindex;
	__u16 port;	   /* ours, host order; 0 when unseen */
	__u16 source_port; /* theirs, host order; 0 when unseen */
	enum door door;
	enum family family; /* of the packet */
	enum transport transport;
	enum verdict verdict; /* refuse or would_refuse */
	enum reason reason;
	__u8 service; /* 0 .. SERVICE_NONE */
	__u8 reset;   /* 1: answered with a reset */
	__u8 unused;
};

#include "abi_doors.h"

#ifndef __cplusplus
_Static_assert(sizeof(struct source_key) == 8, "a source's key is 8 bytes");
_Static_assert(sizeof(struct record) == 16, "a source's value is 16 bytes");
_Static_assert(sizeof(struct prefix_record) == 24, "a prefix's value is 24 bytes");
_Static_assert(sizeof(struct port_key) == 4, "a port's key is 4 bytes");
_Static_assert(sizeof(struct event) == 40, "an event is 40 bytes");
_Static_assert(sizeof(struct listener_key) == 16, "no padding in a listener's key");
_Static_assert(REASONS <= 32, "settings.resets has a bit for each reason");
#endif

#endif
