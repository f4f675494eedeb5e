/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * siphash: SipHash-1-3, so that nobody outside can choose who shares a bucket or leaks through a pace.
 * After Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). Pure.
 */
#ifndef SIPHASH_H
#define SIPHASH_H

#include "bytes.h"

PURE __u64 hash_turn(__u64 value, int bits)
{
	return value << bits | value >> (64 - bits);
}

PURE void hash_round(__u64 v[4])
{
	v[0] += v[1];
	v[1] = hash_turn(v[1], 13) ^ v[0];
	v[0] = hash_turn(v[0], 32);
	v[2] += v[3];
	v[3] = hash_turn(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = hash_turn(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = hash_turn(v[1], 17) ^ v[2];
	v[2] = hash_turn(v[2], 32);
}

PURE void hash_word(__u64 v[4], __u64 word)
{
	v[3] ^= word;
	hash_round(v);
	v[0] ^= word;
}

PURE void hash_open(__u64 v[4], const __u64 key[2])
{
	v[0] = key[0] ^ 0x736f6d6570736575ULL;
	v[1] = key[1] ^ 0x646f72616e646f6dULL;
	v[2] = key[0] ^ 0x6c7967656e657261ULL;
	v[3] = key[1] ^ 0x7465646279746573ULL;
}

/* @last: what is left of the text, less than eight bytes, and in the top byte the length of all. */
PURE __u64 hash_close(__u64 v[4], __u64 last)
{
	hash_word(v, last);
	v[2] ^= 0xff;
	hash_round(v);
	hash_round(v);
	hash_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The hash of @a and @b (as little-endian words) under the secret @key. */
PURE __u64 hash_pair(const __u64 key[2], __u64 a, __u64 b)
{
	__u64 v[4];

	hash_open(v, key);
	hash_word(v, a);
	hash_word(v, b);
	return hash_close(v, 16ULL << 56);
}

#endif
