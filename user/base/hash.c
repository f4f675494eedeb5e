/* SPDX-License-Identifier: BSD-2-Clause */
#include "hash.h"

#include <endian.h>
#include <string.h>

struct state {
	uint64_t v[4];
};

static uint64_t turn(uint64_t word, unsigned int bits)
{
	return word << bits | word >> (64 - bits);
}

/* SipRound, as in Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012). */
static inline void mix(struct state *s)
{
	s->v[0] += s->v[1];
	s->v[1] = turn(s->v[1], 13) ^ s->v[0];
	s->v[0] = turn(s->v[0], 32);
	s->v[2] += s->v[3];
	s->v[3] = turn(s->v[3], 16) ^ s->v[2];
	s->v[0] += s->v[3];
	s->v[3] = turn(s->v[3], 21) ^ s->v[0];
	s->v[2] += s->v[1];
	s->v[1] = turn(s->v[1], 17) ^ s->v[2];
	s->v[2] = turn(s->v[2], 32);
}

static inline void absorb(struct state *s, uint64_t word)
{
	s->v[3] ^= word;
	mix(s);
	mix(s);
	s->v[0] ^= word;
}

/* Up to eight bytes, little-endian on every machine: decisions must not depend on the host (law 11). */
static inline uint64_t word_of(const uint8_t *bytes, size_t count)
{
	uint64_t word = 0;

	if (count == sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		return le64toh(word);
	}
	for (size_t i = 0; i < count; i++)
		word |= (uint64_t)bytes[i] << (8 * i);
	return word;
}

struct hash_key hash_key_from(uint64_t seed)
{
	struct hash_key key = {{seed, ~seed}};
	uint64_t first = hash_bytes(&key, "peergate", 8);

	key.words[1] = hash_bytes(&key, "etagreep", 8);
	key.words[0] = first;
	return key;
}

uint64_t hash_bytes(const struct hash_key *key, const void *data, size_t length)
{
	const uint8_t *bytes = data;
	struct state s = {
		{key->words[0] ^ 0x736f6d6570736575ULL, key->words[1] ^ 0x646f72616e646f6dULL,
		 key->words[0] ^ 0x6c7967656e657261ULL, key->words[1] ^ 0x7465646279746573ULL}};
	size_t left = length;

	for (; left >= 8; left -= 8, bytes += 8)
		absorb(&s, word_of(bytes, 8));
	absorb(&s, word_of(bytes, left) | (uint64_t)length << 56);
	s.v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		mix(&s);
	return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}

uint32_t hash_text(const char *text, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)text[i]) * 16777619u;
	return hash ? hash : 1;
}
