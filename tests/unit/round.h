/* SPDX-License-Identifier: BSD-2-Clause */
/* round: candidates of one question, and what became of each. */
#ifndef ROUND_H
#define ROUND_H

#include "play.h"

#include "doubt.h"
#include "questions.h"

enum { MAX = 4096 };

static const struct report DIALLED = {.service = -1, .direction = DIRECTION_OUTBOUND};

/* Candidates and the answer about them. */
struct round {
	struct candidate candidates[MAX];
	struct ranked ranked[MAX];
	size_t count, dials;
};

static inline struct round *round_new(void)
{
	struct round *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	return self;
}

static inline struct candidate *add(struct round *self, const char *peer, const char *addr)
{
	struct candidate *ret = &self->candidates[self->count++];
	struct endpoint endpoint;

	snprintf(ret->peer, sizeof(ret->peer), "%s", peer);
	if (addr) {
		assert_int_equal(endpoint_parse(&endpoint, addr, strlen(addr), NULL), 0);
		ret->addrs[ret->addr_count++] = endpoint.addr;
	}
	return ret;
}

static inline void also_at(struct candidate *candidate, const char *addr)
{
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, addr, strlen(addr), NULL), 0);
	candidate->addrs[candidate->addr_count++] = endpoint.addr;
}

/* Ranks, and checks what holds of every answer: a permutation, those to dial first, at most so many, one a network. */
static inline size_t rank(struct play *play, struct round *self, size_t want, uint64_t seed)
{
	static bool seen[MAX];

	memset(seen, 0, sizeof(seen));
	memset(self->ranked, 0xff, sizeof(self->ranked));
	self->dials = policy_rank(play->policy, self->candidates, self->count, want, -1, seed,
				  play->now, self->ranked);
	assert_true(!want || self->dials <= want);
	for (size_t i = 0; i < self->count; i++) {
		const struct ranked *at = &self->ranked[i];

		assert_in_range(at->candidate, 0, self->count - 1);
		assert_false(seen[at->candidate]);
		seen[at->candidate] = true;
		assert_int_equal(at->dial, i < self->dials);
		assert_in_range(at->why, 0, RANK_WHYS - 1);
		assert_true(!at->dial || at->why <= RANK_EXPLORE);
		assert_in_range(at->key, 0, 1000000);
	}
	return self->dials;
}

static inline const struct ranked *find(const struct round *self, size_t candidate)
{
	for (size_t i = 0; i < self->count; i++) {
		if (self->ranked[i].candidate == candidate)
			return &self->ranked[i];
	}
	return NULL;
}

static inline void expect_why(const struct round *self, size_t candidate, enum rank_why why)
{
	const struct ranked *at = find(self, candidate);

	if (at->why != why)
		fail_msg("candidate %zu: %s, not %s", candidate, rank_word(at->why),
			 rank_word(why));
	assert_int_equal(at->dial, why <= RANK_EXPLORE);
}

static inline void set_digest(struct candidate *candidate, uint8_t first)
{
	candidate->has_digest = true;
	candidate->digest[0] = first;
}

/* Candidates in networks of their own: 11.x.0.1. */
static inline void add_strangers(struct round *self, unsigned int count)
{
	char peer[16], addr[32];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(peer, sizeof(peer), "S%u", i);
		snprintf(addr, sizeof(addr), "%u.%u.0.1", 11 + i / 256, i % 256);
		add(self, peer, addr);
	}
}

#endif
