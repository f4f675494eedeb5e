/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * room: questions 5 and 7: does this source hold as many live connections as it may? May a start come in while the service is
 * full? Who is good enough may, and a few newcomers. Pure.
 *
 * A newcomer's token is looked at when his connection starts and spent when it is established: else forged starts would
 * take them all (law 8). How many such starts reach the stack meanwhile is bounded by one wide bucket.
 */
#ifndef ROOM_H
#define ROOM_H

#include "pace.h"
#include "question.h"
#include "siphash.h"
#include "standing.h"

enum {
	DEBT_MAX = 8
}; /* tokens: who came at the same moment saw the same token, and pays for it afterwards */

PURE int is_crowded(const struct question *q, __u8 length, __u32 limit)
{
	struct crowd_key key = {.length = length};
	const struct crowd *crowd;

	if (!limit)
		return 0;
	__builtin_memcpy(key.address, q->source->address, sizeof(key.address));
	if (length == 48)
		key.address[6] = 0;
	crowd = look_crowd(&key);
	return crowd && crowd->live[q->service % SERVICES_MAX].living >= limit;
}

/* Question 5. A limit of 0 is none, and costs no look-up. */
PURE int is_source_full(const struct question *q, const struct limits *limits)
{
	const struct witness *witness = limits->living ? look_witness(q->source) : NULL;

	if (witness && witness->live[q->service % SERVICES_MAX].living >= limits->living)
		return 1;
	if (is_ipv4_source(q->source))
		return 0;
	return is_crowded(q, 56, limits->living_56) || is_crowded(q, 48, limits->living_48);
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

/* Two buckets of the service's eight, by a hash of the network; the one that is fuller counts. NULL: not there. */
PURE struct bucket *newcomer_bucket(const struct question *q)
{
	__u64 hash = hash_pair(q->settings->hash_key, newcomer_network(q->source), q->service);
	__u32 one = hash % NEWCOMER_BUCKETS;
	__u32 other = (one + 1 + (hash >> 32) % (NEWCOMER_BUCKETS - 1)) % NEWCOMER_BUCKETS;
	struct bucket *first = look_newcomers(newcomer_index(q->service, one));
	struct bucket *second = look_newcomers(newcomer_index(q->service, other));

	if (!first || !second)
		return NULL;
	return second->next < first->next ? second : first;
}

/* Nobody sees these connections established: the token goes at the start. */
PURE int newcomer_takes(const struct question *q, const struct rate *rate)
{
	struct bucket *bucket = rate->interval_ns ? newcomer_bucket(q) : NULL;

	return !bucket || bucket_take(bucket, rate, q->now);
}

PURE int newcomer_may(const struct question *q, const struct limits *limits)
{
	struct bucket *bucket = NULL;

	if (!(limits->witnessed >> q->start->transport & 1))
		return newcomer_takes(q, &limits->newcomers);
	if (limits->newcomers.interval_ns)
		bucket = newcomer_bucket(q);
	if (bucket && !bucket_has(bucket, &limits->newcomers, q->now))
		return 0;
	bucket = limits->unproven.interval_ns ? look_unproven(q->service) : NULL;
	return !bucket || bucket_take(bucket, &limits->unproven, q->now);
}

/* Question 7. */
PURE struct judgement judge_floor(const struct question *q, const struct limits *limits,
				  const struct record *record, enum cause cause)
{
	__s32 score = record ? record->score : 0;

	if (score >= limits->floor)
		return judge_pass(cause);
	if (is_newcomer(q, record) && newcomer_may(q, limits))
		return judge_pass(CAUSE_NEWCOMER);
	return judge_refuse(REASON_NODE_FULL);
}

/*
 * A connection is established: spends the token that its start looked at, if it came in as a newcomer. To be called once for
 * each, by whoever sees it first. Of q->start the address, the family and the transport are asked for.
 */
PURE void newcomer_spend(const struct question *q)
{
	const struct limits *limits = &q->settings->services[q->service % SERVICES_MAX];
	const struct record *record;
	struct bucket *bucket;

	if (!q->leased || limits->floor <= 0 || !limits->newcomers.interval_ns ||
	    !(limits->witnessed >> q->start->transport & 1))
		return;
	record = look_source(q->source);
	if (!is_newcomer(q, record) ||
	    source_says(q, record, 1U << (q->service % SERVICES_MAX)).live)
		return;
	bucket = newcomer_bucket(q);
	if (bucket)
		bucket_charge(bucket, &limits->newcomers, DEBT_MAX, q->now);
}

#endif
