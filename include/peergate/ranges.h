/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ranges: addresses that no honest peer on the public network can be dialled at: private ones, and those that are nobody's. Pure,
 * one text for the kernel and for user space.
 *
 * From IANA's IPv4 and IPv6 Special-Purpose Address Registries as of 2025-10-09: what they mark "globally reachable" is open,
 * what they do not is refused. Of IPv6, IANA gives out 2000::/3 alone (IPv6 address space registry, same day): the rest is
 * nobody's. Not in question:
 * - loopback, and the unspecified address, which Linux takes for loopback: these leave no host;
 * - multicast (224.0.0.0/4, ff00::/8): Linux connects no TCP to it, and discovery (mDNS, UPnP) lives on it.
 *
 * The rows are unrolled into comparisons with constants: a sendmsg hook asks them for each datagram. The first row that
 * fits decides, so an exception stands before what it is taken from.
 */
#ifndef PEERGATE_RANGES_H
#define PEERGATE_RANGES_H

#include "source.h"

/* In the order of enum reach: what a setting refuses is all up to its own. */
enum range { RANGE_OPEN, RANGE_PRIVATE, RANGE_BOGON };

/* (range, first address, bits) */
#define RANGES_IPV4(_)                                                             \
	_(OPEN, 0x00000000, 32)	   /* 0.0.0.0: Linux dials itself */               \
	_(BOGON, 0x00000000, 8)	   /* RFC 791: this network */                     \
	_(PRIVATE, 0x0a000000, 8)  /* 10.0.0.0, RFC 1918 */                        \
	_(PRIVATE, 0x64400000, 10) /* 100.64.0.0, RFC 6598: carriers' NAT */       \
	_(PRIVATE, 0xa9fe0000, 16) /* 169.254.0.0, RFC 3927: link-local */         \
	_(PRIVATE, 0xac100000, 12) /* 172.16.0.0, RFC 1918 */                      \
	_(OPEN, 0xc0000009, 32)	   /* 192.0.0.9, RFC 7723: PCP anycast */          \
	_(OPEN, 0xc000000a, 32)	   /* 192.0.0.10, RFC 8155: TURN anycast */        \
	_(BOGON, 0xc0000000, 24)   /* 192.0.0.0, RFC 6890: protocol assignments */ \
	_(BOGON, 0xc0000200, 24)   /* 192.0.2.0, RFC 5737: documentation */        \
	_(BOGON, 0xc0586300, 24)   /* 192.88.99.0, RFC 7526: 6to4 relays, ended */ \
	_(PRIVATE, 0xc0a80000, 16) /* 192.168.0.0, RFC 1918 */                     \
	_(PRIVATE, 0xc6120000, 15) /* 198.18.0.0, RFC 2544: benchmarks */          \
	_(BOGON, 0xc6336400, 24)   /* 198.51.100.0, RFC 5737: documentation */     \
	_(BOGON, 0xcb007100, 24)   /* 203.0.113.0, RFC 5737: documentation */      \
	_(BOGON, 0xf0000000, 4)	   /* 240.0.0.0, RFC 1112: reserved; and broadcast */

/* (range, first address's upper half, bits: at most 64). Carriers of an IPv4 host are judged by that host. */
#define RANGES_IPV6(_)                                                                  \
	_(PRIVATE, 0xfc00000000000000, 7)  /* fc00::, RFC 4193: unique local */         \
	_(PRIVATE, 0xfe80000000000000, 10) /* fe80::, RFC 4291: link-local */           \
	_(OPEN, 0xff00000000000000, 8)	   /* ff00::, RFC 4291: multicast */            \
	_(OPEN, 0x2001000300000000, 32)	   /* 2001:3::, RFC 7450: AMT */                \
	_(OPEN, 0x2001000401120000, 48)	   /* 2001:4:112::, RFC 7535: AS112 */          \
	_(OPEN, 0x2001002000000000, 28)	   /* 2001:20::, RFC 7343: ORCHIDv2 */          \
	_(OPEN, 0x2001003000000000, 28)	   /* 2001:30::, RFC 9374: drones' tags */      \
	_(BOGON, 0x2001000000000000, 23)   /* 2001::, RFC 2928: protocol assignments */ \
	_(BOGON, 0x20010db800000000, 32)   /* 2001:db8::, RFC 3849: documentation */    \
	_(BOGON, 0x3fff000000000000, 20)   /* 3fff::, RFC 9637: documentation */        \
	_(OPEN, 0x2000000000000000, 3)	   /* 2000::, RFC 4291: the public network */

#define RANGE_ROW_IPV4_(range, first, bits)          \
	if (!((host ^ (first##U)) >> (32 - (bits)))) \
		return RANGE_##range;
#define RANGE_ROW_IPV6_(range, first, bits)             \
	if (!((upper ^ (first##ULL)) >> (64 - (bits)))) \
		return RANGE_##range;

/* @host: a.b.c.d as a number. */
SOURCE_INLINE enum range range_of_ipv4(__u32 host)
{
	if (host >> 24 == 127)
		return RANGE_OPEN;
	RANGES_IPV4(RANGE_ROW_IPV4_)
	return RANGE_OPEN;
}

/* ::, ::1, and the anycast addresses 2001:1::1 (PCP, RFC 7723), ::2 (TURN, RFC 8155), ::3 (service registration, RFC 9665). */
SOURCE_INLINE int is_open_host(__u64 upper, __u64 lower)
{
	if (!upper)
		return lower <= 1;
	return upper == 0x2001000100000000ULL && lower - 1 < 3;
}

SOURCE_INLINE enum range range_of_ipv6(__u64 upper, __u64 lower)
{
	if (is_open_host(upper, lower))
		return RANGE_OPEN;
	RANGES_IPV6(RANGE_ROW_IPV6_)
	return RANGE_BOGON; /* 100:: to discard, SRv6's 5f00::, the former site-local fec0::, nobody's */
}

/* @address: normalised (source.h), so that IPv4 within a carrier is judged as IPv4. */
SOURCE_INLINE enum range range_of(const __u8 address[16])
{
	__u64 upper = source_word(address), lower = source_word(address + 8);

	if (!upper && lower >> 32 == 0xffff)
		return range_of_ipv4((__u32)lower);
	return range_of_ipv6(upper, lower);
}

#endif
