/* SPDX-License-Identifier: BSD-2-Clause */
#include "rank.h"

#include "beta.h"
#include "capacity.h"
#include "caps.h"
#include "contacts.h"
#include "doubt.h"
#include "merit.h"
#include "seats.h"

enum {
	EXPLORE_EVERY = 8, /* one dial in eight goes to an anchor or to a network never tried */
	COLD_ANCHORS = 3,  /* POLICY, cold start: two to four anchors first … */
	COLD_TURNS = 3,	   /* … then a third each fresh, known, either */
	KEY_MAX = 1000000,
	KEY_SHIFT = 40, /* below it in an order: the identity's bits, so that ties fall fairly */
};

#define LATE (UINT64_C(1) << 63) /* private addresses: the operator's business, after all others */

const char *rank_word(enum rank_why why)
{
	static const char *const words[RANK_WHYS] = {
		[RANK_ANCHOR] = "anchor",
		[RANK_KNOWN] = "known",
		[RANK_NEWCOMER] = "newcomer",
		[RANK_EXPLORE] = "explore",
		[RANK_WRONG_FORK] = "wrong_fork",
		[RANK_REFUSED] = "refused",
		[RANK_LIVE] = "live",
		[RANK_NETWORK_CAPPED] = "network_capped",
		[RANK_NETWORK_IN_BATCH] = "network_in_batch",
		[RANK_DUPLICATE] = "duplicate",
		[RANK_NO_ADDRESS] = "no_address",
	};

	return words[why];
}

enum kind { KIND_ANY, KIND_ANCHOR, KIND_KNOWN, KIND_FRESH, KIND_NEWCOMER, KINDS };

/* The batch as it fills: who is dialled as the how-manieth is written in his .order. */
struct batch {
	const struct ranking *ranking;
	size_t dials;
	size_t next[KINDS]; /* in ret[]: of each kind, nobody before it is left to take */
};

static const struct candidate *candidate_of(const struct ranking *self, const struct ranked *ranked)
{
	return &self->candidates[ranked->candidate];
}

static struct prefix source_of(const struct ranking *self, const struct ranked *ranked)
{
	const struct source_key key = addr_source(&candidate_of(self, ranked)->addrs[ranked->addr]);

	return source_prefix(&key);
}

static bool is_capped(const struct ranking *self, const struct ranked *ranked)
{
	const struct prefix source = source_of(self, ranked);

	return network_is_capped(self->policy, &source, self->target);
}

static uint32_t seat(const struct ranking *self, const struct ranked *ranked)
{
	const struct source_key key = addr_source(&candidate_of(self, ranked)->addrs[ranked->addr]);
	const struct prefix source = source_prefix(&key);

	return seat_of(self->policy, &source);
}

/* The same peer, or the same address where no peer is named: the first in the list that has an address stands for all. */
static void mark_duplicates(const struct ranking *self)
{
	uint64_t last = 0;
	bool any = false;

	rank_sort(self->ret, self->count);
	for (size_t i = 0; i < self->count; i++) {
		struct ranked *ranked = &self->ret[i];

		if (ranked->why == RANK_NO_ADDRESS)
			continue;
		if (any && ranked->order == last) {
			ranked->why = RANK_DUPLICATE;
			ranked->key = 0;
		}
		last = ranked->order;
		any = true;
	}
}

static void order_by_key(const struct ranking *self)
{
	for (size_t i = 0; i < self->count; i++) {
		struct ranked *ranked = &self->ret[i];
		bool is_late = !rank_why_dials(ranked->why) ||
			       rank_is_private(candidate_of(self, ranked), ranked->addr);

		ranked->order = (uint64_t)(KEY_MAX - ranked->key) << KEY_SHIFT |
				(ranked->order & ((UINT64_C(1) << KEY_SHIFT) - 1)) |
				(is_late ? LATE : 0);
	}
	rank_sort(self->ret, self->count);
}

/* One of each network a batch; what only the operator's network routes is not shared with anybody. */
static bool may_take(const struct ranking *self, struct ranked *ranked)
{
	if (ranked->dial || !rank_why_dials(ranked->why))
		return false;
	if (ranked->order & LATE)
		return true;
	if (self->policy->seats->taken[seat(self, ranked)])
		ranked->why = RANK_NETWORK_IN_BATCH;
	else if (self->target && is_capped(self, ranked))
		ranked->why = RANK_NETWORK_CAPPED;
	return rank_why_dials(ranked->why);
}

static void take(struct batch *self, struct ranked *ranked)
{
	if (!(ranked->order & LATE))
		self->ranking->policy->seats->taken[seat(self->ranking, ranked)] = 1;
	ranked->dial = true;
	ranked->order = self->dials++;
}

static bool is_of(const struct ranking *self, const struct ranked *ranked, enum kind kind)
{
	switch (kind) {
	case KIND_ANCHOR:
		return ranked->why == RANK_ANCHOR;
	case KIND_KNOWN:
		return ranked->why == RANK_KNOWN;
	case KIND_FRESH:
		return ranked->why == RANK_NEWCOMER && !(ranked->order & LATE) &&
		       !seat_is_tried(self->policy, seat(self, ranked));
	case KIND_NEWCOMER:
		return ranked->why == RANK_NEWCOMER;
	default:
		return true;
	}
}

static bool take_best(struct batch *self, enum kind kind)
{
	const struct ranking *ranking = self->ranking;

	for (size_t *next = &self->next[kind]; *next < ranking->count; ++*next) {
		struct ranked *ranked = &ranking->ret[*next];

		if (ranked->dial || !is_of(ranking, ranked, kind) || !may_take(ranking, ranked))
			continue;
		if (kind == KIND_FRESH || kind == KIND_NEWCOMER)
			ranked->why = RANK_EXPLORE;
		take(self, ranked);
		return true;
	}
	return false;
}

/* The one dial in eight. A newcomer's chance does not depend on how good all the others are (law 8). */
static bool explore(struct batch *self, bool anchor_first)
{
	if (anchor_first && take_best(self, KIND_ANCHOR))
		return true;
	return take_best(self, KIND_FRESH) || take_best(self, KIND_NEWCOMER) ||
	       take_best(self, KIND_ANCHOR);
}

/*
 * A node that has just started: whoever was good for long comes first, so that no swarm of newcomers is all that it knows; then book and
 * newcomers in turns, so that a poisoned or an old book is not all either.
 */
static bool start_over(struct batch *self)
{
	if (self->dials < COLD_ANCHORS && take_best(self, KIND_ANCHOR))
		return true;
	if (self->dials % COLD_TURNS == 0)
		return take_best(self, KIND_FRESH) || take_best(self, KIND_NEWCOMER);
	return self->dials % COLD_TURNS == 1 && take_best(self, KIND_KNOWN);
}

static void fill(struct batch *self)
{
	const struct ranking *ranking = self->ranking;
	bool is_cold = policy_is_cold(ranking->policy);
	struct dice dice = {.state = ranking->seed};
	uint64_t phase = dice_next(&dice) % EXPLORE_EVERY;

	while (!ranking->want || self->dials < ranking->want) {
		bool is_turn = (self->dials + phase) % EXPLORE_EVERY == 0;
		bool is_taken =
			is_cold ? start_over(self) : is_turn && explore(self, dice_next(&dice) & 1);

		if (!is_taken && !take_best(self, KIND_ANY))
			return;
	}
}

/* Those dialled in their order, then the rest in theirs: each knows its place, and goes there. */
static void line_up(struct batch *self)
{
	struct ranked *ret = self->ranking->ret;
	size_t place = self->dials;

	for (size_t i = 0; i < self->ranking->count; i++) {
		if (!ret[i].dial) {
			may_take(self->ranking, &ret[i]); /* tells those whose network is taken */
			ret[i].order = place++;
		}
	}
	for (size_t i = 0; i < self->ranking->count; i++) {
		while (ret[i].order != i) {
			struct ranked moving = ret[i];

			ret[i] = ret[moving.order];
			ret[moving.order] = moving;
		}
	}
}

static void clear_seats(const struct ranking *self, size_t dials)
{
	for (size_t i = 0; i < dials; i++)
		self->policy->seats->taken[seat(self, &self->ret[i])] = 0;
}

size_t policy_rank(const struct policy *self, const struct candidate *candidates, size_t count,
		   size_t want, int service, uint64_t seed, uint64_t now_ns, struct ranked *ret)
{
	const struct ranking ranking = {.policy = self,
					.candidates = candidates,
					.count = count,
					.want = want,
					.service = service,
					.seed = seed,
					.now_ns = now_ns,
					.yardstick = merit_yardstick(self, service),
					.success = contacts_success(self, now_ns),
					.target = capacity_is_contested(self, service, now_ns)
							  ? capacity_target(self, service, now_ns)
							  : 0,
					.ret = ret};
	struct batch batch = {.ranking = &ranking};

	rank_weigh(&ranking);
	mark_duplicates(&ranking);
	order_by_key(&ranking);
	fill(&batch);
	line_up(&batch);
	clear_seats(&ranking, batch.dials);
	return batch.dials;
}
