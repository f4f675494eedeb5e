/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <stdlib.h>

enum { LINKED_MAX = 256 };

void *memory_open(struct world *world, uint32_t self)
{
	struct memory *memory = calloc(1, sizeof(*memory));
	uint32_t most = world->host_room;

	if (!memory)
		abort();
	*memory = (struct memory){.world = world, .self = self};
	memory->dice.state = dice_word(&world->dice);
	memory->hosts = calloc(most, sizeof(*memory->hosts));
	memory->peers = calloc(most, sizeof(*memory->peers));
	if (!memory->hosts || !memory->peers)
		abort();
	return memory;
}

void memory_close(void *state)
{
	struct memory *self = state;

	free(self->hosts);
	free(self->peers);
	free(self);
}

struct note *memory_host(struct memory *self, uint32_t other)
{
	return &self->hosts[being_at(self->world, other)->host];
}

struct note *memory_peer(struct memory *self, uint32_t other)
{
	struct note *note = &self->peers[other];
	uint32_t incarnation = being_at(self->world, other)->incarnation;

	if (note->incarnation != incarnation)
		*note = (struct note){.incarnation = incarnation};
	return note;
}

bool note_refuses(const struct memory *self, const struct note *note)
{
	return note->until_ms > self->world->now_ms;
}

void memory_refuse(struct memory *self, struct note *note, uint64_t ms, enum refusal refusal)
{
	note->until_ms = self->world->now_ms + ms;
	note->refusal = refusal;
}

uint32_t memory_rank_any(struct memory *self, const uint32_t *candidates, uint32_t count,
			 uint32_t want, uint32_t *ret,
			 bool (*skip)(struct memory *, uint32_t other))
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (!skip || !skip(self, candidates[i]))
			ret[left++] = candidates[i];
	}
	dice_shuffle(&self->dice, ret, left);
	return left < want ? left : want;
}

/* The @want best to the front: few of few. */
static void choose(struct memory *self, uint32_t *items, uint32_t count, uint32_t want, double sign,
		   double (*key)(struct memory *, uint32_t other))
{
	for (uint32_t i = 0; i < want && i < count; i++) {
		for (uint32_t j = i + 1; j < count; j++) {
			uint32_t item = items[i];

			if (sign * key(self, items[j]) <= sign * key(self, item))
				continue;
			items[i] = items[j];
			items[j] = item;
		}
	}
}

uint32_t memory_rank_by(struct memory *self, const uint32_t *candidates, uint32_t count,
			uint32_t want, uint32_t *ret, bool (*skip)(struct memory *, uint32_t other),
			double (*key)(struct memory *, uint32_t other))
{
	uint32_t left = memory_rank_any(self, candidates, count, count, ret, skip);

	choose(self, ret, left, want, 1, key);
	return left < want ? left : want;
}

uint32_t memory_linked(struct memory *self, bool inbound_only, uint32_t *ret)
{
	const struct being *being = being_at(self->world, self->self);
	uint32_t count = 0;

	for (uint32_t i = 0; i < being->link_count && count < LINKED_MAX; i++) {
		const struct link *link = &self->world->links[being->links[i]];

		if (!inbound_only || link->ends[1] == self->self)
			ret[count++] = link_other(link, self->self);
	}
	return count;
}

uint32_t memory_prune_by(struct memory *self, bool inbound_only, uint32_t want, uint32_t *ret,
			 double (*key)(struct memory *, uint32_t other))
{
	uint32_t linked[LINKED_MAX], count = memory_linked(self, inbound_only, linked);

	dice_shuffle(&self->dice, linked, count);
	if (key)
		choose(self, linked, count, want, -1, key);
	for (uint32_t i = 0; i < count && i < want; i++)
		ret[i] = linked[i];
	return count < want ? count : want;
}
