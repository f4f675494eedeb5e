/* SPDX-License-Identifier: BSD-2-Clause */
#include "ladder.h"

#include <string.h>

enum { LEVEL_MAX = 32, CAPACITY_FORGOTTEN_S = 32 * MINUTE_S };

static void raise_level(struct ladder *self)
{
	if (self->level < LEVEL_MAX)
		self->level++;
}

unsigned int ladder_ban(struct ladder *self, uint64_t at_ns)
{
	uint32_t at = moment_of(at_ns), calm_days = moment_seconds(self->end_at, at) / DAY_S;

	if (self->level && at < self->end_at)
		return self->level - 1u;
	self->level -= calm_days < self->level ? (uint8_t)calm_days : self->level;
	raise_level(self);
	return self->level - 1u;
}

unsigned int ladder_backoff(struct ladder *self, uint32_t *raised_at, uint64_t at_ns)
{
	uint32_t at = moment_of(at_ns);

	if (moment_seconds(self->end_at, at) >= DAY_S)
		self->level = 0;
	if (!self->level || at >= moment_after(*raised_at, HOUR_S)) {
		raise_level(self);
		*raised_at = at;
	}
	return self->level - 1u;
}

unsigned int ladder_capacity(struct ladder *self, uint64_t at_ns)
{
	uint32_t at = moment_of(at_ns);

	if (moment_seconds(self->end_at, at) >= CAPACITY_FORGOTTEN_S)
		self->level = 0;
	if (!self->level || at >= self->end_at)
		raise_level(self);
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
