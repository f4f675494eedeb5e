/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* transport: what starts a connection: a TCP segment with SYN and without ACK; a QUIC Initial. Pure. */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "packet.h"

enum { TCP_SIZE = 20, UDP_SIZE = 8, TCP_FLAGS = 13 };
enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 }; /* RFC 9293, 3.1 */
enum { QUIC_V1 = 1, QUIC_V2 = 0x6b3343cf };		      /* RFC 9000; RFC 9369 */
enum { QUIC_LONG = 0x80, QUIC_LONG_TYPE = 0xb0, INITIAL_V1 = 0x80, INITIAL_V2 = 0x90 };
enum { QUIC_ID = 5 }; /* where the destination ID's length stands: behind type and version */
enum {
	INITIAL_ID_MIN = 8
}; /* a client's first destination ID has 8 bytes or more (RFC 9000, 7.2) */

/* The ports: the first four bytes of either header. */
PURE void transport_ports(struct start *ret, const __u8 *ports)
{
	ret->source_port = read16(ports);
	ret->port = read16(ports + 2);
	ret->has_ports = 1;
}

/* Too little is seen to tell. The ports, when they are, say whose start it may be (settle.h). */
PURE enum found transport_short(const struct packet *packet, struct start *ret)
{
	const __u8 *ports = packet_at(packet, ret->header, 4);

	if (ports)
		transport_ports(ret, ports);
	return FOUND_SHORT;
}

/* @tcp: at least its flags are seen. */
PURE int is_syn(const __u8 *tcp)
{
	return (tcp[TCP_FLAGS] & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_SYN;
}

/* @tcp: a SYN's header, seen whole but for its options. */
PURE void transport_syn(struct start *ret, const __u8 *tcp)
{
	ret->transport = TRANSPORT_TCP;
	transport_ports(ret, tcp);
	ret->sequence = read32(tcp + 4);
	ret->header_size = (tcp[12] >> 4) * 4;
	ret->resettable = 1;
}

PURE enum found transport_tcp(const struct packet *packet, struct start *ret)
{
	const __u8 *tcp = packet_at(packet, ret->header, TCP_SIZE);

	ret->transport = TRANSPORT_TCP;
	if (!tcp)
		return transport_short(packet, ret);
	if (!is_syn(tcp))
		return FOUND_NOTHING;
	transport_syn(ret, tcp);
	return FOUND_START;
}

PURE int is_known_version(const __u8 *quic)
{
	__u32 version = read32(quic + 1);

	return version == QUIC_V1 || version == QUIC_V2;
}

/* The fixed bit is not asked for: RFC 9287 lets it be 0, and some stacks take it so. */
PURE int is_initial(const __u8 *quic)
{
	__u32 version = read32(quic + 1);

	return (version == QUIC_V1 && (quic[0] & QUIC_LONG_TYPE) == INITIAL_V1) ||
	       (version == QUIC_V2 && (quic[0] & QUIC_LONG_TYPE) == INITIAL_V2);
}

/* Whether a variable-length integer (RFC 9000, 16) is 0, which it may say in 1, 2, 4 or 8 bytes. */
PURE int is_zero(const __u8 *integer)
{
	__u64 value = (__u64)read32(integer) << 32 | read32(integer + 4);
	__u32 size = 8U << (integer[0] >> 6); /* bits */

	return !(value << 2 >> 2 >> (64 - size));
}

/*
 * An Initial whose destination ID is too short for a client's first one is an answer to our own dial, unless it carries
 * a token: only clients send tokens (RFC 9000, 17.2.2). @id: where the ID's length stands.
 */
PURE enum found transport_initial(const struct packet *packet, struct start *ret, __u32 id)
{
	const __u8 *size = packet_at(packet, id, 1);

	if (!size)
		return FOUND_SHORT;
	if (size[0] >= INITIAL_ID_MIN)
		return FOUND_START;
	id += 1 + (size[0] &
		   (INITIAL_ID_MIN - 1)); /* the mask tells the verifier what the question told */
	size = packet_at(packet, id, 1);
	if (!size)
		return FOUND_SHORT;
	size = packet_at(packet, id + 1 + size[0],
			 8); /* the token's length: in 1,200 bytes there is room */
	if (!size)
		return FOUND_SHORT;
	ret->answer = is_zero(size);
	return FOUND_START;
}

PURE enum found transport_quic(const struct packet *packet, struct start *ret)
{
	const __u8 *udp = packet_at(packet, ret->header, UDP_SIZE + 1);

	ret->transport = TRANSPORT_QUIC;
	if (!udp)
		return transport_short(packet, ret);
	transport_ports(ret, udp);
	ret->datagram = read16(udp + 4);
	if (!(udp[UDP_SIZE] & QUIC_LONG))
		return FOUND_TRAFFIC;
	udp = packet_at(packet, ret->header, UDP_SIZE + QUIC_ID + 1);
	if (!udp)
		return FOUND_SHORT;
	if (!is_known_version(udp + UDP_SIZE))
		return FOUND_NOTHING;
	if (!is_initial(udp + UDP_SIZE))
		return FOUND_LONG;
	return transport_initial(packet, ret, ret->header + UDP_SIZE + QUIC_ID);
}

#endif
