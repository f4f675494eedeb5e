/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * quic: what a long header says in clear: its type and the two connection IDs (RFC 9000, 17.2; RFC 9369). Pure.
 *
 * Of several packets in one datagram the first speaks for all: they share their IDs (RFC 9000, 12.2). IDs are compared by a
 * keyed hash with both ports, so that nobody outside can make two of them look alike.
 */
#ifndef QUIC_H
#define QUIC_H

#include "siphash.h"
#include "transport.h"

/* In the order of version 1; version 2 counts from Retry on. */
enum quic_type { QUIC_INITIAL, QUIC_0RTT, QUIC_HANDSHAKE, QUIC_RETRY, QUIC_TYPES };

/* Longer IDs exist in no known version; of one only the first twenty bytes and its length count. */
enum { QUIC_ID_MAX = 20, QUIC_ID_AT = QUIC_ID + 1 };

struct quic_id {
	__u8 bytes[24] __attribute__((
		aligned(8))); /* what stands behind it comes along; the last four are unused */
	__u32 size, unused;   /* as it says */
};

/* A long header. Behind every ID of an honest packet there is more than an ID's longest, so twenty bytes are read at once. */
struct quic {
	struct quic_id destination, source;
	__u8 seen; /* both IDs were; else nothing is set */
	__u8 type;
	__u8 token; /* an Initial's: 1: it has one */
	__u8 unused[5];
};

PURE enum quic_type quic_type_of(const __u8 *quic)
{
	__u32 type = quic[0] >> 4;

	return (type - (read32(quic + 1) == QUIC_V2)) & (QUIC_TYPES - 1);
}

/* @at: QUIC_ID_MAX bytes. */
PURE void quic_read_id(struct quic_id *ret, const __u8 *at, __u32 size)
{
	copy64(ret->bytes, at);
	copy64(ret->bytes + 8, at + 8);
	copy32(ret->bytes + 16, at + 16);
	ret->size = size;
}

/* The first long header of the datagram whose UDP header @start found. */
PURE void quic_read(struct quic *ret, const struct packet *packet, const struct start *start)
{
	__u32 at = start->header + UDP_SIZE;
	const __u8 *head = packet_at(packet, at, QUIC_ID_AT + QUIC_ID_MAX), *size;

	ret->seen = 0;
	if (!head)
		return;
	ret->type = quic_type_of(head);
	quic_read_id(&ret->destination, head + QUIC_ID_AT, head[QUIC_ID]);
	at += QUIC_ID_AT + head[QUIC_ID];
	size = packet_at(packet, at, 1 + QUIC_ID_MAX);
	if (!size)
		return;
	quic_read_id(&ret->source, size + 1, size[0]);
	size = packet_at(packet, at + 1 + size[0], 8);
	ret->token = size && ret->type == QUIC_INITIAL && !is_zero(size);
	ret->seen = 1;
}

/* The first @size bytes of a word, and then zeros. */
PURE __u64 quic_keep(__u64 word, __s32 size)
{
	if (size <= 0)
		return 0;
	return size >= 8 ? word : word & ~(~0ULL >> (size * 8));
}

/* Never 0, which is nobody's. The ports: theirs and ours. */
PURE __u64 quic_hash(const __u64 key[2], const struct quic_id *id, __u16 source_port, __u16 port)
{
	__u64 third = (__u64)read32(id->bytes + 16) << 32;
	__s32 size = id->size & 0xff;
	__u64 v[4], hash;

	hash_open(v, key);
	hash_word(v, quic_keep(read64(id->bytes), size));
	hash_word(v, quic_keep(read64(id->bytes + 8), size - 8));
	hash_word(v, quic_keep(third, size - 16) | (__u32)source_port << 16 | port);
	hash = hash_close(v, 25ULL << 56 | size);
	return hash ? hash : 1;
}

#endif
