/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * question: what is asked about a start, of which tables, and what can be the answer. Pure: the tables behind the look-ups
 * are the includer's, maps in the kernel and arrays in a test.
 *
 * What cannot be looked up or kept never refuses anybody.
 */
#ifndef QUESTION_H
#define QUESTION_H

#include <peergate/source.h>

#include "quic.h"

/* What the includer defines, inlined in the kernel. NULL: not there. */
#ifdef __bpf__
#define LOOK PURE
#else
#define LOOK
#endif
LOOK const struct record *look_source(const struct source_key *key);
LOOK const struct prefix_record *look_prefix(const struct prefix_key *key);
LOOK const struct neighbours *look_neighbours(const struct source_key *prefix56);
LOOK struct pace *look_pace(const struct source_key *key);
LOOK struct bucket *look_newcomers(__u32 index);
LOOK struct bucket *look_unproven(__u32 service);
LOOK const struct witness *look_witness(const struct source_key *key);
LOOK const struct crowd *look_crowd(const struct crowd_key *key);
LOOK int look_remembers(__u32 ifindex);
LOOK int look_closure(const struct source_key *key, __u64 now);
LOOK void keep_pace(const struct source_key *key, const struct pace *fresh);

struct question {
	const struct start *start;
	const struct source_key *
		source; /* apart, since a look-up takes its address: what is beside it would stay in memory, too */
	__u32 service; /* 0 .. SERVICES_MAX - 1 */
	__u8 leased;   /* the daemon's promise holds */
	__u8 answer;   /* an Initial that belongs to what we dialled or answered: it is no start */
	__u32 ifindex; /* of an Initial: where it came in */
	const struct quic_id *to; /* the ID that an Initial goes to; NULL: not seen */
	__u64 now;		  /* boot-time ns */
	const struct settings *settings;
};

/* The source as judged, into @ret: an IPv4 host out of its carrier. */
PURE void question_address(const struct question *self, __u8 ret[16])
{
	__builtin_memcpy(ret, self->start->address, 16);
	if (self->start->family == FAMILY_IPV6)
		source_normalise(ret);
}

struct judgement {
	enum verdict verdict; /* pass or refuse; observing is the caller's */
	enum cause cause;     /* of a pass */
	enum reason reason;   /* of a refusal */
	__u8 firm;	      /* of a refusal: a ban, which no socket of ours that waits can lift */
};

PURE struct judgement judge_pass(enum cause cause)
{
	return (struct judgement){.verdict = VERDICT_PASS, .cause = cause};
}

PURE struct judgement judge_refuse(__u8 reason)
{
	return (struct judgement){
		.verdict = VERDICT_REFUSE,
		.reason = reason < REASONS ? reason : REASON_UNKNOWN,
	};
}

PURE int is_ipv4_source(const struct source_key *key)
{
	return source_word(key->address) >> 32 == 0xffff;
}

#endif
