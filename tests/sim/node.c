/* SPDX-License-Identifier: BSD-2-Clause */
/* node: what a client does by itself: it discovers, dials while it has too few, prunes when it has too many, stops and starts. */
#include "world.h"

enum {
	WISH_MS = 60000, /* a full node with too few outbound links dials one a minute */
	QUOTA_LEAST = 2,
	SESSION_MS = 8 * 3600000, /* how long a node runs, on average */
	PAUSE_MS = 300000,
	MOVES_PERCENT = 30, /* of those at home, how many have another address afterwards */
};

static bool knows(const struct being *being, uint32_t other)
{
	for (uint32_t i = 0; i < being->book_count; i++) {
		if (being->book[i] == other)
			return true;
	}
	return false;
}

static void discover(struct world *self, uint32_t who, uint32_t count)
{
	struct being *being = being_at(self, who);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t other = self->announced[dice_below(&self->dice, self->announced_count)];

		if (other == who || knows(being, other) ||
		    (being_at(self, other)->is_newcomer && !being_at(self, other)->joined_ms))
			continue;
		if (being->book_count < BOOK)
			being->book[being->book_count++] = other;
		else
			being->book[dice_below(&self->dice, BOOK)] = other;
	}
}

static bool is_pending(const struct being *being, uint32_t other)
{
	for (uint32_t i = 0; i < being->pending_count; i++) {
		if (being->pending[i] == other)
			return true;
	}
	return false;
}

static void dial_best(struct world *self, uint32_t who, uint32_t want)
{
	struct being *being = being_at(self, who);
	uint32_t candidates[BOOK], order[BOOK], count = 0;

	if (want > PENDING - being->pending_count)
		want = PENDING - being->pending_count;
	for (uint32_t i = 0; i < being->book_count; i++) {
		uint32_t other = being->book[i];

		if (!is_pending(being, other) && link_between(self, who, other) == NOBODY)
			candidates[count++] = other;
	}
	if (!want || !count)
		return;
	count = being->strategy->rank(being->state, candidates, count, want, order);
	for (uint32_t i = 0; i < count && i < want; i++) {
		being->pending[being->pending_count++] = order[i];
		dial_begin(self, who, order[i]);
	}
}

static uint32_t wanted(struct world *self, struct being *being)
{
	uint32_t target = self->scenario.target, held = being->link_count + being->pending_count;
	uint32_t quota = target / 10 > QUOTA_LEAST ? target / 10 : QUOTA_LEAST;
	uint32_t outbound = being->link_count - being->inbound;

	if (held < target)
		return target - held < BATCH ? target - held : BATCH;
	if (outbound >= quota || self->now_ms < being->wished_ms + WISH_MS ||
	    being->link_count >= hard_max(self))
		return 0;
	being->wished_ms = self->now_ms;
	return 1;
}

static void prune(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);
	uint32_t victims[64], over = being->link_count - self->scenario.target, count;

	being->pruned_ms = self->now_ms;
	count = being->strategy->prune(being->state, over < 64 ? over : 64, victims);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t number = link_between(self, who, victims[i]);

		if (number == NOBODY)
			continue;
		world_tell(self, who, victims[i], self->links[number].ends[0] == who,
			   HAPPENED_WE_FULL, 0);
		world_tell(self, victims[i], who, self->links[number].ends[0] != who,
			   HAPPENED_THEY_FULL, 0);
		link_break(self, number);
	}
}

void node_tick(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);

	if (!being->is_online)
		return; /* its return begins the ticks anew */
	world_later(self, TICK_MS, DEED_TICK, who, 0, being->generation);
	if (being->is_stalled)
		return;
	if (being->strategy->tick)
		being->strategy->tick(being->state);
	twist_tick(self, who);
	if (self->now_ms >= being->discovered_ms + DISCOVER_MS) {
		being->discovered_ms = self->now_ms;
		discover(self, who, DISCOVERED);
	}
	dial_best(self, who, wanted(self, being));
	if (being->link_count > self->scenario.target &&
	    self->now_ms >= being->pruned_ms + PRUNE_MS)
		prune(self, who);
}

static void plan_leave(struct world *self, uint32_t who)
{
	world_later(self, dice_wait(&self->dice, SESSION_MS), DEED_LEAVE, who, 0,
		    being_at(self, who)->generation);
}

void node_return(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);

	being->is_online = true;
	if (!being->joined_ms)
		being->joined_ms = self->now_ms ? self->now_ms : 1;
	self->history.lives[who].since_ms = self->now_ms;
	discover(self, who, 2 * DISCOVERED);
	world_later(self, dice_below(&self->dice, TICK_MS), DEED_TICK, who, 0, being->generation);
	plan_leave(self, who);
}

static void stop(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);

	history_online(self, who);
	being->is_online = false;
	being->is_stable = false;
	being->generation++;
	while (being->link_count)
		link_break(self, being->links[being->link_count - 1]);
}

void node_restart(struct world *self, uint32_t who, uint64_t pause_ms)
{
	stop(self, who);
	world_later(self, pause_ms, DEED_RETURN, who, 0, 0);
}

void node_leave(struct world *self, uint32_t who, uint32_t generation)
{
	struct being *being = being_at(self, who);

	if (being->generation != generation)
		return;
	stop(self, who);
	if (!being->is_hosted && dice_below(&self->dice, 100) < MOVES_PERCENT)
		being->host = world_new_host(self, false, false);
	world_later(self, dice_wait(&self->dice, PAUSE_MS), DEED_RETURN, who, 0, 0);
}
