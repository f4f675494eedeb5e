/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strategy_peergate: the very policy and the very gate, told by a client what DESIGN wants it to be told, first hand, and asked by
 * it the four questions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "gate.h"
#include "questions.h"

/* A client tells how full it is when it is full or no more, and twice a minute. */
#define TELL_NS UINT64_C(30000000000)

enum {
	CHURN = 5, /* docs/peergate.conf.example */
	SLOT_S = 12,
	MATES = 128,
	TICK_NS = 2000000000,
};

struct peergate {
	struct world *world;
	uint32_t self;
	struct dice dice;
	struct policy *policy;
	struct gate *gate;
	uint64_t ticked_ns, told_ns;
	bool told_full; /* what it last said of itself */
};

static void die(const struct why *why)
{
	fprintf(stderr, "sim: %s\n", why->sentence);
	abort();
}

static uint64_t head_slot(const struct world *world)
{
	return 9000000 + world->now_ms / 1000 / SLOT_S;
}

static void digest_of(uint8_t fork, uint8_t ret[DIGEST_SIZE])
{
	memcpy(ret, (uint8_t[]){0x6a, 0x95, 0xa1, fork}, DIGEST_SIZE);
}

static const struct addr *addr_of(const struct peergate *self, uint32_t other)
{
	return &self->world->hosts[being_at(self->world, other)->host].addr;
}

/* The policy wants the true time before anything else. */
static uint64_t now(struct peergate *self)
{
	uint64_t now_ns = clock_ns(self->world);

	if (now_ns >= self->ticked_ns + TICK_NS) {
		policy_tick(self->policy, now_ns);
		self->ticked_ns = now_ns;
	}
	return now_ns;
}

static void tell_node(struct peergate *self)
{
	struct node_state state = {.has_digest = true,
				   .has_head = true,
				   .has_syncing = true,
				   .head_slot = head_slot(self->world)};
	struct why why;

	digest_of(being_at(self->world, self->self)->fork, state.digest);
	if (policy_node(self->policy, 0, &state, now(self), &why))
		die(&why);
}

static bool has_room(const struct peergate *self)
{
	const struct being *being = being_at(self->world, self->self);

	return being->link_count < self->world->scenario.target &&
	       being->inbound < inbound_max(self->world) - 1;
}

static void tell_capacity(struct peergate *self)
{
	const struct being *being = being_at(self->world, self->self);
	/* One place is left beyond what it tells, for who comes in as a newcomer. */
	struct capacity told = {.max = self->world->scenario.target,
				.connected = being->link_count,
				.inbound_max = inbound_max(self->world) - 1};
	int8_t floor;
	struct why why;

	if (self->told_full == !has_room(self) && now(self) < self->told_ns)
		return;
	self->told_full = !has_room(self);
	self->told_ns = now(self) + TELL_NS;
	if (policy_capacity(self->policy, 0, &told, now(self), &floor, &why))
		die(&why);
	gate_contest(self->gate, policy_is_contested(self->policy, 0, now(self)));
}

static void *open(struct world *world, uint32_t self)
{
	struct peergate *peergate = calloc(1, sizeof(*peergate));
	struct policy_settings settings;
	struct policy_output output;
	struct why why;

	if (!peergate)
		abort();
	*peergate = (struct peergate){.world = world, .self = self};
	peergate->dice.state = dice_word(&world->dice);
	peergate->gate = gate_new(world, self);
	output = (struct policy_output){.context = peergate->gate,
					.decide = gate_decide,
					.floor = gate_floor,
					.neighbours = gate_neighbours};
	policy_settings_default(&settings);
	settings.peers_max = settings.sources_max = world->scenario.book_max;
	if (world->scenario.ban_handshake_s)
		settings.ban_handshake_s = world->scenario.ban_handshake_s;
	if (world->scenario.backoff_s)
		settings.backoff_s = world->scenario.backoff_s;
	settings.prefixes_max = 64;
	settings.protected_max = 16;
	if (policy_new(&peergate->policy, &settings, &output, dice_word(&world->dice), &why))
		die(&why);
	return peergate;
}

static void close(void *state)
{
	struct peergate *self = state;

	policy_free(self->policy);
	gate_free(self->gate);
	free(self);
}

static enum refusal start(void *state, uint32_t from)
{
	struct peergate *self = state;
	enum reason reason;

	now(self);
	return gate_start(self->gate, addr_of(self, from), &reason);
}

static enum refusal admit(void *state, uint32_t other)
{
	struct peergate *self = state;
	struct admission question = {
		.has_addr = true, .direction = DIRECTION_INBOUND, .addr = *addr_of(self, other)};
	struct admittance answer;
	bool is_proof;

	snprintf(question.peer, sizeof(question.peer), "%s", being_at(self->world, other)->id);
	policy_admit(self->policy, &question, now(self), &answer);
	is_proof = answer.reason == REASON_IRRELEVANT_NETWORK ||
		   answer.reason == REASON_PROTOCOL_VIOLATION;
	return answer.allow ? REFUSAL_NONE : refusal_for(answer.reason, is_proof);
}

static void describe(const struct peergate *self, uint32_t other, struct candidate *ret)
{
	const struct being *being = being_at(self->world, other);
	uint8_t ours = being_at(self->world, self->self)->fork;

	snprintf(ret->peer, sizeof(ret->peer), "%s", being->id);
	ret->addrs[0] = *addr_of(self, other);
	ret->addr_count = 1;
	ret->has_digest = self->world->scenario.digests;
	digest_of(being->announces_ours ? ours : being->fork, ret->digest);
}

static uint32_t rank(void *state, const uint32_t *candidates, uint32_t count, uint32_t want,
		     uint32_t *ret)
{
	struct peergate *self = state;
	struct candidate told[BOOK];
	struct ranked order[BOOK];
	size_t dial;

	memset(told, 0, count * sizeof(told[0]));
	for (uint32_t i = 0; i < count; i++)
		describe(self, candidates[i], &told[i]);
	dial = policy_rank(self->policy, told, count, want, 0, dice_word(&self->dice), now(self),
			   order);
	for (uint32_t i = 0; i < dial; i++)
		ret[i] = candidates[order[i].candidate];
	return (uint32_t)dial;
}

/* What a client says of what happened. */
static const struct {
	enum report_event event;
	enum report_result result;
	enum direction said_by; /* of a goodbye: who said it; else the dial's direction counts */
	uint16_t code;
} words[] = {
	[HAPPENED_DIAL_FAILED] = {REPORT_HANDSHAKE, RESULT_TIMEOUT, 0, 0},
	[HAPPENED_ESTABLISHED] = {REPORT_CONNECTED, RESULT_NONE, 0,
				  0}, /* the witness's: not said */
	[HAPPENED_CONNECTED] = {REPORT_CONNECTED, RESULT_NONE, 0, 0},
	[HAPPENED_MUTE] = {REPORT_HANDSHAKE, RESULT_TIMEOUT, 0, 0},
	[HAPPENED_WRONG_NETWORK] = {REPORT_HANDSHAKE, RESULT_WRONG_NETWORK, 0, 0},
	[HAPPENED_WRONG_FORK] = {REPORT_HANDSHAKE, RESULT_UNVIABLE_FORK, 0, 0},
	[HAPPENED_STATUS] = {REPORT_HANDSHAKE, RESULT_OK, 0, 0},
	[HAPPENED_ANSWER] = {REPORT_RESPONSE, RESULT_OK, 0, 0},
	[HAPPENED_BAD_ANSWER] = {REPORT_RESPONSE, RESULT_BAD, 0, 0},
	[HAPPENED_TIMEOUT] = {REPORT_RESPONSE, RESULT_TIMEOUT, 0, 0},
	[HAPPENED_INVALID] = {REPORT_RESPONSE, RESULT_INVALID, 0, 0},
	[HAPPENED_THEY_FULL] = {REPORT_GOODBYE, RESULT_NONE, DIRECTION_INBOUND, 129},
	[HAPPENED_WE_FULL] = {REPORT_GOODBYE, RESULT_NONE, DIRECTION_OUTBOUND, 129},
	[HAPPENED_THEY_REFUSE] = {REPORT_GOODBYE, RESULT_NONE, DIRECTION_INBOUND, 250},
	[HAPPENED_GONE] = {REPORT_DISCONNECTED, RESULT_NONE, 0, 0},
};

static void say(struct peergate *self, const struct news *news, enum report_event event,
		enum report_result result)
{
	const struct being *other = being_at(self->world, news->other);
	enum direction direction = words[news->happening].said_by;
	struct report report = {
		.has_addr = true,
		.addr = *addr_of(self, news->other),
		.event = event,
		.result = result,
		.goodbye_code = words[news->happening].code,
		.latency_us = news->latency_ms * 1000,
		.has_digest = true,
		.has_our_digest = true,
	};
	struct why why;

	report.direction = direction	    ? direction
			   : news->outbound ? DIRECTION_OUTBOUND
					    : DIRECTION_INBOUND;
	snprintf(report.peer, sizeof(report.peer), "%s", other->id);
	digest_of(other->fork, report.digest);
	digest_of(being_at(self->world, self->self)->fork, report.our_digest);
	if (event == REPORT_STATUS)
		report.head_slot = head_slot(self->world);
	if (policy_report(self->policy, &report, now(self), &why))
		die(&why);
}

/* What the kernel sees by itself. */
static void witness(struct peergate *self, const struct news *news)
{
	const struct addr *addr = addr_of(self, news->other);
	struct source_key key = addr_source(addr);
	struct why why;
	uint32_t row;

	if (news->outbound)
		return;
	if (news->happening == HAPPENED_ESTABLISHED) {
		gate_established(self->gate, addr);
		gate_opened(self->gate, addr);
	} else if (news->happening == HAPPENED_GONE) {
		row = gate_ended(self->gate, addr);
		if (row >= CHURN && policy_churn(self->policy, &key, 0, row, now(self), &why))
			die(&why);
	}
}

static void happened(void *state, const struct news *news)
{
	struct peergate *self = state;
	bool counts = news->happening == HAPPENED_STATUS || news->happening == HAPPENED_GONE;

	if (news->happening == HAPPENED_WRONG_FORK && self->world->scenario.knows_no_forks) {
		struct news taken_for = *news;

		taken_for.happening = HAPPENED_WRONG_NETWORK;
		happened(state, &taken_for);
		return;
	}
	witness(self, news);
	if (news->happening == HAPPENED_ESTABLISHED)
		return;
	say(self, news, words[news->happening].event, words[news->happening].result);
	if (news->happening == HAPPENED_STATUS)
		say(self, news, REPORT_STATUS, RESULT_OK);
	if (counts)
		tell_capacity(self);
}

static uint32_t prune(void *state, uint32_t want, uint32_t *ret)
{
	struct peergate *self = state;
	struct mate mates[MATES];
	size_t count = policy_prune(self->policy, 0, want, now(self), mates, MATES);

	for (size_t i = 0; i < count; i++)
		ret[i] = (uint32_t)strtoul(mates[i].peer + ID_NUMBER_AT, NULL, 10);
	return (uint32_t)count;
}

static void tick(void *state)
{
	struct peergate *self = state;

	if (now(self) >= self->told_ns)
		tell_node(self);
	tell_capacity(self);
}

static void forks(void *state)
{
	tell_node(state);
}

/* From addresses that nobody in this world has: 198.18.0.0/15 and what lies around it. */
static void forged(void *state, uint32_t count)
{
	struct peergate *self = state;
	struct addr addr = {.bytes = {[10] = 0xff, 0xff, 198}};
	enum reason reason;

	now(self);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t bits = (uint32_t)dice_word(&self->dice);

		memcpy(addr.bytes + 13, &bits, 3);
		gate_start(self->gate, &addr, &reason);
	}
}

static bool forgives(void *state)
{
	struct peergate *self = state;
	struct breaker_view view;

	policy_breaker_see(self->policy, now(self), &view);
	return view.open;
}

const struct strategy strategy_peergate = {
	.name = "peergate",
	.reads_digests = true,
	.open = open,
	.close = close,
	.start = start,
	.admit = admit,
	.rank = rank,
	.happened = happened,
	.prune = prune,
	.holds = admit,
	.tick = tick,
	.forgives = forgives,
	.forged = forged,
	.forks = forks,
};
