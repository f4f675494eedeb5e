/* SPDX-License-Identifier: BSD-2-Clause */
#include "median.h"

static void walk(struct median *self)
{
	while (self->at && (uint64_t)self->below * 2 >= self->total)
		self->below -= self->counts[--self->at];
	while (self->at < MEDIAN_BINS - 1 &&
	       (uint64_t)(self->below + self->counts[self->at]) * 2 < self->total)
		self->below += self->counts[self->at++];
}

void median_add(struct median *self, uint32_t bin)
{
	self->counts[bin]++;
	self->total++;
	self->below += bin < self->at;
	walk(self);
}

void median_remove(struct median *self, uint32_t bin)
{
	self->counts[bin]--;
	self->total--;
	self->below -= bin < self->at;
	walk(self);
}

uint32_t median_bin_of(uint32_t value)
{
	uint32_t log = 31 - (uint32_t)__builtin_clz(value | 1);
	uint32_t part = log >= 2 ? value >> (log - 2) & 3 : value << (2 - log) & 3;

	return log * 4 + part;
}

uint32_t median_value_of(uint32_t bin)
{
	uint64_t low = (4 + bin % 4) * (UINT64_C(1) << bin / 4), step = UINT64_C(1) << bin / 4;

	return (uint32_t)((low + step / 2) / 4);
}
