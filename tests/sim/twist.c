/* SPDX-License-Identifier: BSD-2-Clause */
/* twist: what a scenario does to the world at its moment. */
#include <stdio.h>

#include "world.h"

enum {
	STRUCK_PERCENT = 10,
	RESTARTED_PERCENT = 20,
	RESTART_MS = 60000,
	UPGRADES_MS = 1800000, /* within this the late half follows */
	PENDING_PINGS = 2,     /* of each link wait for an answer while a node stands still */
	FORGED_A_TICK = 30,
	FLOOD_KEEPS = 8, /* one identity in so many stays itself */
	FORK_NEW = 1,
};

static void strike(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);
	struct life *life = &self->history.lives[who];

	life->is_struck = true;
	life->before = life->good_links;
	if (self->scenario.twist == TWIST_ECLIPSE) {
		node_restart(self, who, RESTART_MS);
		return;
	}
	being->is_stalled = self->scenario.twist == TWIST_STALL;
	being->is_cut_off = self->scenario.twist == TWIST_UPLINK;
	for (uint32_t i = 0; i < being->link_count; i++)
		link_hurry(self, being->links[i]);
}

static void strike_some(struct world *self, uint32_t percent)
{
	for (uint32_t who = 0; who < self->being_count; who++) {
		const struct being *being = being_at(self, who);

		if (being->kind == KIND_HONEST && being->is_subject && being->is_online &&
		    dice_below(&self->dice, 100) < percent)
			strike(self, who);
	}
}

static void fork_off(struct world *self)
{
	for (uint32_t who = 0; who < self->being_count; who++) {
		uint64_t wait_ms = 0;

		if (!is_honest(self, who))
			continue;
		if (dice_chance(&self->dice, .5))
			wait_ms = dice_below(&self->dice, UPGRADES_MS);
		world_later(self, wait_ms, DEED_UPGRADE, who, 0, 0);
	}
}

void twist_upgrade(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);

	being->fork = FORK_NEW;
	if (being->strategy->forks)
		being->strategy->forks(being->state);
	for (uint32_t i = 0; i < being->link_count; i++)
		link_hurry(self, being->links[i]);
}

void twist_begin(struct world *self)
{
	switch (self->scenario.twist) {
	case TWIST_STALL:
	case TWIST_UPLINK:
		strike_some(self, STRUCK_PERCENT);
		break;
	case TWIST_ECLIPSE:
		strike_some(self, RESTARTED_PERCENT);
		break;
	case TWIST_FORK:
		fork_off(self);
		break;
	default:
		break;
	}
}

/* What it asked before it stood still has not been answered in time, all at once. */
static void wake(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);

	being->is_stalled = false;
	for (uint32_t ping = 0; ping < PENDING_PINGS; ping++) {
		for (uint32_t i = being->link_count; i > 0; i--) {
			if (link_miss(self, being->links[i - 1], who))
				link_break(self, being->links[i - 1]);
		}
	}
}

static void count_kept(struct world *self, uint32_t who)
{
	const struct being *being = being_at(self, who);
	struct life *life = &self->history.lives[who];

	for (uint32_t i = 0; i < being->link_count; i++) {
		const struct link *link = &self->links[being->links[i]];

		life->kept += link->born_ms < self->history.struck_ms &&
			      is_honest(self, link_other(link, who));
	}
	if (life->good_links * 10 >= life->before * 9)
		life->back_ms = self->now_ms;
}

void twist_end(struct world *self)
{
	self->history.free_ms = self->now_ms;
	for (uint32_t who = 0; who < self->being_count; who++) {
		struct being *being = being_at(self, who);

		if (!self->history.lives[who].is_struck || self->scenario.twist == TWIST_ECLIPSE)
			continue;
		if (being->is_stalled)
			wake(self, who);
		being->is_cut_off = false;
		count_kept(self, who);
	}
}

void twist_after(struct world *self)
{
	if (self->scenario.attack)
		history_shares(self);
}

void twist_tick(struct world *self, uint32_t who)
{
	const struct being *being = being_at(self, who);

	if (self->scenario.twist == TWIST_SYNS && being->strategy->forged)
		being->strategy->forged(being->state, FORGED_A_TICK);
}

/* In a flood each dial comes from another identity, and who it was before is gone. */
void twist_dial(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);

	if (self->scenario.twist != TWIST_FLOOD || being->kind != KIND_ATTACKER ||
	    who % FLOOD_KEEPS == 0)
		return;
	while (being->link_count)
		link_break(self, being->links[being->link_count - 1]);
	being->incarnation++;
	snprintf(being->id, sizeof(being->id), "16Uiu2HA%c%05ux%u", 'A', who, being->incarnation);
}

/* Half of the attacker's dials go to who has just restarted. */
uint32_t twist_target(struct world *self, const struct being *being)
{
	uint32_t to = self->reachable[dice_below(&self->dice, self->reachable_count)];

	if (self->scenario.twist != TWIST_ECLIPSE || being->kind != KIND_ATTACKER ||
	    !self->history.struck_ms || dice_chance(&self->dice, .5))
		return NOBODY;
	for (uint32_t tries = 0; tries < 16 && !self->history.lives[to].is_struck; tries++)
		to = self->reachable[dice_below(&self->dice, self->reachable_count)];
	return self->history.lives[to].is_struck ? to : NOBODY;
}
