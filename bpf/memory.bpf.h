/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memory: which Initials belong to a dial of our own or to a handshake that we answered.
 *
 * `callers` notes, of each Initial that passes, whose it was and whether it was judged; a packet of ours to that ID is an answer. Only
 * what we send writes `dialled` and `answered`, and an answer is remembered no longer than ID_NS after the Initial that
 * was judged: who is banned since lives on by answering our answers no longer than that, however he repeats himself.
 */
#ifndef MEMORY_BPF_H
#define MEMORY_BPF_H

#include "gate.bpf.h"
#include "watched.bpf.h"

#define ID_NS (30ULL * NS_PER_SECOND) /* longer than any stack's handshake goes on */

/*
 * Initials that pass for the sake of one of our IDs. A second flight is a datagram or two, each repeated when lost; after a Retry
 * the first flight counts too.
 */
enum { PASSES_MAX = 8 };

/*
 * A desk for each CPU: what would not fit on the stack beside all else. Programs of the network run one at a time on a CPU.
 * Pointers cannot be kept here.
 */
struct desk {
	struct quic quic;
	struct outcome outcome;
	struct quic_key key;
	struct quic_memory fresh;
	struct flow_key flow_key;
	__u32 unused;
	struct handshake handshake;
	struct flow flow;
};

GATE_MAPS struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct desk);
} desks SEC(".maps");

PURE struct desk *memory_desk(void)
{
	__u32 only = 0;

	return bpf_map_lookup_elem(&desks, &only);
}

PURE struct quic_key *memory_key(struct desk *desk, const struct question *q, __u64 id)
{
	question_address(q, desk->key.address);
	desk->key.id = id;
	return &desk->key;
}

PURE __u64 memory_hash(const struct question *q, const struct quic_id *id)
{
	return quic_hash(q->settings->hash_key, id, q->start->source_port, q->start->port);
}

/* What @map holds of an ID now. */
#define memory_look(map, key, now)                                          \
	({                                                                  \
		struct quic_memory *found_ = bpf_map_lookup_elem(map, key); \
		found_ && found_->until > (now) ? found_ : NULL;            \
	})

PURE struct flow_key *memory_flow_key(struct desk *desk, const struct question *q)
{
	question_address(q, desk->flow_key.address);
	desk->flow_key.source_port = q->start->source_port;
	desk->flow_key.port = q->start->port;
	return &desk->flow_key;
}

PURE struct handshake *memory_handshake(struct desk *desk, const struct question *q)
{
	struct handshake *handshake = bpf_map_lookup_elem(&handshakes, memory_flow_key(desk, q));

	return handshake && handshake->until > q->now ? handshake : NULL;
}

#endif
