/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * find: walks the headers of a packet to its transport. Pure.
 *
 * Nearly all packets start nothing; they leave at the first question that says so. Later fragments leave too: without
 * the first, which is judged, they come to nothing.
 */
#ifndef FIND_H
#define FIND_H

#include <peergate/source.h>

#include "transport.h"

/* IANA's numbers. */
enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_TAG = 0x8100,		/* 802.1Q */
	ETHERTYPE_SERVICE_TAG = 0x88a8, /* 802.1ad */
};

enum {
	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_AUTHENTICATION = 51,
	PROTOCOL_DESTINATION = 60,
};

/* Where a packet's source and destination stand. */
enum { IPV4_SOURCE = 12, IPV4_DESTINATION = 16, IPV6_SOURCE = 8, IPV6_DESTINATION = 24 };
enum { ETHERNET_SIZE = 14, TAG_SIZE = 4, TAGS_MAX = 2, IPV4_SIZE = 20, IPV6_SIZE = 40 };
enum {
	CHAIN_MAX = 8
}; /* IPv6 extension headers walked; RFC 8200, 4.1 has seven in an honest packet at most */
enum {
	FRAGMENT_OFFSET_V4 = 0x1fff,
	FRAGMENT_MORE_V4 = 0x2000,
	IPV4_MAY_NOT_FRAGMENT = 0x4000
};								 /* RFC 791, 3.1 */
enum { FRAGMENT_OFFSET_V6 = 0xfff8, FRAGMENT_MORE_V6 = 0x0001 }; /* RFC 8200, 4.5 */

PURE enum found find_transport(const struct packet *packet, struct start *ret, __u8 protocol)
{
	if (protocol == PROTOCOL_TCP)
		return transport_tcp(packet, ret);
	if (protocol == PROTOCOL_UDP)
		return transport_quic(packet, ret);
	return FOUND_NOTHING;
}

/* What an IPv4 header of @size bytes tells of a start. */
PURE void find_ipv4_source(struct start *ret, const __u8 *ip, __u32 size)
{
	__u32 length = read16(ip + 2);

	ret->family = FAMILY_IPV4;
	ret->ip_end = length ? ret->network + length : 0;
	ret->header = ret->network + size;
	source_put_host(ret->address, read32(ip + 12));
	ret->has_source = 1;
}

PURE enum found find_ipv4(const struct packet *packet, struct start *ret)
{
	const __u8 *ip = packet_at(packet, ret->network, IPV4_SIZE);
	__u32 size, length, fragment;

	ret->family = FAMILY_IPV4;
	if (!ip)
		return FOUND_SHORT;
	size = (ip[0] & 15) * 4;
	length = read16(ip + 2);
	if (ip[0] >> 4 != 4 || size < IPV4_SIZE || (length && length < size))
		return FOUND_CUT;
	fragment = read16(ip + 6);
	if (fragment & FRAGMENT_OFFSET_V4)
		return FOUND_NOTHING;
	ret->fragment = !!(fragment & FRAGMENT_MORE_V4);
	find_ipv4_source(ret, ip, size);
	return find_transport(packet, ret, ip[9]);
}

PURE int is_extension(__u8 protocol)
{
	return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_ROUTING ||
	       protocol == PROTOCOL_DESTINATION || protocol == PROTOCOL_AUTHENTICATION ||
	       protocol == PROTOCOL_FRAGMENT;
}

/* The size of an extension header from its second byte (RFC 8200, 4; RFC 4302, 2.2). */
PURE __u32 extension_size(__u8 protocol, __u8 length)
{
	if (protocol == PROTOCOL_FRAGMENT)
		return 8;
	if (protocol == PROTOCOL_AUTHENTICATION)
		return ((__u32)length + 2) * 4;
	return ((__u32)length + 1) * 8;
}

/* Walks the extension headers from @ret->header on. */
PURE enum found find_chain(const struct packet *packet, struct start *ret, __u8 protocol)
{
	for (int i = 0; i < CHAIN_MAX && is_extension(protocol); i++) {
		const __u8 *extension = packet_at(packet, ret->header, 8);

		if (!extension)
			return FOUND_SHORT;
		if (protocol == PROTOCOL_FRAGMENT) {
			__u32 fragment = read16(extension + 2);

			if (fragment & FRAGMENT_OFFSET_V6)
				return FOUND_NOTHING;
			ret->fragment |= fragment & FRAGMENT_MORE_V6;
		}
		ret->header += extension_size(protocol, extension[1]);
		ret->header = forget(ret->header, read32(extension + 4));
		ret->fragment = forget(ret->fragment, read32(extension + 4)) & 1;
		protocol = extension[0];
	}
	if (is_extension(protocol))
		return FOUND_HIDDEN;
	return find_transport(packet, ret, protocol);
}

PURE void find_ipv6_source(struct start *ret, const __u8 *ip)
{
	__u32 length = read16(ip + 4);

	ret->family = FAMILY_IPV6;
	ret->ip_end = length ? ret->network + IPV6_SIZE + length : 0;
	ret->header = ret->network + IPV6_SIZE;
	copy64(ret->address, ip + 8);
	copy64(ret->address + 8, ip + 16);
	ret->has_source = 1;
}

PURE enum found find_ipv6(const struct packet *packet, struct start *ret)
{
	const __u8 *ip = packet_at(packet, ret->network, IPV6_SIZE);

	ret->family = FAMILY_IPV6;
	if (!ip)
		return FOUND_SHORT;
	if (ip[0] >> 4 != 6)
		return FOUND_CUT;
	find_ipv6_source(ret, ip);
	return find_chain(packet, ret, ip[6]);
}

PURE enum found find_network(const struct packet *packet, struct start *ret, __u16 ethertype)
{
	if (ethertype == ETHERTYPE_IPV4)
		return find_ipv4(packet, ret);
	if (ethertype == ETHERTYPE_IPV6)
		return find_ipv6(packet, ret);
	return FOUND_NOTHING;
}

PURE int is_tag(__u16 ethertype)
{
	return ethertype == ETHERTYPE_TAG || ethertype == ETHERTYPE_SERVICE_TAG;
}

/* From an Ethernet header on; a tag that the device took off into metadata does not count among the two. */
PURE enum found find_ethernet(const struct packet *packet, struct start *ret)
{
	const __u8 *ethernet = packet_at(packet, 0, ETHERNET_SIZE);
	__u16 ethertype;

	if (!ethernet)
		return FOUND_SHORT;
	ret->network = ETHERNET_SIZE;
	ethertype = read16(ethernet + 12);
	for (int i = 0; i < TAGS_MAX && is_tag(ethertype); i++) {
		const __u8 *tag = packet_at(packet, ret->network, TAG_SIZE);

		if (!tag)
			return FOUND_SHORT;
		ret->network = forget(ret->network + TAG_SIZE, read16(tag));
		ethertype = read16(tag + 2);
	}
	if (is_tag(ethertype))
		return FOUND_CUT;
	return find_network(packet, ret, ethertype);
}

/* What was found in a packet that leaves counts the other way round: who receives it is "they". 0: not all of it is seen. */
PURE int find_turn(struct start *start, const struct packet *packet)
{
	__u32 ipv6 = start->family == FAMILY_IPV6;
	__u32 at = start->network + (ipv6 ? IPV6_DESTINATION : IPV4_DESTINATION);
	const __u8 *destination = packet_at(packet, at, 4);
	__u16 port = start->port;

	if (!destination)
		return 0;
	if (ipv6) {
		destination = packet_at(packet, at, 16);
		if (!destination)
			return 0;
		copy64(start->address, destination);
		copy64(start->address + 8, destination + 8);
	} else {
		source_put_host(start->address, read32(destination));
	}
	start->port = start->source_port;
	start->source_port = port;
	return 1;
}

#endif
