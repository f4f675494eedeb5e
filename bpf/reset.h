/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reset: the answer that a closed port would give to a SYN (RFC 9293, 3.5.2): RST and ACK of all that was sent. Pure.
 *
 * Only for a SYN right behind a plain IP header: no honest one has options or extension headers there, and others are
 * dropped. The bytes are built aside, since a door of the stack may not write into packets directly.
 */
#ifndef RESET_H
#define RESET_H

#include "find.h"

enum { RESET_MAX = IPV6_SIZE + TCP_SIZE, RESET_TTL = 64 };

struct reset {
	__u8 bytes[RESET_MAX] __attribute__((aligned(8))); /* IP and TCP header, checksums right */
	__u32 size;
	__u32 tcp;	  /* where the TCP header starts in @bytes */
	__u16 header_sum; /* of the TCP header with a checksum of 0, folded, host order */
	__u16 pseudo_sum; /* of the pseudo header */
};

/* Of an Ethernet address's first byte: broadcast or multicast (IEEE 802). No answer may come from one. */
enum { ETHERNET_GROUP = 1 };

enum { RESET_CHECKSUM = 16 }; /* of the TCP header: where its checksum stands */

/* One's complement sum of @size bytes (RFC 1071), not folded. */
PURE __u32 reset_sum(const __u8 *bytes, __u32 size)
{
	__u32 sum = 0;

	for (__u32 i = 0; i < size; i += 2)
		sum += read16(bytes + i);
	return sum;
}

PURE __u16 reset_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

PURE int is_resettable(const struct start *start)
{
	__u32 size = start->family == FAMILY_IPV6 ? IPV6_SIZE : IPV4_SIZE;

	return start->resettable && start->header == start->network + size;
}

/* The addresses turned round, from those that lie at @from in @ip. */
PURE void reset_turn(__u8 *to, const __u8 *from, __u32 size)
{
	for (__u32 i = 0; i < size; i += 4) {
		copy32(to + i, from + size + i);
		copy32(to + size + i, from + i);
	}
}

PURE void reset_tcp(struct reset *self, const struct start *start, __u32 addresses)
{
	__u8 *tcp = self->bytes + self->tcp;
	__u32 pseudo = reset_sum(self->bytes + addresses, self->tcp - addresses);

	write16(tcp, start->port);
	write16(tcp + 2, start->source_port);
	write32(tcp + 4, 0);
	write32(tcp + 8, start->sequence + 1 + start->payload); /* fast open sends data */
	tcp[12] = TCP_SIZE / 4 << 4;
	tcp[13] = TCP_RST | TCP_ACK;
	write16(tcp + 14, 0);
	write32(tcp + RESET_CHECKSUM, 0);
	self->header_sum = reset_fold(reset_sum(tcp, TCP_SIZE));
	self->pseudo_sum = reset_fold(pseudo + PROTOCOL_TCP + TCP_SIZE);
	write16(tcp + RESET_CHECKSUM, ~reset_fold((__u32)self->header_sum + self->pseudo_sum));
}

/* @ip: the header of the SYN, IPV4_SIZE bytes. */
PURE void reset_ipv4(struct reset *self, const struct start *start, const __u8 *ip)
{
	__u8 *to = self->bytes;

	self->tcp = IPV4_SIZE;
	self->size = IPV4_SIZE + TCP_SIZE;
	write32(to, 0x45000000 | (IPV4_SIZE + TCP_SIZE));
	write32(to + 4, 0x4000); /* no fragments */
	to[8] = RESET_TTL;
	to[9] = PROTOCOL_TCP;
	write16(to + 10, 0);
	reset_turn(to + 12, ip + 12, 4);
	write16(to + 10, ~reset_fold(reset_sum(to, IPV4_SIZE)));
	reset_tcp(self, start, 12);
}

/* @ip: the header of the SYN, IPV6_SIZE bytes. */
PURE void reset_ipv6(struct reset *self, const struct start *start, const __u8 *ip)
{
	__u8 *to = self->bytes;

	self->tcp = IPV6_SIZE;
	self->size = IPV6_SIZE + TCP_SIZE;
	write32(to, 0x60000000);
	write16(to + 4, TCP_SIZE);
	to[6] = PROTOCOL_TCP;
	to[7] = RESET_TTL;
	reset_turn(to + 8, ip + 8, 16);
	reset_tcp(self, start, 8);
}

#endif
