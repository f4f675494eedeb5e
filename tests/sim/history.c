/* SPDX-License-Identifier: BSD-2-Clause */
#include "history.h"

#include <stdlib.h>
#include <string.h>

#include "world.h"

enum { DURABLE_MS = 600000 /* goal 5: a link that lived ten minutes */ };

void history_open(struct world *world)
{
	struct history *self = &world->history;

	self->hosts = world->host_room;
	self->contacts = calloc((size_t)world->being_count * self->hosts, 1);
	self->lives = calloc(world->being_count, sizeof(*self->lives));
	if (!self->contacts || !self->lives)
		abort();
}

static bool is_subject(const struct world *world, uint32_t who)
{
	return being_at(world, who)->is_subject;
}

static bool is_warm(const struct world *world)
{
	return world->now_ms >= WARM_MS;
}

/* The attacker is good until he betrays. */
static bool is_bad(const struct world *world, uint32_t who)
{
	const struct being *being = being_at(world, who);

	return being->kind == KIND_ATTACKER ? world->has_betrayed : being->kind != KIND_HONEST;
}

static uint8_t *contact_of(struct world *world, uint32_t who, uint32_t other)
{
	return &world->history.contacts[(size_t)who * world->history.hosts +
					being_at(world, other)->host];
}

static bool is_plainly_bad(const struct being *being)
{
	return being->kind == KIND_WRONG_FORK || being->kind == KIND_MUTE ||
	       being->kind == KIND_FLAKY;
}

void history_contact(struct world *world, uint32_t who, uint32_t other, bool outbound)
{
	struct history *self = &world->history;
	uint8_t *contact;

	if (!is_subject(world, who))
		return;
	contact = contact_of(world, who, other);
	if (is_warm(world) && !outbound)
		self->lives[who].handshakes++;
	if (is_warm(world) && is_bad(world, other)) {
		self->bad_in += !outbound && is_plainly_bad(being_at(world, other));
		self->bad_in_of[being_at(world, other)->kind] += !outbound;
		self->bad_out += outbound;
		self->repeats += !!(*contact & (CONTACT_PROVEN | CONTACT_SUSPECT_TWICE));
		if (*contact & (CONTACT_PROVEN | CONTACT_SUSPECT_TWICE))
			(outbound ? self->again_out
				  : self->again_in)[being_at(world, other)->kind]++;
		self->first_bad += outbound && !(*contact & CONTACT_MET);
	}
	*contact |= CONTACT_MET;
}

void history_fault(struct world *world, uint32_t who, uint32_t other, bool is_proof)
{
	uint8_t *contact;

	if (!is_subject(world, who))
		return;
	contact = contact_of(world, who, other);
	if (is_proof)
		*contact |= CONTACT_PROVEN;
	else
		*contact |= *contact & CONTACT_SUSPECT ? CONTACT_SUSPECT_TWICE : CONTACT_SUSPECT;
}

void history_refused(struct world *world, uint32_t who, uint32_t from, enum refusal refusal)
{
	if (!is_warm(world) || !is_subject(world, who) || !is_honest(world, from))
		return;
	world->history.attempts++;
	world->history.refused[refusal]++;
}

static void gain(struct world *world, uint32_t who, uint32_t other, bool outbound)
{
	struct history *self = &world->history;
	struct life *life = &self->lives[who];
	uint64_t since_ms = world->now_ms - being_at(world, who)->joined_ms + 1;

	if (!is_subject(world, who) || !is_honest(world, other))
		return;
	life->good_links++;
	self->gained += outbound && is_warm(world);
	if (!life->half_ms && life->good_links * 2 >= world->scenario.target)
		life->half_ms = since_ms;
	if (!life->full_ms && life->good_links * 10 >= world->scenario.target * 9)
		life->full_ms = since_ms;
	if (life->is_struck && !life->back_ms && self->free_ms &&
	    life->good_links * 10 >= life->before * 9)
		life->back_ms = world->now_ms;
}

void history_linked(struct world *world, const struct link *link)
{
	gain(world, link->ends[0], link->ends[1], true);
	gain(world, link->ends[1], link->ends[0], false);
}

static void lose(struct world *world, const struct link *link, uint32_t who)
{
	struct life *life = &world->history.lives[who];
	uint64_t joined_ms = being_at(world, who)->joined_ms;

	if (!is_subject(world, who) || !is_honest(world, link_other(link, who)))
		return;
	life->good_links--;
	if (!life->durable_ms && world->now_ms - link->born_ms >= DURABLE_MS)
		life->durable_ms = link->born_ms - joined_ms + 1;
}

void history_unlinked(struct world *world, const struct link *link)
{
	struct history *self = &world->history;

	lose(world, link, link->ends[0]);
	lose(world, link, link->ends[1]);
	if (!link->is_marked)
		return;
	self->gone++;
	if (!self->half_gone_ms && self->gone * 2 >= self->marked)
		self->half_gone_ms = world->now_ms - self->marked_ms;
}

void history_online(struct world *world, uint32_t who)
{
	struct life *life = &world->history.lives[who];
	uint64_t since_ms = life->since_ms > WARM_MS ? life->since_ms : WARM_MS;

	if (world->now_ms > since_ms)
		life->online_ms += world->now_ms - since_ms;
}

/* Whoever lives longest has not ended yet: what is alive at the end counts as well. */
void history_close(struct world *world)
{
	for (uint32_t who = 0; who < world->being_count; who++) {
		struct being *being = being_at(world, who);
		struct life *life = &world->history.lives[who];

		if (being->is_online && being->kind == KIND_HONEST && being->joined_ms)
			history_online(world, who);
		for (uint32_t i = 0; i < being->link_count; i++) {
			const struct link *link = &world->links[being->links[i]];
			uint64_t first_ms = link->born_ms - being->joined_ms + 1;

			if (!is_honest(world, link_other(link, who)) ||
			    world->now_ms - link->born_ms < DURABLE_MS)
				continue;
			if (!life->durable_ms || first_ms < life->durable_ms)
				life->durable_ms = first_ms;
		}
	}
}
