/* SPDX-License-Identifier: BSD-2-Clause */
/* prune_order: policy_prune(): of those whom nothing spares, the network furthest over its cap, and there the lowest score. */
#include <inttypes.h>

#include "capacity.h"
#include "caps.h"
#include "mate.h"
#include "prune.h"
#include "seats.h"
#include "sort.h"

/* Where nobody knows an address there is no network to be over anything. */
static int32_t excess_of(const struct policy *self, const struct member *member, uint32_t target)
{
	uint32_t taken = self->seats->taken[member->seat], cap;
	struct prefix source;

	if (!member->place)
		return 0;
	source = place_prefix(self, place_at(self, member->place));
	cap = network_cap(self, &source, target);
	return cap == UINT32_MAX ? (int32_t)taken : (int32_t)taken - (int32_t)cap;
}

static bool is_worse(const struct member *a, const struct member *b)
{
	if (a->score != b->score)
		return a->score < b->score;
	return a->since_ns != b->since_ns ? a->since_ns > b->since_ns : a->tie < b->tie;
}

static bool by_network(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (!a->spared != !b->spared)
		return !a->spared;
	return a->seat != b->seat ? a->seat < b->seat : is_worse(a, b);
}

static bool by_excess(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (!a->spared != !b->spared)
		return !a->spared;
	return a->excess != b->excess ? a->excess > b->excess : is_worse(a, b);
}

/*
 * One after the other from the network that is then furthest over its cap: the first of a network goes at its excess, the next at one
 * less. So each knows its turn at once, and a sort by turns is the whole order.
 */
static void order(const struct policy *self, struct muster *muster, uint32_t target)
{
	uint32_t *taken = self->seats->taken;
	uint32_t i;

	for (i = 0; i < muster->count; i++)
		taken[muster->members[i].seat]++;
	sort_items(muster->members, muster->count, sizeof(muster->members[0]), by_network);
	for (i = 0; i < muster->count && !muster->members[i].spared; i++) {
		struct member *member = &muster->members[i];
		bool is_next = i && muster->members[i - 1].seat == member->seat;

		member->order = (int32_t)taken[member->seat];
		member->excess = is_next ? muster->members[i - 1].excess - 1
					 : excess_of(self, member, target);
	}
	for (i = 0; i < muster->count; i++)
		taken[muster->members[i].seat] = 0;
	sort_items(muster->members, muster->count, sizeof(muster->members[0]), by_excess);
}

static void say(const struct policy *self, const struct member *member, uint32_t target,
		uint64_t now_ns, struct mate *ret)
{
	struct phrase phrase = {ret->why, sizeof(ret->why)};
	uint32_t cap = member->place ? network_cap(self, &ret->source, target) : UINT32_MAX;

	phrase_member(&phrase, member, now_ns);
	if (!member->place)
		return;
	if (cap != UINT32_MAX && (uint32_t)member->order > cap)
		phrase_add(&phrase, "; its network has %" PRId32 " links and its share is %" PRIu32,
			   member->order, cap);
	else
		phrase_add(&phrase, "; its network has %" PRId32 " link%s", member->order,
			   member->order == 1 ? "" : "s");
}

/* Those who may go come first, in their order. */
static struct muster *line_up(const struct policy *self, int service, uint64_t now_ns)
{
	struct muster *muster = muster_call(self, service, now_ns);
	uint32_t target = capacity_target(self, service, now_ns);

	if (!target)
		target = muster->count;
	prune_spare(self, muster, target, now_ns);
	order(self, muster, target);
	return muster;
}

size_t policy_prune(const struct policy *self, int service, size_t want, uint64_t now_ns,
		    struct mate *ret, size_t max)
{
	const struct muster *muster = line_up(self, service, now_ns);
	uint32_t target = capacity_target(self, service, now_ns);
	size_t count = 0;

	if (!want)
		want = capacity_surplus(self, service, muster->inbound, now_ns);
	for (; count < muster->count && count < max && count < want; count++) {
		const struct member *member = &muster->members[count];

		if (member->spared)
			break;
		mate_fill(self, member, now_ns, &ret[count]);
		say(self, member, target ? target : muster->count, now_ns, &ret[count]);
	}
	return count;
}

struct prune_fate prune_fate(const struct policy *self, int service, uint32_t peer, uint64_t now_ns)
{
	const struct muster *muster = line_up(self, service, now_ns);

	for (uint32_t i = 0; i < muster->count; i++) {
		const struct member *member = &muster->members[i];

		if (member->peer == peer)
			return (struct prune_fate){.spared = (enum spared)member->spared,
						   .turn = member->spared ? 0 : i + 1};
	}
	return (struct prune_fate){0};
}
