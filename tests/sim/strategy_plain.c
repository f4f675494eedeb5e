/* SPDX-License-Identifier: BSD-2-Clause */
/* strategy_plain: the three to be measured against: nothing at all, a ban list, and one who knows what nobody can. */
#include "memory.h"

enum {
	HOUR_MS = 3600000,
	DAY_MS = 24 * HOUR_MS,
	FAILURES = 3, /* POLICY: 1 h after 3 failures or 5 bad answers, 24 h for another network */
	BAD_ANSWERS = 5,
};

static enum refusal start_any(void *state, uint32_t from)
{
	(void)state;
	(void)from;
	return REFUSAL_NONE;
}

static uint32_t rank_any(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
			 uint32_t *ret)
{
	return memory_rank_any(state, candidates, count, want, ret, NULL);
}

static void happened_nothing(void *state, const struct news *event)
{
	(void)state;
	(void)event;
}

static uint32_t prune_any(void *state, uint32_t want, uint32_t *ret)
{
	return memory_prune_by(state, false, want, ret, NULL);
}

const struct strategy strategy_random = {
	.name = "random",
	.open = memory_open,
	.close = memory_close,
	.start = start_any,
	.admit = start_any,
	.rank = rank_any,
	.happened = happened_nothing,
	.prune = prune_any,
	.holds = start_any,
};

static enum refusal ban_start(void *state, uint32_t from)
{
	struct note *note = memory_host(state, from);

	return note_refuses(state, note) ? note->refusal : REFUSAL_NONE;
}

static bool ban_skips(struct memory *self, uint32_t other)
{
	return note_refuses(self, memory_host(self, other));
}

static uint32_t ban_rank(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
			 uint32_t *ret)
{
	return memory_rank_any(state, candidates, count, want, ret, ban_skips);
}

static void ban_for(struct memory *self, struct note *note, uint64_t ms)
{
	note->failures = note->bad = 0;
	memory_refuse(self, note, ms, REFUSAL_BAN);
}

static void ban_happened(void *state, const struct news *event)
{
	struct note *note = memory_host(state, event->other);

	switch (event->happening) {
	case HAPPENED_WRONG_NETWORK:
	case HAPPENED_WRONG_FORK:
		ban_for(state, note, DAY_MS);
		break;
	case HAPPENED_DIAL_FAILED:
	case HAPPENED_MUTE:
	case HAPPENED_TIMEOUT:
		if (++note->failures >= FAILURES)
			ban_for(state, note, HOUR_MS);
		break;
	case HAPPENED_INVALID:
	case HAPPENED_BAD_ANSWER:
		if (++note->bad >= BAD_ANSWERS)
			ban_for(state, note, HOUR_MS);
		break;
	default:
		break;
	}
}

const struct strategy strategy_ban = {
	.name = "ban",
	.open = memory_open,
	.close = memory_close,
	.start = ban_start,
	.admit = ban_start,
	.rank = ban_rank,
	.happened = ban_happened,
	.prune = prune_any,
	.holds = ban_start,
};

/* The oracle knows who is honest, who is there and who has how many links: beyond the target it takes in the needy only. */
static bool is_needy(const struct world *world, const struct being *being)
{
	return being->link_count * 4 < world->scenario.target * 3;
}

static bool has_room(const struct world *world, const struct being *being,
		     const struct being *caller)
{
	if (is_full(world, being))
		return false;
	return being->link_count < world->scenario.target || is_needy(world, caller);
}

static enum refusal oracle_start(void *state, uint32_t from)
{
	const struct memory *self = state;

	if (!is_honest(self->world, from))
		return REFUSAL_SUSPECT;
	return has_room(self->world, being_at(self->world, self->self), being_at(self->world, from))
		       ? REFUSAL_NONE
		       : REFUSAL_FULL;
}

static bool oracle_skips(struct memory *self, uint32_t other)
{
	const struct being *being = being_at(self->world, other);

	return being->kind != KIND_HONEST || being->is_nat || !being->is_online ||
	       !has_room(self->world, being, being_at(self->world, self->self));
}

static uint32_t oracle_rank(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
			    uint32_t *ret)
{
	return memory_rank_any(state, candidates, count, want, ret, oracle_skips);
}

/* Who has most links beside this one can best do without it. */
static double oracle_key(struct memory *self, uint32_t other)
{
	return -(double)being_at(self->world, other)->link_count;
}

static uint32_t oracle_prune(void *state, uint32_t want, uint32_t *ret)
{
	return memory_prune_by(state, true, want, ret, oracle_key);
}

static enum refusal oracle_holds(void *state, uint32_t other)
{
	const struct memory *self = state;

	return is_honest(self->world, other) ? REFUSAL_NONE : REFUSAL_SUSPECT;
}

const struct strategy strategy_oracle = {
	.name = "oracle",
	.reads_digests = true,
	.open = memory_open,
	.close = memory_close,
	.start = oracle_start,
	.admit = oracle_holds,
	.rank = oracle_rank,
	.happened = happened_nothing,
	.prune = oracle_prune,
	.holds = oracle_holds,
};
