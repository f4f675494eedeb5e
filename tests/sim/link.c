/* SPDX-License-Identifier: BSD-2-Clause */
/* link: a connection on which status was exchanged, and what its two ends see of each other until it ends. */
#include <stdlib.h>

#include "world.h"

enum {
	BEAT_MS =
		240000, /* status and pings of two good peers, as the rank's evidence counts them */
	BEAT_BAD_MS = 30000, /* a bad answer is met sooner: work is asked of it, too */
	BEAT_STALL_MS =
		30000,	/* a client's ping (Lighthouse: 15 and 20 s) and the wait for its answer */
	MISSES_MAX = 3, /* unanswered in a row, then any client hangs up */
	BAD_MAX = 5,	/* Prysm: maxBadResponses */
};

/* What a peer answers: chances in a thousand; what is left is a good answer. */
static const struct manner {
	uint32_t invalid, bad, timeout, hangs_up;
	uint32_t latency_ms;
} manners[] =
	{
		[KIND_HONEST] = {0, 1, 5, 0, 0}, /* nobody is perfect */
		[KIND_WRONG_FORK] = {0, 0, 0, 0, 0},	[KIND_MUTE] = {0, 0, 1000, 0, 0},
		[KIND_FLAKY] = {0, 100, 150, 150, 100}, [KIND_SLOW] = {0, 20, 350, 0, 4000},
		[KIND_ATTACKER] = {0, 1, 5, 0, 0},
},
  betrayal = {250, 250, 250, 0, 0};

uint32_t link_between(const struct world *self, uint32_t a, uint32_t b)
{
	const struct being *from = being_at(self, a);

	if (from->link_count > being_at(self, b)->link_count)
		return link_between(self, b, a);
	for (uint32_t i = 0; i < from->link_count; i++) {
		if (link_other(&self->links[from->links[i]], a) == b)
			return from->links[i];
	}
	return NOBODY;
}

static void hold(struct being *being, uint32_t number)
{
	if (being->link_count == being->link_room) {
		being->link_room = being->link_room ? 2 * being->link_room : 16;
		being->links = realloc(being->links, being->link_room * sizeof(*being->links));
		if (!being->links)
			abort();
	}
	being->links[being->link_count++] = number;
}

static void let_go(struct being *being, uint32_t number)
{
	for (uint32_t i = 0; i < being->link_count; i++) {
		if (being->links[i] == number) {
			being->links[i] = being->links[--being->link_count];
			return;
		}
	}
}

static uint32_t take_number(struct world *self)
{
	uint32_t number = self->free_link;

	if (number != NOBODY) {
		self->free_link = self->links[number].ends[0];
		return number;
	}
	if (self->link_count == self->link_room) {
		self->link_room = self->link_room ? 2 * self->link_room : 4096;
		self->links = realloc(self->links, self->link_room * sizeof(*self->links));
		if (!self->links)
			abort();
	}
	self->links[self->link_count].serial = 0;
	return self->link_count++;
}

static bool is_trouble(const struct world *self, uint32_t who)
{
	const struct being *being = being_at(self, who);

	return being->kind == KIND_ATTACKER ? self->has_betrayed : being->kind != KIND_HONEST;
}

static void plan_beat(struct world *self, uint32_t number)
{
	const struct link *link = &self->links[number];
	const struct being *a = being_at(self, link->ends[0]), *b = being_at(self, link->ends[1]);
	uint64_t wait_ms = BEAT_MS;

	if (a->is_stalled || b->is_stalled || a->is_cut_off || b->is_cut_off)
		wait_ms = BEAT_STALL_MS;
	else if (is_trouble(self, link->ends[0]) || is_trouble(self, link->ends[1]))
		wait_ms = BEAT_BAD_MS;
	wait_ms = wait_ms / 2 + dice_below(&self->dice, (uint32_t)wait_ms);
	world_later(self, wait_ms, DEED_BEAT, 0, number, link->serial);
}

void link_hurry(struct world *self, uint32_t number)
{
	self->links[number].serial++;
	plan_beat(self, number);
}

void link_make(struct world *self, uint32_t from, uint32_t to)
{
	uint32_t number = take_number(self);
	struct link *link = &self->links[number];

	*link = (struct link){.ends = {from, to},
			      .serial = link->serial + 1,
			      .is_alive = true,
			      .born_ms = self->now_ms};
	hold(being_at(self, from), number);
	hold(being_at(self, to), number);
	being_at(self, to)->inbound++;
	history_linked(self, link);
	plan_beat(self, number);
}

void link_break(struct world *self, uint32_t number)
{
	struct link *link = &self->links[number];
	uint32_t from = link->ends[0], to = link->ends[1];

	link->is_alive = false;
	let_go(being_at(self, from), number);
	let_go(being_at(self, to), number);
	being_at(self, to)->inbound--;
	history_unlinked(self, link);
	link->ends[0] = self->free_link;
	self->free_link = number;
	world_tell(self, from, to, true, HAPPENED_GONE, 0);
	world_tell(self, to, from, false, HAPPENED_GONE, 0);
}

static enum happening answer_of(struct world *self, uint32_t other)
{
	const struct being *being = being_at(self, other);
	const struct manner *manner = being->kind == KIND_ATTACKER && self->has_betrayed
					      ? &betrayal
					      : &manners[being->kind];
	uint32_t draw = dice_below(&self->dice, 1000);

	if (being->is_stalled || being->is_cut_off || draw < manner->timeout)
		return HAPPENED_TIMEOUT;
	draw -= manner->timeout;
	if (draw < manner->bad)
		return HAPPENED_BAD_ANSWER;
	if (draw < manner->bad + manner->invalid)
		return HAPPENED_INVALID;
	return HAPPENED_ANSWER;
}

static uint32_t latency_of(struct world *self, uint32_t who, uint32_t other)
{
	uint32_t slow_ms = manners[being_at(self, other)->kind].latency_ms;

	if (slow_ms)
		slow_ms = slow_ms / 2 + dice_below(&self->dice, slow_ms);
	return being_at(self, who)->rtt_ms + being_at(self, other)->rtt_ms + slow_ms +
	       dice_below(&self->dice, 20);
}

/* What the client does by itself, whatever its policy. */
static bool hangs_up(struct world *self, struct link *link, int side, enum happening answer)
{
	const struct being *being = being_at(self, link->ends[side]);

	link->misses[side] = answer == HAPPENED_TIMEOUT ? link->misses[side] + 1 : 0;
	link->bad[side] += answer == HAPPENED_BAD_ANSWER;
	if (answer == HAPPENED_INVALID || link->bad[side] >= BAD_MAX)
		return true;
	return link->misses[side] >= MISSES_MAX &&
	       !(being->strategy->forgives && being->strategy->forgives(being->state));
}

bool link_miss(struct world *self, uint32_t number, uint32_t who)
{
	struct link *link = &self->links[number];
	int side = link->ends[1] == who;

	world_tell(self, who, link->ends[!side], !side, HAPPENED_TIMEOUT, 0);
	return hangs_up(self, link, side, HAPPENED_TIMEOUT);
}

/* One end asks the other. Returns whether it hangs up. */
static bool ask(struct world *self, uint32_t number, int side)
{
	struct link *link = &self->links[number];
	uint32_t who = link->ends[side], other = link->ends[!side];
	const struct being *being = being_at(self, who);
	enum happening answer;

	if (being->kind != KIND_HONEST || being->is_stalled)
		return false;
	answer = being->is_cut_off ? HAPPENED_TIMEOUT : answer_of(self, other);
	if (answer == HAPPENED_INVALID)
		history_fault(self, who, other, true);
	world_tell(self, who, other, !side, answer,
		   answer == HAPPENED_ANSWER ? latency_of(self, who, other) : 0);
	return hangs_up(self, link, side, answer);
}

static bool just_leaves(struct world *self, uint32_t who)
{
	return dice_chance(&self->dice, manners[being_at(self, who)->kind].hangs_up / 1000.);
}

/* One of them is on a new fork: the next status says so. */
static bool have_parted(const struct world *self, uint32_t from, uint32_t to)
{
	return being_at(self, from)->fork != being_at(self, to)->fork && is_honest(self, from) &&
	       is_honest(self, to);
}

void link_beat(struct world *self, uint32_t number)
{
	const struct link *link = &self->links[number];
	uint32_t from = link->ends[0], to = link->ends[1];

	if (have_parted(self, from, to)) {
		world_tell(self, from, to, true, HAPPENED_WRONG_FORK, 0);
		world_tell(self, to, from, false, HAPPENED_WRONG_FORK, 0);
		link_break(self, number);
		return;
	}
	if (just_leaves(self, from) || just_leaves(self, to)) {
		history_fault(self, from, to, false);
		history_fault(self, to, from, false);
		link_break(self, number);
		return;
	}
	if (ask(self, number, 0)) {
		history_fault(self, from, to, false);
		link_break(self, number);
	} else if (ask(self, number, 1)) {
		history_fault(self, to, from, false);
		link_break(self, number);
	} else {
		plan_beat(self, number);
	}
}
