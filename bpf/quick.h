/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * quick: the common packets told apart by a few loads. Pure.
 *
 * Nearly all packets are segments of established connections or QUIC's short headers, behind plain Ethernet and IP: they
 * leave here. A flood is of plain SYNs: for those the compiler makes a copy of the road in which every offset is a
 * number. find.h answers the same for every packet, and must agree.
 */
#ifndef QUICK_H
#define QUICK_H

#include "find.h"

enum sort {
	SORT_OTHER,
	SORT_QUIET, /* starts nothing */
	SORT_SYN_IPV4,
	SORT_SYN_IPV6,
	SORT_TRAFFIC_IPV4, /* a datagram that may have QUIC's short header */
	SORT_TRAFFIC_IPV6,
};

PURE enum sort quick_transport(__u8 protocol, const __u8 *header, enum sort syn, enum sort traffic)
{
	if (protocol == PROTOCOL_TCP)
		return is_syn(header) ? syn : SORT_QUIET;
	if (protocol == PROTOCOL_UDP && !(header[UDP_SIZE] & QUIC_LONG))
		return traffic;
	return SORT_OTHER;
}

/* Of the packet whose IP header starts at @network. */
PURE enum sort quick_network(const struct packet *packet, __u32 network, __u16 ethertype)
{
	const __u8 *ip;

	if (ethertype == ETHERTYPE_IPV4) {
		ip = packet_at(packet, network, IPV4_SIZE + TCP_SIZE);
		if (!ip || ip[0] != 0x45 || read16(ip + 6) & ~IPV4_MAY_NOT_FRAGMENT)
			return SORT_OTHER;
		return quick_transport(ip[9], ip + IPV4_SIZE, SORT_SYN_IPV4, SORT_TRAFFIC_IPV4);
	}
	if (ethertype == ETHERTYPE_IPV6) {
		ip = packet_at(packet, network, IPV6_SIZE + TCP_SIZE);
		if (!ip || ip[0] >> 4 != 6)
			return SORT_OTHER;
		return quick_transport(ip[6], ip + IPV6_SIZE, SORT_SYN_IPV6, SORT_TRAFFIC_IPV6);
	}
	return SORT_OTHER;
}

PURE enum sort quick_ethernet(const struct packet *packet)
{
	const __u8 *ethernet = packet_at(packet, 0, ETHERNET_SIZE);

	return ethernet ? quick_network(packet, ETHERNET_SIZE, read16(ethernet + 12)) : SORT_OTHER;
}

/* What find.h finds in a plain SYN: FOUND_START, with this. @ip: its header, seen whole with TCP's, at @network. */
PURE void quick_syn(struct start *ret, const __u8 *ip, __u32 network, enum family family)
{
	*ret = (struct start){.network = network};
	if (family == FAMILY_IPV6) {
		find_ipv6_source(ret, ip);
		transport_syn(ret, ip + IPV6_SIZE);
	} else {
		find_ipv4_source(ret, ip, IPV4_SIZE);
		transport_syn(ret, ip + IPV4_SIZE);
	}
}

/* The slot of the address at @at of an IP header. */
PURE __u32 quick_slot(const __u8 *at, enum family family)
{
	return watched_slot_of(family == FAMILY_IPV6 ? read64(at) : 0xffff00000000ULL | read32(at));
}

/*
 * Of a long-lived connection one packet of 256 tells that it lives: header protection (RFC 9001, 5.4) makes these bits of the
 * first byte random, encryption most often those of the twelfth. The census has those watched of which no packet came.
 */
PURE int quick_is_sample(const __u8 *payload)
{
	return !(payload[0] & 0x1f) && !(payload[11] & 0x07);
}

/* What find.h finds in plain traffic: FOUND_TRAFFIC, with this. */
PURE void quick_traffic(struct start *ret, const __u8 *ip, __u32 network, enum family family)
{
	*ret = (struct start){.network = network, .transport = TRANSPORT_QUIC};
	if (family == FAMILY_IPV6)
		find_ipv6_source(ret, ip);
	else
		find_ipv4_source(ret, ip, IPV4_SIZE);
	ip += family == FAMILY_IPV6 ? IPV6_SIZE : IPV4_SIZE;
	transport_ports(ret, ip);
	ret->datagram = read16(ip + 4);
}

#endif
