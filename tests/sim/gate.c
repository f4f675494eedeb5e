/* SPDX-License-Identifier: BSD-2-Clause */
#include "gate.h"

#include <stdlib.h>
#include <string.h>

#include "../../bpf/judge.h" /* not the policy's, which has the same name */
#include "clock.h"
#include "world.h"

/* docs/peergate.conf.example: newcomers-burst, unproven, pace, pace-burst, leak, living, churn-short. */
enum {
	NEWCOMERS_BURST = 2,
	UNPROVEN_A_S = 200,
	PACE_BURST = 32,
	LEAK = 65536 / 32,
	LIVING = 16,
	LIVING_56 = 32,
	LIVING_48 = 128,
	CHURN_SHORT_MS = 15000,
	SLOTS_FIRST = 1024, /* a power of two; doubled when half full */
	SLOTS_MOST = 8192,  /* beyond this no more paces are kept; the kernel lets the oldest go */
};

/* What is kept of a source; of many just its pace. */
struct slot {
	struct source_key key;
	bool is_used, has_record, has_pace;
	struct record record;
	struct pace pace;
	uint32_t neighbours, short_row;
	uint64_t opened_ms;
};

struct gate {
	struct world *world;
	uint32_t self;
	struct settings settings;
	struct bucket newcomers[NEWCOMER_BUCKETS], unproven;
	struct witness witness;
	struct slot *slots;
	uint32_t room, used;
};

/* judge.h asks its includer's tables, which have no argument for whose they are. */
static struct gate *asked;

static uint32_t place_of(const struct gate *self, const struct source_key *key)
{
	uint64_t word;
	uint32_t at;

	memcpy(&word, key->address, sizeof(word));
	word = (word ^ word >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	at = (uint32_t)(word >> 40) & (self->room - 1);
	while (self->slots[at].is_used && memcmp(&self->slots[at].key, key, sizeof(*key)) != 0)
		at = (at + 1) & (self->room - 1);
	return at;
}

static void grow(struct gate *self)
{
	struct slot *old = self->slots;
	uint32_t room = self->room;

	self->room = room ? 2 * room : SLOTS_FIRST;
	self->slots = calloc(self->room, sizeof(*self->slots));
	if (!self->slots)
		abort();
	for (uint32_t i = 0; i < room; i++) {
		if (old[i].is_used)
			self->slots[place_of(self, &old[i].key)] = old[i];
	}
	free(old);
}

static struct slot *find(const struct gate *self, const struct source_key *key)
{
	struct slot *slot = &self->slots[place_of(self, key)];

	return slot->is_used ? slot : NULL;
}

static struct slot *obtain(struct gate *self, const struct source_key *key)
{
	struct slot *slot = find(self, key);

	if (slot)
		return slot;
	if (self->used * 2 >= self->room)
		grow(self);
	slot = &self->slots[place_of(self, key)];
	*slot = (struct slot){.key = *key, .is_used = true};
	self->used++;
	return slot;
}

const struct record *look_source(const struct source_key *key)
{
	const struct slot *slot = find(asked, key);

	return slot && slot->has_record ? &slot->record : NULL;
}

const struct prefix_record *look_prefix(const struct prefix_key *key)
{
	(void)key;
	return NULL;
}

const struct neighbours *look_neighbours(const struct source_key *prefix56)
{
	static struct neighbours neighbours;
	const struct slot *slot = find(asked, prefix56);

	neighbours.sources = slot ? slot->neighbours : 0;
	return neighbours.sources ? &neighbours : NULL;
}

struct pace *look_pace(const struct source_key *key)
{
	struct slot *slot = find(asked, key);

	return slot && slot->has_pace ? &slot->pace : NULL;
}

void keep_pace(const struct source_key *key, const struct pace *fresh)
{
	struct slot *slot;

	if (asked->used * 2 >= SLOTS_MOST && !find(asked, key))
		return;
	slot = obtain(asked, key);
	slot->pace = *fresh;
	slot->has_pace = true;
}

struct bucket *look_newcomers(__u32 index)
{
	return &asked->newcomers[index % NEWCOMER_BUCKETS];
}

struct bucket *look_unproven(__u32 service)
{
	(void)service;
	return &asked->unproven;
}

/* Counted where it is asked for: a node's links are few. */
const struct witness *look_witness(const struct source_key *key)
{
	const struct being *being = being_at(asked->world, asked->self);

	asked->witness.live[0].living = 0;
	for (uint32_t i = 0; i < being->link_count; i++) {
		const struct link *link = &asked->world->links[being->links[i]];
		const struct being *from = being_at(asked->world, link->ends[0]);
		struct source_key other = addr_source(&asked->world->hosts[from->host].addr);

		if (link->ends[1] == asked->self && !memcmp(&other, key, sizeof(other)))
			asked->witness.live[0].living++;
	}
	return &asked->witness;
}

const struct crowd *look_crowd(const struct crowd_key *key)
{
	(void)key;
	return NULL;
}

int look_remembers(__u32 ifindex)
{
	(void)ifindex;
	return 1;
}

int look_closure(const struct source_key *key, __u64 now)
{
	(void)key;
	(void)now;
	return 0;
}

static struct rate rate_of(double a_second, uint32_t burst)
{
	double interval = a_second > 0 ? 1e9 / a_second : 0;

	return (struct rate){.interval_ns = (__u64)interval,
			     .burst_ns = (__u64)interval * (burst - 1)};
}

struct gate *gate_new(struct world *world, uint32_t self)
{
	const struct scenario *scenario = &world->scenario;
	struct gate *gate = calloc(1, sizeof(*gate));
	struct limits *limits;

	if (!gate)
		abort();
	*gate = (struct gate){.world = world, .self = self};
	grow(gate);
	limits = &gate->settings.services[0];
	*limits = (struct limits){.pace = rate_of(1, PACE_BURST),
				  .unproven = rate_of(UNPROVEN_A_S, UNPROVEN_A_S),
				  .living = LIVING,
				  .living_56 = LIVING_56,
				  .living_48 = LIVING_48,
				  .floor = FLOOR_OPEN};
	if (scenario->newcomer_s)
		limits->newcomers = rate_of(1. / scenario->newcomer_s, NEWCOMERS_BURST);
	if (!scenario->spends_on_syn)
		limits->witnessed = 1 << TRANSPORT_TCP;
	gate->settings.leak = LEAK;
	gate->settings.hash_key[0] = dice_word(&world->dice);
	gate->settings.hash_key[1] = dice_word(&world->dice);
	return gate;
}

void gate_free(struct gate *self)
{
	free(self->slots);
	free(self);
}

void gate_decide(void *context, const struct decision *decision)
{
	struct source_key key = addr_source(&decision->prefix.addr);
	struct slot *slot;

	if (!prefix_is_source(&decision->prefix))
		return;
	slot = obtain(context, &key);
	slot->has_record = !decision->remove;
	slot->record = (struct record){.until = decision->until_ns,
				       .score = decision->score,
				       .standing = decision->standing,
				       .reason = decision->reason,
				       .services = decision->services};
}

void gate_floor(void *context, unsigned int service, int8_t floor)
{
	struct gate *self = context;

	if (service == 0)
		self->settings.services[0].floor = floor;
}

void gate_contest(struct gate *self, bool contested)
{
	self->settings.services[0].living = contested ? 1 : LIVING;
}

void gate_neighbours(void *context, const struct source_key *prefix56, uint32_t sources)
{
	obtain(context, prefix56)->neighbours = sources;
}

enum refusal refusal_for(enum reason reason, bool is_ban)
{
	switch (reason) {
	case REASON_NONE:
		return REFUSAL_NONE;
	case REASON_TOO_MANY_PEERS:
	case REASON_RATE_LIMITED:
	case REASON_CLIENT_SHUTDOWN:
	case REASON_NODE_FULL:
	case REASON_SOURCE_FULL:
	case REASON_SOURCE_PACE:
		return REFUSAL_FULL;
	default:
		return is_ban ? REFUSAL_BAN : REFUSAL_SUSPECT;
	}
}

static struct question ask(struct gate *self, struct start *start, struct source_key *key,
			   const struct addr *addr)
{
	asked = self;
	*start = (struct start){
		.family = addr_is_ipv4(addr) ? FAMILY_IPV4 : FAMILY_IPV6,
		.transport = TRANSPORT_TCP,
		.has_source = 1,
		.has_ports = 1,
		.port = 9000,
		.source_port = (__u16)dice_below(&self->world->dice, 65536),
	};
	memcpy(start->address, addr->bytes, sizeof(start->address));
	*key = addr_source(addr);
	return (struct question){.start = start,
				 .source = key,
				 .leased = 1,
				 .now = clock_ns(self->world),
				 .settings = &self->settings};
}

enum refusal gate_start(struct gate *self, const struct addr *addr, enum reason *ret_reason)
{
	struct start start;
	struct source_key key;
	struct question question = ask(self, &start, &key, addr);
	struct judgement judgement = judge(&question);

	*ret_reason = judgement.verdict == VERDICT_PASS ? REASON_NONE : judgement.reason;
	return refusal_for(*ret_reason, judgement.firm);
}

void gate_established(struct gate *self, const struct addr *addr)
{
	struct start start;
	struct source_key key;
	struct question question = ask(self, &start, &key, addr);

	newcomer_spend(&question);
}

void gate_opened(struct gate *self, const struct addr *addr)
{
	struct source_key key = addr_source(addr);

	obtain(self, &key)->opened_ms = self->world->now_ms;
}

/* Something else of that source that lives on has lasted, or will. */
uint32_t gate_ended(struct gate *self, const struct addr *addr)
{
	struct source_key key = addr_source(addr);
	struct slot *slot = find(self, &key);

	if (!slot)
		return 0;
	asked = self;
	if (look_witness(&key)->live[0].living ||
	    self->world->now_ms - slot->opened_ms >= CHURN_SHORT_MS) {
		slot->short_row = 0;
		return 0;
	}
	return ++slot->short_row;
}
