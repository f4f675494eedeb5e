/* SPDX-License-Identifier: BSD-2-Clause */
#include "prune.h"

#include "book.h"
#include "seats.h"
#include "sort.h"

enum {
	YOUNG_S = 90,	  /* POLICY: the grace that newcomers need to show what they are worth */
	QUOTA_LEAST = 8,  /* law 9: outbound links that are never pruned … */
	QUOTA_SHARE = 10, /* … or a tenth of the target */
	PROTECT_SHARE =
		16, /* target/16 + 1 by each measure; Bitcoin Core keeps 4, 8 and 4 of about 115 */
	INBOUND_BASE = 4,
	INBOUND_EACH = 4, /* inbound <= 4 + 4 x outbound */
};

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Law 9's quota; and so many that those who came in stay within their share. */
static uint32_t outbound_kept(const struct muster *muster, uint32_t target)
{
	uint32_t quota = larger(QUOTA_LEAST, target / QUOTA_SHARE);
	uint32_t surplus = muster->inbound > INBOUND_BASE ? muster->inbound - INBOUND_BASE : 0;

	return larger(quota, (surplus + INBOUND_EACH - 1) / INBOUND_EACH);
}

static bool is_older(const struct member *a, const struct member *b)
{
	uint64_t since_a = a->since_ns ? a->since_ns : FOREVER_NS;
	uint64_t since_b = b->since_ns ? b->since_ns : FOREVER_NS;

	return since_a != since_b ? since_a < since_b : a->tie < b->tie;
}

static bool is_better(const struct member *a, const struct member *b)
{
	return a->score != b->score ? a->score > b->score : is_older(a, b);
}

/* Each order puts those who are spared already at the end. */
static bool by_score(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	return !a->spared != !b->spared ? !a->spared : is_better(a, b);
}

/* Outbound first: the best of them are the ones to keep. */
static bool by_direction(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	return a->is_outbound != b->is_outbound ? a->is_outbound : is_better(a, b);
}

static bool by_age(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	return !a->spared != !b->spared ? !a->spared : is_older(a, b);
}

static bool by_latency(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (!a->spared != !b->spared)
		return !a->spared;
	if (a->latency_us != b->latency_us)
		return a->latency_us - 1 < b->latency_us - 1; /* 0, not known, is last */
	return is_older(a, b);
}

/* .order is the network's keyed number. */
static bool by_network(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (!a->spared != !b->spared)
		return !a->spared;
	return a->order != b->order ? a->order < b->order : is_better(a, b);
}

static void sort(struct muster *muster, bool (*is_before)(const void *, const void *))
{
	sort_items(muster->members, muster->count, sizeof(muster->members[0]), is_before);
}

static void spare_trusted_and_young(struct muster *muster, uint64_t now_ns)
{
	for (uint32_t i = 0; i < muster->count; i++) {
		struct member *member = &muster->members[i];

		if (member->is_trusted)
			member->spared = SPARED_TRUSTED;
		else if (member->since_ns && now_ns < after_s(member->since_ns, YOUNG_S))
			member->spared = SPARED_YOUNG;
	}
}

static void spare_outbound(struct muster *muster, uint32_t kept)
{
	sort(muster, by_direction);
	for (uint32_t i = 0; i < muster->outbound && i < kept; i++) {
		if (!muster->members[i].spared)
			muster->members[i].spared = SPARED_OUTBOUND;
	}
}

/* The first @most of the order that has just been made. */
static void spare_first(struct muster *muster, uint32_t most, enum spared way)
{
	for (uint32_t i = 0; i < muster->count && i < most; i++) {
		struct member *member = &muster->members[i];

		if (member->spared || (way == SPARED_LATENCY && !member->latency_us))
			return;
		member->spared = (uint8_t)way;
	}
}

/* The best of each of @most networks, drawn by a key that an attacker does not know (Bitcoin Core's keyed groups). */
static void spare_networks(const struct policy *self, struct muster *muster, uint32_t most)
{
	int32_t last = -1;

	for (uint32_t i = 0; i < muster->count; i++) {
		struct member *member = &muster->members[i];

		member->order =
			(int32_t)(hash_bytes(&self->hash, &member->seat, sizeof(member->seat)) >>
				  33);
	}
	sort(muster, by_network);
	for (uint32_t i = 0; i < muster->count && most && !muster->members[i].spared; i++) {
		struct member *member = &muster->members[i];

		if (member->order == last || member->seat == seat_nowhere())
			continue;
		last = member->order;
		member->spared = SPARED_NETWORK;
		most--;
	}
}

static uint32_t count_left(const struct muster *muster)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < muster->count; i++)
		left += !muster->members[i].spared;
	return left;
}

void prune_spare(const struct policy *self, struct muster *muster, uint32_t target, uint64_t now_ns)
{
	uint32_t share = target / PROTECT_SHARE + 1;

	spare_trusted_and_young(muster, now_ns);
	spare_outbound(muster, outbound_kept(muster, target));
	spare_networks(self, muster, share);
	sort(muster, by_latency);
	spare_first(muster, share, SPARED_LATENCY);
	sort(muster, by_score);
	spare_first(muster, 2 * share, SPARED_SCORE);
	sort(muster, by_age);
	spare_first(muster, count_left(muster) / 2, SPARED_AGE);
}

const char *spared_word(enum spared spared)
{
	static const char *const words[SPARED_WAYS] = {
		[SPARED_NOT] = "nothing",
		[SPARED_TRUSTED] = "being trusted",
		[SPARED_YOUNG] = "its first 90 s",
		[SPARED_OUTBOUND] = "the share of outbound links",
		[SPARED_NETWORK] = "its network",
		[SPARED_LATENCY] = "its latency",
		[SPARED_SCORE] = "its score",
		[SPARED_AGE] = "its age",
	};

	return words[spared];
}
