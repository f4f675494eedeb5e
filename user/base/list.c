/* SPDX-License-Identifier: BSD-2-Clause */
#include "list.h"

static struct list_link *link_of(const struct list *self, uint32_t number)
{
	return (struct list_link *)((uint8_t *)pool_at(self->pool, number) + self->link);
}

void list_init(struct list *self, const struct pool *pool, size_t link)
{
	*self = (struct list){.pool = pool, .link = link};
}

void list_append(struct list *self, uint32_t number)
{
	*link_of(self, number) = (struct list_link){.older = self->newest};
	if (self->newest)
		link_of(self, self->newest)->newer = number;
	else
		self->oldest = number;
	self->newest = number;
	self->count++;
}

void list_remove(struct list *self, uint32_t number)
{
	struct list_link *link = link_of(self, number);

	if (link->older)
		link_of(self, link->older)->newer = link->newer;
	else
		self->oldest = link->newer;
	if (link->newer)
		link_of(self, link->newer)->older = link->older;
	else
		self->newest = link->older;
	*link = (struct list_link){0};
	self->count--;
}
