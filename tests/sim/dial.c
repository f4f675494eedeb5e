/* SPDX-License-Identifier: BSD-2-Clause */
/* dial: from the start of a connection to a link, or to what became of it instead. */
#include <stdlib.h>

#include "world.h"

enum {
	DROPPED_MS = 5000,    /* a dial that nobody answers is given up (libp2p: 5 s a transport) */
	STATUS_MS = 10000,    /* Prysm: timeForStatus */
	BAD_PAUSE_MS = 16000, /* a bad peer dials so often: POLICY's 154 an hour at a node */
	ATTACKER_PAUSE_MS = 30000,
	BAD_LINKS_MAX = 12,  /* what flaky and slow peers are content with */
	STICKY_PERCENT = 30, /* mute peers come back to where they were */
};

static uint32_t take_number(struct world *self)
{
	uint32_t number = self->free_dial;

	if (number != NOBODY) {
		self->free_dial = self->dials[number].next_free;
		return number;
	}
	if (self->dial_count == self->dial_room) {
		self->dial_room = self->dial_room ? 2 * self->dial_room : 1024;
		self->dials = realloc(self->dials, self->dial_room * sizeof(*self->dials));
		if (!self->dials)
			abort();
	}
	return self->dial_count++;
}

static bool is_there(const struct world *self, uint32_t who)
{
	const struct being *being = being_at(self, who);

	return being->is_online && !being->is_nat && !being->is_stalled && !being->is_cut_off;
}

/* The gate's question, which costs no handshake. */
static bool passes(struct world *self, uint32_t from, uint32_t to)
{
	const struct being *being = being_at(self, to);
	enum refusal refusal;

	if (!being->strategy)
		return true;
	refusal = being->strategy->start(being->state, from);
	history_refused(self, to, from, refusal);
	return refusal == REFUSAL_NONE;
}

static uint64_t handshake_ms(struct world *self, const struct dial *dial)
{
	const struct being *from = being_at(self, dial->from), *to = being_at(self, dial->to);

	if (!dial->is_answered)
		return DROPPED_MS;
	if (from->kind == KIND_MUTE || to->kind == KIND_MUTE)
		return STATUS_MS;
	return 3 * (from->rtt_ms + to->rtt_ms) + dice_below(&self->dice, 200);
}

void dial_begin(struct world *self, uint32_t from, uint32_t to)
{
	uint32_t number = take_number(self);
	struct dial *dial = &self->dials[number];

	*dial = (struct dial){
		.from = from,
		.to = to,
		.generations = {being_at(self, from)->generation, being_at(self, to)->generation}};
	dial->is_answered =
		is_there(self, to) && !being_at(self, from)->is_cut_off && passes(self, from, to);
	if (dial->is_answered) {
		history_contact(self, from, to, true);
		history_contact(self, to, from, false);
	}
	world_later(self, handshake_ms(self, dial), DEED_DIAL_END, from, number, 0);
}

static void forget_pending(struct being *being, uint32_t to)
{
	for (uint32_t i = 0; i < being->pending_count; i++) {
		if (being->pending[i] == to) {
			being->pending[i] = being->pending[--being->pending_count];
			return;
		}
	}
}

static void both(struct world *self, const struct dial *dial, enum happening ours,
		 enum happening theirs)
{
	world_tell(self, dial->from, dial->to, true, ours, 0);
	world_tell(self, dial->to, dial->from, false, theirs, 0);
}

static void both_fault(struct world *self, const struct dial *dial, bool is_proof)
{
	history_fault(self, dial->from, dial->to, is_proof);
	history_fault(self, dial->to, dial->from, is_proof);
}

/* After the handshake one end refuses the other, which is told why. False: nobody did. */
static bool is_refused(struct world *self, const struct dial *dial, bool outbound)
{
	uint32_t who = outbound ? dial->from : dial->to, other = outbound ? dial->to : dial->from;
	const struct being *being = being_at(self, who);
	enum refusal refusal = REFUSAL_NONE;

	if (!being->strategy) {
		if (being->kind != KIND_ATTACKER || being->link_count < hard_max(self))
			return false;
		world_tell(self, other, who, !outbound, HAPPENED_THEY_FULL, 0);
		return true;
	}
	if (outbound ? being->link_count >= hard_max(self) : is_full(self, being))
		refusal = REFUSAL_FULL;
	else if (!outbound)
		refusal = being->strategy->admit(being->state, other);
	if (refusal == REFUSAL_NONE)
		return false;
	history_refused(self, who, other, refusal);
	if (refusal == REFUSAL_FULL)
		world_tell(self, who, other, outbound, HAPPENED_WE_FULL, 0);
	world_tell(self, other, who, !outbound,
		   refusal == REFUSAL_FULL ? HAPPENED_THEY_FULL : HAPPENED_THEY_REFUSE, 0);
	return true;
}

static bool forks_differ(const struct world *self, const struct dial *dial)
{
	return being_at(self, dial->from)->fork != being_at(self, dial->to)->fork;
}

/* Two honest forks are one network; bad ones are on another. */
static enum happening fork_fault(const struct world *self, const struct dial *dial)
{
	if (is_honest(self, dial->from) && is_honest(self, dial->to))
		return HAPPENED_WRONG_FORK;
	return HAPPENED_WRONG_NETWORK;
}

/* Authenticated: what becomes of it? */
static void meet(struct world *self, const struct dial *dial)
{
	const struct being *from = being_at(self, dial->from), *to = being_at(self, dial->to);
	bool is_linked = link_between(self, dial->from, dial->to) != NOBODY;

	if (is_linked) /* they dialled each other at once */
		return;
	both(self, dial, HAPPENED_ESTABLISHED, HAPPENED_ESTABLISHED);
	if (is_refused(self, dial, false) || is_refused(self, dial, true)) {
		both(self, dial, HAPPENED_GONE, HAPPENED_GONE);
		return;
	}
	both(self, dial, HAPPENED_CONNECTED, HAPPENED_CONNECTED);
	if (from->kind == KIND_MUTE || to->kind == KIND_MUTE) {
		both(self, dial, HAPPENED_MUTE, HAPPENED_MUTE);
		both(self, dial, HAPPENED_GONE, HAPPENED_GONE);
		both_fault(self, dial, false);
	} else if (forks_differ(self, dial)) {
		both(self, dial, fork_fault(self, dial), fork_fault(self, dial));
		both(self, dial, HAPPENED_GONE, HAPPENED_GONE);
		both_fault(self, dial, true);
	} else {
		both(self, dial, HAPPENED_STATUS, HAPPENED_STATUS);
		link_make(self, dial->from, dial->to);
	}
}

static bool is_still_there(const struct world *self, uint32_t who, uint32_t generation)
{
	const struct being *being = being_at(self, who);

	return being->is_online && being->generation == generation && !being->is_cut_off &&
	       !being->is_stalled;
}

void dial_end(struct world *self, uint32_t number)
{
	struct dial dial = self->dials[number];
	struct being *from = being_at(self, dial.from);

	self->dials[number].next_free = self->free_dial;
	self->free_dial = number;
	forget_pending(from, dial.to);
	if (!is_still_there(self, dial.from, dial.generations[0]))
		return;
	if (!dial.is_answered || !is_still_there(self, dial.to, dial.generations[1])) {
		world_tell(self, dial.from, dial.to, true, HAPPENED_DIAL_FAILED, 0);
		if (!is_honest(self, dial.to))
			history_fault(self, dial.from, dial.to, false);
		return;
	}
	meet(self, &dial);
}

static uint32_t draw_target(struct world *self, const struct being *being)
{
	uint32_t to = twist_target(self, being);

	if (to != NOBODY)
		return to;
	if (being->kind == KIND_MUTE && being->last_target != NOBODY &&
	    dice_below(&self->dice, 100) < STICKY_PERCENT)
		return being->last_target;
	return self->reachable[dice_below(&self->dice, self->reachable_count)];
}

/* The attacker's identities behave like nodes: they have as many links as those. */
static uint32_t most_links(const struct world *self, const struct being *being)
{
	return being->kind == KIND_ATTACKER ? hard_max(self) : BAD_LINKS_MAX;
}

/* Bad peers never tire, and hold to no backoff. */
void bad_dial(struct world *self, uint32_t who)
{
	struct being *being = being_at(self, who);
	uint32_t to = draw_target(self, being);
	uint32_t pause_ms = being->kind == KIND_ATTACKER ? ATTACKER_PAUSE_MS : BAD_PAUSE_MS;

	being->last_target = to;
	twist_dial(self, who);
	if (being->link_count < most_links(self, being) && being_at(self, to)->is_online &&
	    link_between(self, who, to) == NOBODY)
		dial_begin(self, who, to);
	world_later(self, pause_ms / 2 + dice_below(&self->dice, pause_ms), DEED_DIAL, who, 0, 0);
}
