/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * judge: the order of questions, from the source of a start to a verdict. Pure: the tables behind the look-ups are the
 * includer's, maps in the kernel and arrays in a test.
 *
 * What cannot be looked up or kept never refuses anybody.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <peergate/source.h>

#include "pace.h"
#include "packet.h"
#include "siphash.h"

enum { PREFIX_TRIES = 4 };    /* shorter prefixes asked when the longest has no live verdict */
enum { SOURCE_BITS_V6 = 64 }; /* a longer prefix is more specific than its source's record */
enum {
	LEAK_EPOCH_SHIFT = 35
}; /* the draw of a source and port holds for 2^35 ns, 34 s: longer than a SYN is repeated */
enum { PREFIX_IPV4 = 96 }; /* every prefix of IPv4 sources is at least this long */
enum { EVERY_SERVICE = 0xff };

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
LOOK void keep_pace(const struct source_key *key, const struct pace *fresh);

struct question {
	const struct start *start;
	const struct source_key *
		source; /* apart, since a look-up takes its address: what is beside it would stay in memory, too */
	__u32 service; /* 0 .. SERVICES_MAX - 1 */
	__u8 leased;   /* the daemon's promise holds */
	__u64 now;     /* boot-time ns */
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

/* What a record says; @live 0: nothing now. */
struct saying {
	__u8 live, standing, reason;
	__u32 length; /* of the prefix that says it; 0 for a source's own */
};

/* Works for both kinds of record: live when it speaks now, for one of the services in @mask. */
#define SAYING(record, mask, now)                                                      \
	((struct saying){                                                              \
		.live = (record)->until > (now) && ((record)->services & (mask)) != 0, \
		.standing = (record)->standing,                                        \
		.reason = (record)->reason,                                            \
	})

/* What the longest prefix that says anything now says. ::/0 and the like are IPv6's and mean no IPv4 source. */
PURE struct saying prefix_says(const struct question *q, __u32 mask)
{
	__u32 least = is_ipv4_source(q->source) ? PREFIX_IPV4 : 0;
	struct prefix_key key = {.length = 128};
	struct saying nothing = {0};

	question_address(q, key.address);
	for (int i = 0; i <= PREFIX_TRIES; i++) {
		const struct prefix_record *found = look_prefix(&key);
		struct saying saying;

		if (!found || found->length < least)
			return nothing;
		saying = SAYING(found, mask, q->now);
		saying.length = found->length;
		if (saying.live || !saying.length)
			return saying;
		key.length = saying.length - 1;
	}
	return nothing;
}

/*
 * The most specific live verdict on a source: a prefix within its /64, its own record, a prefix around it.
 * @record: its own, or NULL.
 */
PURE struct saying source_says(const struct question *q, const struct record *record, __u32 mask)
{
	struct saying own = {0}, prefix;

	if (record)
		own = SAYING(record, mask, q->now);
	if (!q->settings->prefixes || (own.live && is_ipv4_source(q->source)))
		return own;
	prefix = prefix_says(q, mask);
	if (prefix.live && (!own.live || prefix.length > SOURCE_BITS_V6))
		return prefix;
	return own;
}

/* A source and port that has no token leaks through by this draw, the same for every repeat of a SYN. */
PURE int leaks(const struct question *q)
{
	__u64 source, draw;

	__builtin_memcpy(&source, q->source->address, sizeof(source));
	draw = hash_pair(q->settings->hash_key, source,
			 (__u64)q->start->source_port << 48 | q->now >> LEAK_EPOCH_SHIFT);
	return (draw & 0xffff) < q->settings->leak;
}

/* Question 6. */
PURE int is_within_pace(const struct question *q, const struct rate *rate)
{
	struct pace *pace;

	if (!rate->interval_ns)
		return 1;
	pace = look_pace(q->source);
	if (!pace) {
		struct pace fresh = {.bucket.next = q->now + rate->interval_ns};

		keep_pace(q->source, &fresh);
		return 1;
	}
	return bucket_take(&pace->bucket, rate, q->now);
}

/* An IPv6 source beside known ones, within one /56, is nobody new. */
PURE int is_newcomer(const struct question *q, const struct record *record)
{
	struct source_key key __attribute__((aligned(8))) = *q->source;

	if (record)
		return 0;
	if (is_ipv4_source(&key))
		return 1;
	key.address[7] = 0;
	return !look_neighbours(&key);
}

/* The network whose newcomers share their two buckets: IPv4 /24, IPv6 /48. */
PURE __u64 newcomer_network(const struct source_key *source)
{
	struct source_key key __attribute__((aligned(8))) = *source;
	__u64 network;

	if (!is_ipv4_source(&key))
		key.address[6] = 0;
	key.address[7] = 0;
	__builtin_memcpy(&network, key.address, sizeof(network));
	return network;
}

/* Two buckets of the service's eight, by a hash of the network; the one that is fuller gives the token. */
PURE int newcomer_takes(const struct question *q, const struct rate *rate)
{
	__u64 hash = hash_pair(q->settings->hash_key, newcomer_network(q->source), q->service);
	__u32 one = hash % NEWCOMER_BUCKETS;
	__u32 other = (one + 1 + (hash >> 32) % (NEWCOMER_BUCKETS - 1)) % NEWCOMER_BUCKETS;
	struct bucket *first = look_newcomers(newcomer_index(q->service, one));
	struct bucket *second = look_newcomers(newcomer_index(q->service, other));

	if (!rate->interval_ns || !first || !second)
		return 1;
	if (second->next < first->next)
		first = second;
	return bucket_take(first, rate, q->now);
}

/* Question 7. */
PURE struct judgement judge_floor(const struct question *q, const struct limits *limits,
				  const struct record *record, enum cause cause)
{
	__s32 score = record ? record->score : 0;

	if (score >= limits->floor)
		return judge_pass(cause);
	if (is_newcomer(q, record) && newcomer_takes(q, &limits->newcomers))
		return judge_pass(CAUSE_NEWCOMER);
	return judge_refuse(REASON_NODE_FULL);
}

/* Question 2: a trusted source is only paced, so that a neighbour behind its NAT does not flood through it. */
PURE struct judgement judge_trusted(const struct question *q, const struct limits *limits)
{
	struct rate rate = rate_times(&limits->pace, TRUSTED_PACE_FACTOR);

	if (!q->leased || q->start->transport == TRANSPORT_QUIC || is_within_pace(q, &rate) ||
	    leaks(q))
		return judge_pass(CAUSE_TRUST);
	return judge_refuse(REASON_SOURCE_PACE);
}

/* A start on a gated port. */
PURE struct judgement judge(const struct question *q)
{
	const struct limits *limits = &q->settings->services[q->service % SERVICES_MAX];
	enum cause cause = CAUSE_ADMITTED;
	const struct record *record;
	struct saying saying;

	if (q->start->answer)
		return judge_pass(CAUSE_ANSWER);
	record = look_source(q->source);
	saying = source_says(q, record, 1U << (q->service % SERVICES_MAX));
	if (saying.live && saying.standing == STANDING_TRUSTED)
		return judge_trusted(q, limits);
	if (saying.live)
		return judge_refuse(saying.reason);
	if (!q->leased)
		return judge_pass(CAUSE_NO_LEASE);
	/* Until the gate remembers our own dials, an Initial may be the answer to one: bans only. */
	if (q->start->transport == TRANSPORT_QUIC)
		return judge_pass(CAUSE_ADMITTED);
	if (!is_within_pace(q, &limits->pace)) {
		if (!leaks(q))
			return judge_refuse(REASON_SOURCE_PACE);
		cause = CAUSE_LEAKED;
	}
	return judge_floor(q, limits, record, cause);
}

/* A packet that hides its ports behind more headers than any honest one has: refused to who is refused anywhere. */
PURE struct judgement judge_hidden(const struct question *q)
{
	struct saying saying = source_says(q, look_source(q->source), EVERY_SERVICE);

	if (saying.live && saying.standing != STANDING_TRUSTED)
		return judge_refuse(REASON_HIDDEN);
	return judge_pass(CAUSE_UNPARSED);
}

#endif
