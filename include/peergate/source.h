/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * source: which address of a packet counts, and its key. Pure, one text for the kernel and for user space, so that a
 * verb and a packet never disagree on who somebody is.
 */
#ifndef PEERGATE_SOURCE_H
#define PEERGATE_SOURCE_H

#include "abi.h"

static inline __attribute__((always_inline)) void source_put_ipv4(__u8 address[16], __u8 a, __u8 b,
								  __u8 c, __u8 d)
{
	__builtin_memset(address, 0, 10);
	address[10] = 0xff;
	address[11] = 0xff;
	address[12] = a;
	address[13] = b;
	address[14] = c;
	address[15] = d;
}

static inline __attribute__((always_inline)) int source_is_ipv4(const __u8 a[16])
{
	return !a[0] && !a[1] && !a[2] && !a[3] && !a[4] && !a[5] && !a[6] && !a[7] && !a[8] &&
	       !a[9] && a[10] == 0xff && a[11] == 0xff;
}

/* 64:ff9b::/96, the well-known prefix of translators (RFC 6052). */
static inline __attribute__((always_inline)) int source_is_nat64(const __u8 a[16])
{
	return !a[0] && a[1] == 0x64 && a[2] == 0xff && a[3] == 0x9b && !a[4] && !a[5] && !a[6] &&
	       !a[7] && !a[8] && !a[9] && !a[10] && !a[11];
}

/*
 * Replaces an address that only carries an IPv4 host by that host as ::ffff:a.b.c.d: translators (RFC 6052), 6to4
 * (RFC 3056: bytes 2..5), Teredo (RFC 4380: the last four bytes, each bit turned). Others stay. Else thousands of hosts
 * would share the key of one /64, or one host would have two.
 */
static inline __attribute__((always_inline)) void source_normalise(__u8 a[16])
{
	if (source_is_nat64(a))
		source_put_ipv4(a, a[12], a[13], a[14], a[15]);
	else if (a[0] == 0x20 && a[1] == 0x02)
		source_put_ipv4(a, a[2], a[3], a[4], a[5]);
	else if (a[0] == 0x20 && a[1] == 0x01 && !a[2] && !a[3])
		source_put_ipv4(a, a[12] ^ 0xff, a[13] ^ 0xff, a[14] ^ 0xff, a[15] ^ 0xff);
}

/* The key of a normalised address: bytes 8..15 of an IPv4-mapped one (0, 0, 255, 255, a, b, c, d), else the /64. */
static inline __attribute__((always_inline)) void source_key_of(struct source_key *ret_key,
								const __u8 a[16])
{
	if (source_is_ipv4(a))
		__builtin_memcpy(ret_key->address, a + 8, 8);
	else
		__builtin_memcpy(ret_key->address, a, 8);
}

#endif
