/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* room: question 7: may a start come in while the service is full? Who is good enough may, and a few newcomers. Pure. */
#ifndef ROOM_H
#define ROOM_H

#include "pace.h"
#include "question.h"
#include "siphash.h"

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

#endif
