/* SPDX-License-Identifier: BSD-2-Clause */
#include "pairing.h"

static struct pairing_link *link_of(const struct pairing *self, uint32_t number)
{
	return (struct pairing_link *)((uint8_t *)pool_at(self->pool, number) + self->link);
}

static uint32_t when_of(const struct pairing *self, uint32_t number)
{
	return *(const uint32_t *)((const uint8_t *)pool_at(self->pool, number) + self->when);
}

/* Two heaps into one: the later root becomes the first child of the earlier. */
static uint32_t meld(const struct pairing *self, uint32_t a, uint32_t b)
{
	uint32_t top = a, below = b;
	struct pairing_link *link;

	if (!a || !b)
		return a ? a : b;
	if (when_of(self, b) < when_of(self, a)) {
		top = b;
		below = a;
	}
	link = link_of(self, below);
	link->next = link_of(self, top)->child;
	link->back = top;
	if (link->next)
		link_of(self, link->next)->back = below;
	link_of(self, top)->child = below;
	return top;
}

static uint32_t detach(const struct pairing *self, uint32_t number)
{
	struct pairing_link *link = link_of(self, number);
	uint32_t next = link->next;

	link->next = 0;
	link->back = 0;
	return next;
}

/* The usual two passes: siblings in pairs from the first to the last, then the pairs together from the last. */
static uint32_t meld_siblings(const struct pairing *self, uint32_t first)
{
	uint32_t pairs = 0, root = 0;

	while (first) {
		uint32_t a = first, b = detach(self, a), pair;

		first = b ? detach(self, b) : 0;
		pair = meld(self, a, b);
		link_of(self, pair)->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		uint32_t pair = pairs;

		pairs = detach(self, pair);
		root = meld(self, root, pair);
	}
	return root;
}

static void cut(const struct pairing *self, uint32_t number)
{
	struct pairing_link *link = link_of(self, number), *back = link_of(self, link->back);

	if (back->child == number)
		back->child = link->next;
	else
		back->next = link->next;
	if (link->next)
		link_of(self, link->next)->back = link->back;
}

uint32_t pairing_add(const struct pairing *self, uint32_t root, uint32_t number)
{
	*link_of(self, number) = (struct pairing_link){0};
	return meld(self, root, number);
}

uint32_t pairing_remove(const struct pairing *self, uint32_t root, uint32_t number)
{
	uint32_t rest = meld_siblings(self, link_of(self, number)->child);

	if (number == root)
		root = rest;
	else {
		cut(self, number);
		root = meld(self, root, rest);
	}
	*link_of(self, number) = (struct pairing_link){0};
	return root;
}
