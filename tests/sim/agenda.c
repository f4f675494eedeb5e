/* SPDX-License-Identifier: BSD-2-Clause */
#include "agenda.h"

#include <stdlib.h>

static bool is_before(const struct entry *a, const struct entry *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void grow(struct agenda *self)
{
	self->room = self->room ? 2 * self->room : 1024;
	self->entries = realloc(self->entries, self->room * sizeof(*self->entries));
	if (!self->entries)
		abort();
}

void agenda_put(struct agenda *self, const struct entry *entry)
{
	uint32_t at = self->count;
	struct entry fresh = *entry;

	fresh.order = self->order++;
	if (self->count == self->room)
		grow(self);
	self->count++;
	while (at && is_before(&fresh, &self->entries[(at - 1) / 2])) {
		self->entries[at] = self->entries[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	self->entries[at] = fresh;
}

bool agenda_take(struct agenda *self, struct entry *ret)
{
	uint32_t at = 0, child;
	struct entry last;

	if (!self->count)
		return false;
	*ret = self->entries[0];
	last = self->entries[--self->count];
	for (; (child = 2 * at + 1) < self->count; at = child) {
		if (child + 1 < self->count &&
		    is_before(&self->entries[child + 1], &self->entries[child]))
			child++;
		if (!is_before(&self->entries[child], &last))
			break;
		self->entries[at] = self->entries[child];
	}
	if (self->count)
		self->entries[at] = last;
	return true;
}
