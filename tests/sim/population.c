/* SPDX-License-Identifier: BSD-2-Clause */
/* population: who is in the world, and at which addresses: half of the hosts in a few hosting networks, the others spread. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

enum {
	HOSTING_SHARE = 40, /* POLICY: 1,200 nodes, 30 hosting networks: one for each 40 */
	HOSTING_LEAST = 6,
	IDENTITIES = 8,	     /* the attacker's on each address */
	BEHIND_NAT = 50,     /* twists: nodes behind one address */
	ATTACKER_SHARE = 20, /* one address in so many is his */
};

/* Of the bad: how many of each kind in twenty. Wrong forks lead, as in every crawl of Ethereum's network. */
static const struct {
	enum kind kind;
	uint32_t twentieths;
} bad_kinds[] = {{KIND_WRONG_FORK, 8}, {KIND_MUTE, 5}, {KIND_FLAKY, 4}, {KIND_SLOW, 3}};

/* 44.0.0.0 .. 107.255.255.255 has nothing that the policy protects; networks are drawn there. */
static uint32_t draw_network(struct world *self, bool hosted)
{
	uint32_t hosting = self->scenario.honest / HOSTING_SHARE;

	if (hosting < HOSTING_LEAST)
		hosting = HOSTING_LEAST;
	if (hosted)
		return 44u << 8 | dice_below(&self->dice, hosting);
	return (45 + dice_below(&self->dice, 60)) << 8 | dice_below(&self->dice, 256);
}

static struct host draw_host(struct world *self, uint32_t network, bool is_ipv6)
{
	uint64_t bits = dice_word(&self->dice);
	struct host host = {.network = is_ipv6 ? network | 1u << 31 : network};
	uint8_t *at = host.addr.bytes;

	if (is_ipv6) {
		at[0] = 0x2a;
		at[1] = 0x01;
		at[2] = (uint8_t)(network >> 8);
		at[3] = (uint8_t)network;
		memcpy(at + 4, &bits, 4);
		at[15] = 1;
		return host;
	}
	at[10] = at[11] = 0xff;
	at[12] = (uint8_t)(network >> 8);
	at[13] = (uint8_t)network;
	memcpy(at + 14, &bits, 2);
	return host;
}

static uint32_t add_host(struct world *self, uint32_t network, bool is_ipv6)
{
	if (self->host_count == self->host_room)
		return dice_below(&self->dice, self->host_count);
	self->hosts[self->host_count] = draw_host(self, network, is_ipv6);
	return self->host_count++;
}

uint32_t world_new_host(struct world *self, bool hosted, bool is_ipv6)
{
	return add_host(self, draw_network(self, hosted), is_ipv6);
}

static uint32_t add_being(struct world *self, enum kind kind, uint32_t host)
{
	uint32_t who = self->being_count++;
	struct being *being = &self->beings[who];

	*being = (struct being){.kind = kind,
				.host = host,
				.rtt_ms = 10 + dice_below(&self->dice, 90),
				.last_target = NOBODY,
				.is_stable = true};
	snprintf(being->id, sizeof(being->id), "16Uiu2HA%c%05u", "HWMFSA"[kind], who);
	return who;
}

static void announce(struct world *self, uint32_t who)
{
	self->beings[who].is_announced = true;
	self->announced[self->announced_count++] = who;
	if (is_honest(self, who) && !self->beings[who].is_nat)
		self->reachable[self->reachable_count++] = who;
}

static void add_node(struct world *self, const struct strategy *strategy, uint32_t host, bool nat)
{
	uint32_t who = add_being(self, KIND_HONEST, host);
	struct being *being = &self->beings[who];

	being->is_nat = nat;
	being->is_subject = dice_chance(&self->dice, self->scenario.adoption);
	being->strategy = being->is_subject ? strategy : &strategy_ban;
	being->book = calloc(BOOK, sizeof(*being->book));
	being->state = being->strategy->open(self, who);
	/* One in five behind a NAT announces an address all the same. */
	if (!nat || dice_chance(&self->dice, .2))
		announce(self, who);
}

/* Hosted nodes are seldom behind a NAT, so the others have to be more often. */
static bool draw_nat(struct world *self, bool hosted)
{
	double all = self->scenario.nat, in_hosting = .2 * all;

	return dice_chance(&self->dice, hosted ? in_hosting : 2 * all - in_hosting);
}

/* One in seven joins while the world runs: goal 5's newcomers. */
static void add_honest(struct world *self, const struct strategy *strategy)
{
	for (uint32_t i = 0; i < self->scenario.honest; i++) {
		bool hosted = dice_chance(&self->dice, .5);
		uint32_t host = world_new_host(self, hosted, dice_chance(&self->dice, .15));
		uint32_t who = self->being_count;
		uint64_t at_ms = dice_below(&self->dice, 300000);

		add_node(self, strategy, host, draw_nat(self, hosted));
		self->beings[who].is_hosted = hosted;
		if (i % 7 == 6) {
			self->beings[who].is_newcomer = true;
			at_ms = 1800000 + (uint64_t)(dice_unit(&self->dice) *
						     (self->scenario.minutes - 90) * 60000);
		}
		world_later(self, at_ms, DEED_RETURN, who, 0, 0);
	}
}

static enum kind draw_kind(struct world *self)
{
	uint32_t draw = dice_below(&self->dice, 20), i = 0;

	for (; draw >= bad_kinds[i].twentieths; i++)
		draw -= bad_kinds[i].twentieths;
	return bad_kinds[i].kind;
}

static void add_bad(struct world *self, enum kind kind, uint32_t host)
{
	uint32_t who = add_being(self, kind, host);
	struct being *being = &self->beings[who];

	being->is_online = true;
	being->fork = kind == KIND_WRONG_FORK ? 9 : 0;
	/* Some records are stale or lie. */
	being->announces_ours = dice_chance(&self->dice, .15);
	being->is_nat = kind != KIND_ATTACKER && dice_chance(&self->dice, .2);
	if (!being->is_nat)
		announce(self, who);
	world_later(self, dice_below(&self->dice, 120000), DEED_DIAL, who, 0, 0);
}

static void add_all_bad(struct world *self, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		add_bad(self, draw_kind(self),
			world_new_host(self, dice_chance(&self->dice, .5), false));
}

static void add_attackers(struct world *self, uint32_t hosts)
{
	uint32_t home = draw_network(self, false);

	for (uint32_t i = 0; i < hosts; i++) {
		bool spread = self->scenario.attack == ATTACK_SPREAD;
		uint32_t network = spread ? draw_network(self, false) : home + i % 2;
		uint32_t host = add_host(self, network, false);

		for (int identity = 0; identity < IDENTITIES; identity++)
			add_bad(self, KIND_ATTACKER, host);
	}
}

/* Nodes behind one address, of which each keeps its own state; at a conference they all come within two minutes. */
static void add_behind_nat(struct world *self, const struct strategy *strategy)
{
	bool conference = self->scenario.twist == TWIST_CONFERENCE;
	uint32_t host = world_new_host(self, false, false);

	for (int i = 0; i < BEHIND_NAT; i++) {
		uint32_t who = self->being_count;
		uint64_t from_ms = conference ? 5400000 : 0;

		add_node(self, strategy, host, true);
		self->beings[who].is_stable = !conference;
		self->beings[who].is_hosted = true; /* the address stays */
		self->beings[who].is_behind = true;
		world_later(self, from_ms + dice_below(&self->dice, 120000), DEED_RETURN, who, 0,
			    0);
	}
	if (conference)
		return;
	/* Neighbours that sin, and some that prove it. */
	for (int i = 0; i < 5; i++)
		add_bad(self, i < 3 ? KIND_WRONG_FORK : KIND_FLAKY, host);
}

void world_populate(struct world *self, const struct strategy *strategy)
{
	const struct scenario *scenario = &self->scenario;
	uint32_t bad = (uint32_t)(scenario->honest * scenario->bad / (1 - scenario->bad));
	uint32_t attackers = scenario->attack ? (scenario->honest + bad) / (ATTACKER_SHARE - 1) : 0;
	uint32_t most = scenario->honest + bad + attackers * IDENTITIES + 2 * BEHIND_NAT;

	self->beings = calloc(most, sizeof(*self->beings));
	self->announced = calloc(most, sizeof(*self->announced));
	self->reachable = calloc(most, sizeof(*self->reachable));
	self->host_room = 2 * most; /* the rest for addresses that change */
	self->hosts = calloc(self->host_room, sizeof(*self->hosts));
	if (!self->beings || !self->announced || !self->reachable || !self->hosts)
		abort();
	add_honest(self, strategy);
	if (scenario->twist == TWIST_CGNAT || scenario->twist == TWIST_CONFERENCE)
		add_behind_nat(self, strategy);
	add_all_bad(self, bad);
	add_attackers(self, attackers);
}
