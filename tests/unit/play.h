/* SPDX-License-Identifier: BSD-2-Clause */
/* play: a policy on a stage: a clock that the test moves, a kernel that only remembers, reports in one line each. */
#ifndef PLAY_H
#define PLAY_H

#include "tap.h"

#include <stdlib.h>
#include <string.h>

#include "policy.h"

#define S UINT64_C(1000000000)
#define MIN (60 * S)
#define HOUR (3600 * S)
#define DAY (24 * HOUR)

enum { HELD_MAX = 16384, VISITS_MAX = 128, BANNED = STANDING_BANNED, TRUSTED = STANDING_TRUSTED };

/* What the kernel holds, by a plain list; and a digest of everything that was ever told, in order (law 11). */
struct play {
	struct policy *policy;
	struct policy_settings settings;
	uint64_t now;
	bool is_cold; /* begins with the policy's first moment; else the cold start is over */
	struct decision held[HELD_MAX];
	unsigned int count;
	uint64_t digest;
	unsigned long told;
	int8_t floors[SERVICES_MAX];
	uint32_t neighbours;
	/* What the kernel saw: everybody, or (when blind) only those of the list, between two moments. */
	bool blind;
	struct play_visit {
		struct source_key source;
		uint64_t from, until;
		int service;
	} visits[VISITS_MAX];
	unsigned int visit_count;
};

static inline void play_mix(struct play *self, const void *data, size_t length)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < length; i++)
		self->digest = (self->digest ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static inline struct decision *play_find(struct play *self, const struct prefix *prefix)
{
	for (unsigned int i = 0; i < self->count; i++) {
		if (!memcmp(&self->held[i].prefix, prefix, sizeof(*prefix)))
			return &self->held[i];
	}
	return NULL;
}

static inline void play_decide(void *context, const struct decision *decision)
{
	struct play *self = context;
	struct decision *held = play_find(self, &decision->prefix);

	play_mix(self, &decision->prefix, sizeof(decision->prefix));
	play_mix(self, &decision->until_ns, sizeof(decision->until_ns));
	play_mix(self, &decision->score, 1);
	play_mix(self, &decision->standing, 1);
	play_mix(self, &decision->reason, 1);
	play_mix(self, &decision->remove, 1);
	self->told++;
	if (decision->remove) {
		assert_non_null(held);
		*held = self->held[--self->count];
		return;
	}
	assert_in_range(self->count, 0, HELD_MAX - 1);
	if (!held)
		held = &self->held[self->count++];
	*held = *decision;
}

static inline void play_floor(void *context, unsigned int service, int8_t floor)
{
	struct play *self = context;

	self->floors[service] = floor;
	play_mix(self, &floor, 1);
}

static inline void play_neighbours(void *context, const struct source_key *prefix56,
				   uint32_t sources)
{
	struct play *self = context;

	assert_int_equal(prefix56->address[7], 0);
	self->neighbours = sources;
	play_mix(self, prefix56, sizeof(*prefix56));
	play_mix(self, &sources, sizeof(sources));
}

static inline bool play_saw(void *context, const struct source_key *source, int service,
			    uint64_t at_ns)
{
	const struct play *self = context;

	for (unsigned int i = 0; i < self->visit_count; i++) {
		const struct play_visit *at = &self->visits[i];

		if (!memcmp(&at->source, source, sizeof(*source)) && at_ns >= at->from &&
		    at_ns <= at->until &&
		    (service < 0 || at->service < 0 || service == at->service))
			return true;
	}
	return !self->blind;
}

static inline void play_open(struct play *self, uint64_t seed)
{
	struct policy_output output = {self, play_decide, play_floor, play_neighbours, play_saw};
	struct why why = {""};

	if (policy_new(&self->policy, &self->settings, &output, seed, &why))
		fail_msg("%s", why.sentence);
	self->now = DAY;
	policy_tick(self->policy, self->now);
	if (!self->is_cold)
		self->now += self->settings.cold_start_s * S;
	policy_tick(self->policy, self->now);
}

static inline struct play *play_new_with(const struct policy_settings *settings, uint64_t seed)
{
	struct play *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	if (settings)
		self->settings = *settings;
	else
		policy_settings_default(&self->settings);
	play_open(self, seed);
	return self;
}

static inline struct play *play_new(void)
{
	return play_new_with(NULL, 1);
}

static inline void play_free(struct play *self)
{
	policy_free(self->policy);
	free(self);
}

static inline void play_wait(struct play *self, uint64_t ns)
{
	self->now += ns;
	policy_tick(self->policy, self->now);
}

static inline struct prefix play_prefix(const char *text)
{
	struct prefix prefix;
	struct why why = {""};
	bool widened;

	if (prefix_parse(&prefix, &widened, text, &why))
		fail_msg("%s", why.sentence);
	return prefix;
}

static inline struct source_key play_source(const char *text)
{
	const struct prefix prefix = play_prefix(text);

	return addr_source(&prefix.addr);
}

/* From now on the kernel sees only what is told so. */
static inline void play_visits(struct play *self, const char *addr, uint64_t from, uint64_t until,
			       int service)
{
	self->blind = true;
	assert_in_range(self->visit_count, 0, VISITS_MAX - 1);
	self->visits[self->visit_count++] =
		(struct play_visit){play_source(addr), from, until, service};
}

/* The kernel tells of a row of five, on all services. */
static inline void play_churn(struct play *self, const char *addr)
{
	const struct source_key source = play_source(addr);

	assert_int_equal(policy_churn(self->policy, &source, -1, 5, self->now, NULL), 0);
}

/* A report as the node makes it; fields of @base that are not 0 are kept. */
static inline int play_say(struct play *self, const char *peer, const char *addr,
			   enum report_event event, enum report_result result, struct report base)
{
	struct why why = {""};
	struct endpoint endpoint;
	int error;

	base.event = event;
	base.result = result;
	snprintf(base.peer, sizeof(base.peer), "%s", peer ? peer : "");
	if (addr) {
		assert_int_equal(endpoint_parse(&endpoint, addr, strlen(addr), NULL), 0);
		base.addr = endpoint.addr;
		base.port = endpoint.port ? endpoint.port : base.port;
		base.has_addr = true;
	}
	error = policy_report(self->policy, &base, self->now, &why);
	assert_true(!error == !why.sentence[0]);
	return error;
}

/* Inbound, for all services; first hand, and a follower's. */
#define NODE ((struct report){.service = -1, .direction = DIRECTION_INBOUND})
#define FOLLOWER \
	((struct report){.service = -1, .direction = DIRECTION_INBOUND, .second_hand = true})

static inline void play_ok(struct play *self, const char *peer, const char *addr,
			   enum report_event event, enum report_result result, struct report base)
{
	assert_int_equal(play_say(self, peer, addr, event, result, base), 0);
}

/* A whole connection that never works: connect, failure, disconnect. */
static inline void play_fail(struct play *self, const char *peer, const char *addr,
			     enum report_result result, struct report base)
{
	struct report bye = base;

	play_ok(self, peer, addr, REPORT_CONNECTED, RESULT_NONE, base);
	play_ok(self, peer, addr, REPORT_HANDSHAKE, result, base);
	bye.direction = DIRECTION_UNKNOWN;
	play_ok(self, peer, addr, REPORT_DISCONNECTED, RESULT_NONE, bye);
}

static inline void play_join(struct play *self, const char *peer, const char *addr)
{
	play_ok(self, peer, addr, REPORT_CONNECTED, RESULT_NONE, NODE);
	play_ok(self, peer, addr, REPORT_HANDSHAKE, RESULT_OK, NODE);
}

/* As the gate judges: the most specific live record among those held. */
static inline const struct decision *play_verdict(struct play *self, const char *addr)
{
	const struct decision *best = NULL;
	struct endpoint endpoint;

	assert_int_equal(endpoint_parse(&endpoint, addr, strlen(addr), NULL), 0);
	for (unsigned int i = 0; i < self->count; i++) {
		const struct decision *at = &self->held[i];

		if (at->until_ns > self->now && prefix_contains(&at->prefix, &endpoint.addr) &&
		    (!best || at->prefix.length > best->prefix.length))
			best = at;
	}
	return best;
}

static inline bool play_refuses(struct play *self, const char *addr)
{
	const struct decision *verdict = play_verdict(self, addr);
	struct endpoint endpoint;
	struct account account;
	bool refuses = verdict && verdict->standing != STANDING_TRUSTED;

	/* The account must say the same as the kernel. */
	endpoint_parse(&endpoint, addr, strlen(addr), NULL);
	policy_explain_addr(self->policy, &endpoint.addr, self->now, &account);
	assert_int_equal(account.refused, refuses);
	return refuses;
}

static inline bool play_bans(struct play *self, const char *addr)
{
	return play_refuses(self, addr) && play_verdict(self, addr)->standing == STANDING_BANNED;
}

/* Seconds that the refusal has left; 0: none. */
static inline unsigned long play_left_s(struct play *self, const char *addr)
{
	const struct decision *verdict = play_verdict(self, addr);

	return play_refuses(self, addr) ? (unsigned long)((verdict->until_ns - self->now) / S) : 0;
}

static inline bool play_explains(struct play *self, const char *addr, const char *words)
{
	struct endpoint endpoint;
	struct account account;

	assert_int_equal(endpoint_parse(&endpoint, addr, strlen(addr), NULL), 0);
	policy_explain_addr(self->policy, &endpoint.addr, self->now, &account);
	for (unsigned int i = 0; i < account.whys; i++) {
		if (strstr(account.why[i], words))
			return true;
	}
	for (unsigned int i = 0; i < account.whys; i++)
		print_message("# why: %s\n", account.why[i]);
	return false;
}

#endif
