/* SPDX-License-Identifier: BSD-2-Clause */
/* hash: a keyed hash of a few bytes (SipHash-2-4), so that nobody outside can choose keys that collide. */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t words[2];
};

/* A key made from one seed; the same seed gives the same key. */
struct hash_key hash_key_from(uint64_t seed);

uint64_t hash_bytes(const struct hash_key *key, const void *data, size_t length);

/* A short name of a word that nobody has a reason to forge (a protocol's): FNV-1a, 32 bits, never 0. */
uint32_t hash_text(const char *text, size_t length);

#endif
