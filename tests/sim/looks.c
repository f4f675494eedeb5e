/* SPDX-License-Identifier: BSD-2-Clause */
/* looks: at one moment, over all subjects: who holds their slots, who bans whom. */
#include <stdlib.h>

#include "world.h"

static bool is_looked_at(const struct world *world, uint32_t who)
{
	const struct being *being = being_at(world, who);

	return being->is_subject && being->is_online;
}

/* A restart among attackers is looked at where it happened; else everybody is. */
static bool is_attacked(const struct world *world, uint32_t who)
{
	return is_looked_at(world, who) &&
	       (world->scenario.twist != TWIST_ECLIPSE || world->history.lives[who].is_struck);
}

double history_good(const struct world *world, bool behind_only)
{
	double good = 0, nodes = 0;

	for (uint32_t who = 0; who < world->being_count; who++) {
		if (!is_looked_at(world, who) || (behind_only && !being_at(world, who)->is_behind))
			continue;
		nodes++;
		good += world->history.lives[who].good_links;
	}
	return nodes > 0 ? good / (nodes * world->scenario.target) : 0;
}

void history_look(struct world *world)
{
	struct history *self = &world->history;
	double good = 0, bad = 0, nodes = 0;

	for (uint32_t who = 0; who < world->being_count; who++) {
		const struct being *being = being_at(world, who);

		if (!is_looked_at(world, who))
			continue;
		nodes++;
		good += self->lives[who].good_links;
		bad += being->link_count - self->lives[who].good_links;
	}
	if (!nodes)
		return;
	self->looks++;
	self->good_share += good / (nodes * world->scenario.target);
	self->bad_share += bad / (nodes * world->scenario.target);
}

void history_mark(struct world *world)
{
	struct history *self = &world->history;

	self->marked_ms = world->now_ms;
	for (uint32_t i = 0; i < world->link_count; i++) {
		struct link *link = &world->links[i];

		if (!link->is_alive || !is_honest(world, link->ends[0]) ||
		    !is_honest(world, link->ends[1]))
			continue;
		if (!being_at(world, link->ends[0])->is_subject &&
		    !being_at(world, link->ends[1])->is_subject)
			continue;
		link->is_marked = true;
		self->marked++;
	}
}

/* Of one node's links, by direction: the attacker's and all. */
struct held {
	uint32_t his[2], all[2];
};

static struct held held_by(const struct world *world, uint32_t who)
{
	const struct being *being = being_at(world, who);
	struct held ret = {0};

	for (uint32_t i = 0; i < being->link_count; i++) {
		const struct link *link = &world->links[being->links[i]];
		bool outbound = link->ends[0] == who;

		ret.all[outbound]++;
		ret.his[outbound] += being_at(world, link_other(link, who))->kind == KIND_ATTACKER;
	}
	return ret;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void history_shares(struct world *world)
{
	struct history *self = &world->history;
	double *shares = calloc(world->being_count, sizeof(*shares));
	uint32_t count = 0, in = 0, out = 0;
	double in_sum = 0, out_sum = 0;

	if (!shares)
		abort();
	self->only_his = 0;
	for (uint32_t who = 0; who < world->being_count; who++) {
		struct held held = held_by(world, who);

		if (!is_attacked(world, who) || !(held.all[0] + held.all[1]))
			continue;
		shares[count++] = (double)(held.his[0] + held.his[1]) / (held.all[0] + held.all[1]);
		self->only_his += held.all[1] && held.his[1] == held.all[1];
		if (held.all[0])
			in_sum += (double)held.his[0] / held.all[0];
		if (held.all[1])
			out_sum += (double)held.his[1] / held.all[1];
		in += !!held.all[0];
		out += !!held.all[1];
	}
	qsort(shares, count, sizeof(*shares), compare);
	self->attacker_in = in ? in_sum / in : 0;
	self->attacker_out = out ? out_sum / out : 0;
	self->attacker_worst = count ? shares[(count - 1) * 99 / 100] : 0;
	free(shares);
}

uint32_t history_slots(struct world *world)
{
	uint32_t sum = 0;

	for (uint32_t who = 0; who < world->being_count; who++) {
		struct held held = held_by(world, who);

		if (is_looked_at(world, who))
			sum += held.his[0] + held.his[1];
	}
	return sum;
}

static bool bans(const struct world *world, uint32_t who, uint32_t other)
{
	const struct being *being = being_at(world, who);

	return being->is_subject && being->strategy->holds(being->state, other) == REFUSAL_BAN;
}

/* By those that were struck, and of them. */
void history_bans(struct world *world)
{
	struct history *self = &world->history;
	uint32_t by = 0, of = 0;

	for (uint32_t who = 0; who < world->being_count; who++) {
		if (!self->lives[who].is_struck)
			continue;
		for (uint32_t other = 0; other < world->being_count; other++) {
			if (other == who || !is_honest(world, other))
				continue;
			by += bans(world, who, other);
			of += bans(world, other, who);
		}
	}
	self->bans_by = by > self->bans_by ? by : self->bans_by;
	self->bans_of = of > self->bans_of ? of : self->bans_of;
}

void history_held(struct world *world)
{
	struct history *self = &world->history;

	for (uint32_t who = 0; who < world->being_count; who++) {
		const struct being *being = being_at(world, who);

		if (!is_looked_at(world, who))
			continue;
		for (uint32_t other = 0; other < world->being_count; other++) {
			enum refusal refusal = REFUSAL_NONE;

			if (other != who && is_honest(world, other))
				refusal = being->strategy->holds(being->state, other);
			self->honest_bans += refusal == REFUSAL_BAN;
			self->honest_suspicions += refusal == REFUSAL_SUSPECT;
		}
	}
}
