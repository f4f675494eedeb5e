/* SPDX-License-Identifier: BSD-2-Clause */
#include "throngs.h"

#include "shares.h"

enum { THRONGED = 8 }; /* a network's part of all the untried, one in so many */

static struct throng *throng_of(const struct policy *self, enum throng_kind kind, uint32_t share)
{
	return &share_at(self, share)->throngs[kind];
}

static uint32_t seen_at(const struct policy *self, enum throng_kind kind, uint32_t number)
{
	const struct source *source;

	if (kind == THRONG_PEERS)
		return peer_at(self, number)->past.seen_at;
	source = place_source(self, place_at(self, number));
	return source ? source->past.seen_at : 0;
}

/* The throng as a list of its own. */
static struct list list_of(const struct policy *self, enum throng_kind kind,
			   const struct throng *throng)
{
	struct list list = self->throng_lists[kind];

	list.oldest = throng->oldest;
	list.newest = throng->newest;
	list.count = throng->count;
	return list;
}

/* Writes it back, and keeps the throng's place among all by its oldest. */
static void keep(struct policy *self, enum throng_kind kind, uint32_t share,
		 const struct list *list)
{
	struct throng *throng = throng_of(self, kind, share);

	throng->oldest = list->oldest;
	throng->newest = list->newest;
	throng->count = list->count;
	if (list->count)
		heap_put(&self->throngs[kind], share, seen_at(self, kind, list->oldest));
	else
		heap_remove(&self->throngs[kind], share);
}

void throng_join(struct policy *self, enum throng_kind kind, uint32_t share, uint32_t number)
{
	struct list list = list_of(self, kind, throng_of(self, kind, share));

	list_append(&list, number);
	keep(self, kind, share, &list);
	self->thronging[kind]++;
}

void throng_leave(struct policy *self, enum throng_kind kind, uint32_t share, uint32_t number)
{
	struct list list = list_of(self, kind, throng_of(self, kind, share));

	list_remove(&list, number);
	keep(self, kind, share, &list);
	self->thronging[kind]--;
	share_tidy(self, share);
}

void throng_touch(struct policy *self, enum throng_kind kind, uint32_t share, uint32_t number)
{
	struct list list = list_of(self, kind, throng_of(self, kind, share));

	if (list.newest != number) {
		list_remove(&list, number);
		list_append(&list, number);
	}
	keep(self, kind, share, &list);
}

uint32_t throng_leaving(const struct policy *self, enum throng_kind kind, uint32_t share)
{
	uint32_t when;

	if (share && throng_of(self, kind, share)->count > self->thronging[kind] / THRONGED)
		return throng_of(self, kind, share)->oldest;
	share = heap_first(&self->throngs[kind], &when);
	return share ? throng_of(self, kind, share)->oldest : 0;
}
