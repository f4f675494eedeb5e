/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * source: which address of a packet counts, and its key. Pure, one text for the kernel and for user space, so that a
 * verb and a packet never disagree on who somebody is.
 */
#ifndef PEERGATE_SOURCE_H
#define PEERGATE_SOURCE_H

#include "abi.h"

#define SOURCE_INLINE static inline __attribute__((always_inline))

/* The upper and the lower half of an address as numbers; in the kernel one load each when @a is known to be aligned. */
SOURCE_INLINE __u64 source_word(const __u8 *a)
{
	__u64 word;

	__builtin_memcpy(&word, a, sizeof(word));
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(word) : word;
}

SOURCE_INLINE void source_put_word(__u8 *a, __u64 word)
{
	word = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(word) : word;
	__builtin_memcpy(a, &word, sizeof(word));
}

/* @host: a.b.c.d as a number. */
SOURCE_INLINE void source_put_host(__u8 address[16], __u32 host)
{
	source_put_word(address, 0);
	source_put_word(address + 8, 0xffff00000000ULL | host);
}

SOURCE_INLINE void source_put_ipv4(__u8 address[16], __u8 a, __u8 b, __u8 c, __u8 d)
{
	source_put_host(address, (__u32)a << 24 | (__u32)b << 16 | (__u32)c << 8 | d);
}

SOURCE_INLINE int source_is_ipv4(const __u8 a[16])
{
	return !source_word(a) && source_word(a + 8) >> 32 == 0xffff;
}

/* 64:ff9b::/96, the well-known prefix of translators (RFC 6052). */
SOURCE_INLINE int source_is_nat64(const __u8 a[16])
{
	return source_word(a) == 0x0064ff9b00000000ULL && !(source_word(a + 8) >> 32);
}

/*
 * Replaces an address that only carries an IPv4 host by that host as ::ffff:a.b.c.d: translators (RFC 6052), 6to4
 * (RFC 3056: bytes 2..5), Teredo (RFC 4380: the last four bytes, each bit turned). Others stay. Else thousands of hosts
 * would share the key of one /64, or one host would have two.
 */
SOURCE_INLINE void source_normalise(__u8 a[16])
{
	__u64 upper = source_word(a);

	if (upper >> 48 == 0x2002)
		source_put_host(a, upper >> 16 & 0xffffffff);
	else if (upper >> 32 == 0x20010000)
		source_put_host(a, ~source_word(a + 8) & 0xffffffff);
	else if (source_is_nat64(a))
		source_put_host(a, source_word(a + 8) & 0xffffffff);
}

/* The key of a normalised address: bytes 8..15 of an IPv4-mapped one (0, 0, 255, 255, a, b, c, d), else the /64. */
SOURCE_INLINE void source_key_of(struct source_key *ret_key, const __u8 a[16])
{
	source_put_word(ret_key->address, source_word(a + (source_is_ipv4(a) ? 8 : 0)));
}

/*
 * Index into `watched` of who has this key (as in the packet: a carrier's own, not of the IPv4 host inside). Fibonacci hashing:
 * the factor is 2^64 over the golden ratio.
 */
SOURCE_INLINE __u32 watched_slot_of(__u64 key_word)
{
	return key_word * 0x9e3779b97f4a7c15ULL >> (64 - WATCHED_BITS);
}

SOURCE_INLINE __u32 watched_slot(const struct source_key *key)
{
	return watched_slot_of(source_word(key->address));
}

#endif
