/* SPDX-License-Identifier: BSD-2-Clause */
#include "ladder.h"

#include <string.h>

enum { LEVEL_MAX = 32, CAPACITY_FORGOTTEN_S = 32 * MINUTE_S };

static void raise_level(struct ladder *self, uint64_t at_ns)
{
	if (self->level < LEVEL_MAX)
		self->level++;
	self->raised_ns = at_ns;
}

static uint64_t since_end_s(const struct ladder *self, uint64_t at_ns)
{
	return at_ns > self->end_ns ? (at_ns - self->end_ns) / NS_PER_S : 0;
}

unsigned int ladder_ban(struct ladder *self, uint64_t at_ns)
{
	uint64_t calm_days = since_end_s(self, at_ns) / DAY_S;

	if (self->level && at_ns < self->end_ns)
		return self->level - 1u;
	self->level -= calm_days < self->level ? (uint8_t)calm_days : self->level;
	raise_level(self, at_ns);
	return self->level - 1u;
}

unsigned int ladder_backoff(struct ladder *self, uint64_t at_ns)
{
	if (since_end_s(self, at_ns) >= DAY_S)
		self->level = 0;
	if (!self->level || at_ns >= after_s(self->raised_ns, HOUR_S))
		raise_level(self, at_ns);
	return self->level - 1u;
}

unsigned int ladder_capacity(struct ladder *self, uint64_t at_ns)
{
	if (since_end_s(self, at_ns) >= CAPACITY_FORGOTTEN_S)
		self->level = 0;
	if (!self->level || at_ns >= self->end_ns)
		raise_level(self, at_ns);
	return self->level - 1u;
}

uint32_t ladder_grow(uint32_t base_s, unsigned int doublings, uint32_t max_s)
{
	uint64_t seconds = (uint64_t)base_s << (doublings < 31 ? doublings : 31);

	return seconds < max_s ? (uint32_t)seconds : max_s;
}

uint32_t ladder_jitter(const struct hash_key *key, const struct prefix *prefix, unsigned int step,
		       uint32_t seconds, uint32_t max_s)
{
	uint8_t text[sizeof(prefix->addr.bytes) + 2];
	uint64_t permille, jittered;

	memcpy(text, prefix->addr.bytes, sizeof(prefix->addr.bytes));
	text[16] = prefix->length;
	text[17] = (uint8_t)step;
	permille = 800 + hash_bytes(key, text, sizeof(text)) % 401;
	jittered = seconds * permille / 1000;
	return jittered < max_s ? (uint32_t)jittered : max_s;
}
