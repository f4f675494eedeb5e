/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stage: a policy with a clock that the test moves and a kernel that remembers: what it holds, what it ever refused, what was
 * told, in a digest (law 11). No test library: replays, laws and fuzzers stand on it.
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdlib.h>
#include <string.h>

#include "questions.h"

#define STAGE_S UINT64_C(1000000000)

enum { STAGE_VISITS = 512 };

/* A prefix that was ever told of. */
struct stage_record {
	struct decision held;
	bool is_held, was_refused, was_banned;
};

struct stage {
	struct policy *policy;
	uint64_t start_ns, now_ns;
	struct stage_record *records;
	uint32_t count, room;
	uint64_t digest, told; /* of all that was told */
	uint64_t verdicts;     /* the same of decisions only: floors apart */
	int8_t floors[SERVICES_MAX];
	const char *fault; /* what the policy may never do and did; NULL: nothing */
	/* What the kernel's witness saw: everybody, or, when it is blind, these only. */
	bool is_blind;
	struct stage_visit {
		struct source_key source;
		uint64_t from_ns, until_ns;
		int service;
	} visits[STAGE_VISITS];
	uint32_t visit_count; /* the latest STAGE_VISITS of them are kept */
};

static inline void stage_mix(struct stage *self, const void *data, size_t length)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < length; i++)
		self->digest = (self->digest ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static inline bool stage_is_of(const struct stage_record *record, const struct prefix *prefix)
{
	const uint8_t *a = record->held.prefix.addr.bytes, *b = prefix->addr.bytes;
	uint64_t one, other;

	memcpy(&one, a + 8, sizeof(one));
	memcpy(&other, b + 8, sizeof(other));
	if (one != other || record->held.prefix.length != prefix->length)
		return false;
	memcpy(&one, a, sizeof(one));
	memcpy(&other, b, sizeof(other));
	return one == other;
}

static inline struct stage_record *stage_find(const struct stage *self, const struct prefix *prefix)
{
	for (uint32_t i = 0; i < self->count; i++) {
		if (stage_is_of(&self->records[i], prefix))
			return &self->records[i];
	}
	return NULL;
}

static inline struct stage_record *stage_obtain(struct stage *self, const struct prefix *prefix)
{
	struct stage_record *record = stage_find(self, prefix);

	if (record)
		return record;
	if (self->count == self->room) {
		self->room = self->room ? 2 * self->room : 64;
		self->records = realloc(self->records, self->room * sizeof(*record));
		if (!self->records)
			abort();
	}
	self->records[self->count] = (struct stage_record){.held = {.prefix = *prefix}};
	return &self->records[self->count++];
}

static inline void stage_decide(void *context, const struct decision *decision)
{
	struct stage *self = context;
	struct stage_record *record = stage_obtain(self, &decision->prefix);
	const uint64_t before = self->digest;

	self->digest = 0;
	stage_mix(self, &decision->prefix, sizeof(decision->prefix));
	stage_mix(self, &decision->until_ns, sizeof(decision->until_ns));
	stage_mix(self,
		  (uint8_t[]){(uint8_t)decision->score, decision->standing, decision->reason,
			      decision->services, decision->remove, decision->by_operator},
		  6);
	self->told++;
	self->verdicts = self->verdicts * 31 + self->digest;
	self->digest += before * 31;
	if (decision->remove && !record->is_held)
		self->fault = "a record is taken back that the kernel does not hold";
	record->is_held = !decision->remove;
	record->held = *decision;
	if (decision->remove || decision->until_ns <= self->now_ns ||
	    decision->standing == STANDING_TRUSTED)
		return;
	record->was_refused = true;
	record->was_banned = record->was_banned || decision->standing == STANDING_BANNED;
}

static inline void stage_floor(void *context, unsigned int service, int8_t floor)
{
	struct stage *self = context;

	self->floors[service] = floor;
	stage_mix(self, &floor, 1);
}

static inline void stage_neighbours(void *context, const struct source_key *prefix56,
				    uint32_t sources)
{
	stage_mix(context, prefix56, sizeof(*prefix56));
	stage_mix(context, &sources, sizeof(sources));
}

static inline bool stage_saw(void *context, const struct source_key *source, int service,
			     uint64_t at_ns)
{
	const struct stage *self = context;
	uint32_t count = self->visit_count < STAGE_VISITS ? self->visit_count : STAGE_VISITS;

	for (uint32_t i = 0; i < count; i++) {
		const struct stage_visit *at = &self->visits[i];

		if (!memcmp(&at->source, source, sizeof(*source)) && at_ns >= at->from_ns &&
		    at_ns <= at->until_ns &&
		    (service < 0 || at->service < 0 || service == at->service))
			return true;
	}
	return !self->is_blind;
}

/* The clock begins a day after the boot. A policy that has just begun is lenient: @age_ns is how long it has run by then. */
static inline int stage_open(struct stage *self, const struct policy_settings *settings,
			     uint64_t seed, uint64_t age_ns, struct why *why)
{
	struct policy_output output = {self, stage_decide, stage_floor, stage_neighbours,
				       stage_saw};
	int error = policy_new(&self->policy, settings, &output, seed, why);

	if (error)
		return error;
	self->now_ns = 86400 * STAGE_S;
	self->start_ns = self->now_ns + age_ns;
	for (int service = 0; service < SERVICES_MAX; service++)
		self->floors[service] = FLOOR_OPEN;
	policy_tick(self->policy, self->now_ns);
	self->now_ns = self->start_ns;
	policy_tick(self->policy, self->now_ns);
	return 0;
}

static inline void stage_close(struct stage *self)
{
	policy_free(self->policy);
	free(self->records);
	*self = (struct stage){0};
}

/* Time goes on, with the daemon's tick each second. */
static inline void stage_wait(struct stage *self, uint64_t ns)
{
	const uint64_t end_ns = self->now_ns + ns;

	while (self->now_ns < end_ns) {
		self->now_ns += end_ns - self->now_ns < STAGE_S ? end_ns - self->now_ns : STAGE_S;
		policy_tick(self->policy, self->now_ns);
	}
}

/* The kernel sees a connection of @source from now on until @until_ns. */
static inline void stage_visit(struct stage *self, const struct source_key *source, int service,
			       uint64_t until_ns)
{
	self->visits[self->visit_count++ % STAGE_VISITS] =
		(struct stage_visit){*source, self->now_ns, until_ns, service};
}

/* As the gate judges: the most specific live record among those held; NULL: none. */
static inline const struct decision *stage_verdict(const struct stage *self,
						   const struct addr *addr)
{
	const struct decision *best = NULL;

	for (uint32_t i = 0; i < self->count; i++) {
		const struct stage_record *at = &self->records[i];

		if (at->is_held && at->held.until_ns > self->now_ns &&
		    prefix_contains(&at->held.prefix, addr) &&
		    (!best || at->held.prefix.length > best->prefix.length))
			best = &at->held;
	}
	return best;
}

static inline bool stage_refuses(const struct stage *self, const struct addr *addr)
{
	const struct decision *verdict = stage_verdict(self, addr);

	return verdict && verdict->standing != STANDING_TRUSTED;
}

#endif
