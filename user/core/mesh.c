/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mesh: who is really here: connected at the protocol level. The best and most stable come first; of equals, those of networks that
 * have fewer before them.
 */
#include "mesh.h"
#include "mate.h"
#include "seats.h"
#include "sort.h"

enum {
	STABLE_MAX =
		10, /* points for tenure: one for each doubling of the minutes, ten after 17 h */
	LATENCY_FIRST_US = 12500,
	LATENCY_UNKNOWN = 4,  /* as 100 to 200 ms: neither good nor bad */
	TRUSTED_MERIT = 1000, /* before all others: the node's own choice */
};

static int log2_of(uint64_t value)
{
	return value ? 63 - __builtin_clzll(value) : 0;
}

static int merit(const struct member *member, uint64_t now_ns)
{
	uint64_t age_ns =
		member->since_ns && now_ns > member->since_ns ? now_ns - member->since_ns : 0;
	int stable = log2_of(age_ns / (MINUTE_S * NS_PER_S) + 1);

	return member->score + (stable < STABLE_MAX ? stable : STABLE_MAX) +
	       (member->is_trusted ? TRUSTED_MERIT : 0);
}

/* 0: up to 12.5 ms; one more for each doubling. */
static int latency_class(const struct member *member)
{
	return member->latency_us ? log2_of(2 * (uint64_t)member->latency_us / LATENCY_FIRST_US)
				  : LATENCY_UNKNOWN;
}

/* .order: merit and latency in one, higher is better; .excess: how many of its network come before it. */
static bool by_merit(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (a->is_mesh != b->is_mesh)
		return a->is_mesh;
	if (a->order != b->order)
		return a->order > b->order;
	if (a->excess != b->excess)
		return a->excess < b->excess;
	return a->since_ns != b->since_ns ? a->since_ns < b->since_ns : a->tie < b->tie;
}

static void sort(struct muster *muster)
{
	sort_items(muster->members, muster->count, sizeof(muster->members[0]), by_merit);
}

static void order(const struct policy *self, struct muster *muster, uint64_t now_ns)
{
	uint32_t *taken = self->seats->taken;

	for (uint32_t i = 0; i < muster->count; i++)
		muster->members[i].order = merit(&muster->members[i], now_ns) * 64 -
					   latency_class(&muster->members[i]);
	sort(muster);
	for (uint32_t i = 0; i < muster->count; i++)
		muster->members[i].excess = (int32_t)taken[muster->members[i].seat]++;
	for (uint32_t i = 0; i < muster->count; i++)
		taken[muster->members[i].seat] = 0;
	sort(muster);
}

static void say(const struct member *member, uint64_t now_ns, struct mate *ret)
{
	struct phrase phrase = {ret->why, sizeof(ret->why)};

	if (member->is_trusted)
		phrase_add(&phrase, "trusted, ");
	phrase_member(&phrase, member, now_ns);
	if (member->excess)
		phrase_add(&phrase, ", %d of its network before it", member->excess);
}

uint32_t mesh_position(const struct policy *self, int service, uint32_t peer, uint64_t now_ns,
		       uint32_t *ret_of)
{
	struct muster *muster = muster_call(self, service, now_ns);
	uint32_t position = 0, of = 0;

	order(self, muster, now_ns);
	for (; of < muster->count && muster->members[of].is_mesh; of++) {
		if (muster->members[of].peer == peer)
			position = of + 1;
	}
	*ret_of = of;
	return position;
}

size_t policy_mesh(const struct policy *self, int service, size_t want, uint64_t now_ns,
		   struct mate *ret, size_t max)
{
	struct muster *muster = muster_call(self, service, now_ns);
	size_t count = 0;

	order(self, muster, now_ns);
	for (; count < muster->count && count < max && (!want || count < want); count++) {
		const struct member *member = &muster->members[count];

		if (!member->is_mesh)
			break;
		mate_fill(self, member, now_ns, &ret[count]);
		say(member, now_ns, &ret[count]);
	}
	return count;
}
