/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strategy_scores: two rules that one would write first. count: an address has a count of what it did, good or bad, and is
 * judged by it. greedy: the share of good ones decides everything, and the best known go first, always.
 */
#include <math.h>

#include "memory.h"

enum {
	HOUR_MS = 3600000,
	COUNT_HALF_MS = HOUR_MS,
	COUNT_LEAST = -5, /* refused for an hour below this */
	GREEDY_LEAST = 4, /* so many contacts before a share means anything */
};

static double worth(enum happening happening)
{
	switch (happening) {
	case HAPPENED_STATUS:
	case HAPPENED_ANSWER:
		return 1;
	case HAPPENED_DIAL_FAILED:
	case HAPPENED_MUTE:
	case HAPPENED_TIMEOUT:
	case HAPPENED_BAD_ANSWER:
		return -2;
	case HAPPENED_WRONG_NETWORK:
	case HAPPENED_WRONG_FORK:
	case HAPPENED_INVALID:
		return -10;
	default:
		return 0;
	}
}

static double count_of(struct memory *self, uint32_t other)
{
	struct note *note = memory_host(self, other);
	double age_ms = (double)(self->world->now_ms - note->at_ms);

	note->score *= exp2(-age_ms / COUNT_HALF_MS);
	note->at_ms = self->world->now_ms;
	return note->score;
}

static void count_happened(void *state, const struct news *news)
{
	struct note *note = memory_host(state, news->other);

	note->score = count_of(state, news->other) + worth(news->happening);
	if (note->score > 20)
		note->score = 20;
	if (note->score < COUNT_LEAST) {
		memory_refuse(state, note, HOUR_MS, REFUSAL_SUSPECT);
		note->score = 0;
	}
}

/* When it is full, a stranger's 0 is not enough. */
static enum refusal count_start(void *state, uint32_t from)
{
	struct memory *self = state;
	const struct note *note = memory_host(self, from);

	if (note_refuses(self, note))
		return note->refusal;
	if (is_full(self->world, being_at(self->world, self->self)) && count_of(self, from) <= 0)
		return REFUSAL_FULL;
	return REFUSAL_NONE;
}

static enum refusal count_admit(void *state, uint32_t from)
{
	const struct note *note = memory_host(state, from);

	return note_refuses(state, note) ? note->refusal : REFUSAL_NONE;
}

static bool skips(struct memory *self, uint32_t other)
{
	return note_refuses(self, memory_host(self, other));
}

static uint32_t count_rank(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
			   uint32_t *ret)
{
	return memory_rank_by(state, candidates, count, want, ret, skips, count_of);
}

static uint32_t count_prune(void *state, uint32_t want, uint32_t *ret)
{
	return memory_prune_by(state, false, want, ret, count_of);
}

const struct strategy strategy_count = {
	.name = "count",
	.open = memory_open,
	.close = memory_close,
	.start = count_start,
	.admit = count_admit,
	.rank = count_rank,
	.happened = count_happened,
	.prune = count_prune,
	.holds = count_admit,
};

/* Half for who is unknown. */
static double share_of(struct memory *self, uint32_t other)
{
	const struct note *note = memory_host(self, other);

	return (note->good + 1.) / (note->good + note->bad + 2.);
}

static void greedy_happened(void *state, const struct news *news)
{
	struct note *note = memory_host(state, news->other);
	double value = worth(news->happening);

	if (value > 0)
		note->good++;
	else if (value < 0)
		note->bad += (uint32_t)-value;
	if (value < 0 && note->good + note->bad >= GREEDY_LEAST &&
	    share_of(state, news->other) < .3)
		memory_refuse(state, note, HOUR_MS, REFUSAL_SUSPECT);
}

static enum refusal greedy_start(void *state, uint32_t from)
{
	struct memory *self = state;
	const struct note *note = memory_host(self, from);

	if (note_refuses(self, note))
		return note->refusal;
	if (is_full(self->world, being_at(self->world, self->self)) && share_of(self, from) <= .5)
		return REFUSAL_FULL;
	return REFUSAL_NONE;
}

static uint32_t greedy_rank(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
			    uint32_t *ret)
{
	return memory_rank_by(state, candidates, count, want, ret, skips, share_of);
}

static uint32_t greedy_prune(void *state, uint32_t want, uint32_t *ret)
{
	return memory_prune_by(state, false, want, ret, share_of);
}

const struct strategy strategy_greedy = {
	.name = "greedy",
	.open = memory_open,
	.close = memory_close,
	.start = greedy_start,
	.admit = count_admit,
	.rank = greedy_rank,
	.happened = greedy_happened,
	.prune = greedy_prune,
	.holds = count_admit,
};
