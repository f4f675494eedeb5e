/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * packet: the bytes that a door sees, and what may be found in them. Pure.
 *
 * A door sees a packet's first bytes (all, or those before the first page fragment) and knows its whole length apart.
 * find.h looks for the start of a connection in what is seen; settle.h then holds its lengths against the whole.
 */
#ifndef PACKET_H
#define PACKET_H

#include <stddef.h>

#include <peergate/abi.h>

#include "bytes.h"

/* What is seen: [data, end). */
struct packet {
	const __u8 *data, *end;
};

enum found {
	FOUND_NOTHING, /* not the start of a connection */
	FOUND_START,   /* one, if its port is gated */
	FOUND_LONG,    /* a long header of QUIC that starts nothing: of a handshake */
	FOUND_TRAFFIC, /* a datagram that may have QUIC's short header: of a connection */
	FOUND_SHORT,   /* what is seen ends before one can tell */
	FOUND_HIDDEN, /* IP, but its ports are behind more headers than the walk: a source and no more */
	FOUND_CUT, /* ends before one can tell, or is malformed: Linux drops it too */
};

/* What was read. Offsets count from the packet's first byte; ports are in host order. All 0 before find. */
struct start {
	__u8 address[16] __attribute__((
		aligned(8))); /* the source as in the packet, IPv4 as ::ffff:a.b.c.d */
	enum family family;
	enum transport transport;
	__u8 has_source;   /* the address was read */
	__u8 has_ports;	   /* so were transport and ports */
	__u8 fragment;	   /* the first of several: the rest comes later */
	__u8 answer;	   /* an Initial that only an answer to our own dial can be */
	__u8 resettable;   /* a SYN whose header was read whole: a reset can be written */
	__u16 port;	   /* ours */
	__u16 source_port; /* theirs */
	__u32 network;	   /* where the IP header starts */
	__u32 ip_end;	   /* where IP says that the packet ends; 0: with the packet */
	__u32 header;	   /* where the TCP or UDP header starts */
	__u32 header_size; /* TCP: as it says of itself */
	__u32 datagram;	   /* UDP: length as it says of itself; 0: to the end */
	__u32 sequence;	   /* TCP */
	__u32 payload;	   /* TCP: bytes behind the header, from settle.h */
};

/*
 * Nothing read yet. In the kernel the compiler must believe that others know of it: taken apart into registers, of which there
 * are ten, its members cost more than in memory.
 */
PURE void start_clear(struct start *self)
{
#ifdef __bpf__
	asm volatile("" : "+r"(self));
#endif
	*self = (struct start){0};
}

/* @size bytes at @offset (below 32,768, which the mask tells the verifier), or NULL when they are not all seen. */
PURE const __u8 *packet_at(const struct packet *self, __u32 offset, __u32 size)
{
	const __u8 *at = self->data + (offset & OFFSET_MASK);

	return at + size <= self->end ? at : NULL;
}

#endif
