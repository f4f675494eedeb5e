/* SPDX-License-Identifier: BSD-2-Clause */
/* policy: the book's beginning, its seconds, its end. */
#include "policy.h"

#include <errno.h>
#include <stdlib.h>

#include "capacity.h"
#include "doubt.h"
#include "muster.h"
#include "places.h"
#include "seats.h"

/* Work of one tick. The kernel ends refusals by itself: what waits for the next tick only tidies up. */
enum { ENDS_A_TICK = 8192, SWEEP_A_TICK = 16384 };

static void lay_pools(struct policy *self, const struct policy_settings *settings,
		      struct arena *arena)
{
	uint32_t places = settings->sources_max + settings->prefixes_max;

	pool_init(&self->places, arena, places, sizeof(struct place));
	pool_init(&self->sources, arena, settings->sources_max, sizeof(struct source));
	pool_init(&self->peers, arena, settings->peers_max, sizeof(struct peer));
	/* A source is in two groups at most; one more is needed while it moves. */
	pool_init(&self->groups, arena, 2 * settings->sources_max + 2, sizeof(struct group));
	dirty_init(&self->dirty_places, arena, places);
	dirty_init(&self->dirty_words, arena, places);
	dirty_init(&self->dirty_peers, arena, settings->peers_max);
	pool_init(&self->networks.pool, arena, settings->networks_max, sizeof(struct network));
	self->forks.records = arena_carve(arena, FORK_RECORDS, sizeof(struct fork_record));
	self->holding.items = arena_carve(arena, HELD_MAX_ITEMS, sizeof(struct held));
	self->protected = arena_carve(arena, settings->protected_max, sizeof(struct prefix));
	self->protected_next = arena_carve(arena, settings->protected_max, sizeof(struct prefix));
	self->seats = arena_carve(arena, 1, sizeof(struct seats));
	self->muster = arena_carve(arena, 1, sizeof(struct muster));
}

static void lay_tables(struct policy *self, struct arena *arena)
{
	table_init(&self->place_by_prefix, arena, &self->places, &self->hash,
		   offsetof(struct place, chain), offsetof(struct place, prefix),
		   sizeof(struct prefix));
	table_init(&self->peer_by_id, arena, &self->peers, &self->hash,
		   offsetof(struct peer, chain), offsetof(struct peer, id), PEER_ID_MAX);
	table_init(&self->group_by_key, arena, &self->groups, &self->hash,
		   offsetof(struct group, chain), offsetof(struct group, key),
		   sizeof(struct group_key));
	table_init(&self->networks.by_key, arena, &self->networks.pool, &self->hash,
		   offsetof(struct network, chain), offsetof(struct network, key),
		   sizeof(struct network_key));
	heap_init(&self->ends, arena, &self->places, offsetof(struct place, end_slot));
	heap_init(&self->wakes, arena, &self->places, offsetof(struct place, wake_slot));
}

static void lay_lists(struct policy *self)
{
	self->ranks = (struct pairing){.pool = &self->places,
				       .link = offsetof(struct place, rank),
				       .when = offsetof(struct place, automatic.until_ns)};
	for (int shelf = 0; shelf < SHELVES; shelf++) {
		list_init(&self->place_shelves[shelf], &self->places, offsetof(struct place, link));
		list_init(&self->peer_shelves[shelf], &self->peers,
			  offsetof(struct peer, shelf_link));
	}
	list_init(&self->networks.counted, &self->networks.pool, offsetof(struct network, link));
	list_init(&self->networks.idle, &self->networks.pool, offsetof(struct network, link));
	list_init(&self->online, &self->peers, offsetof(struct peer, online_link));
}

/* Carves everything, the policy itself first; the same twice, see arena.h. */
static void lay(struct policy *self, const struct policy_settings *settings, struct arena *arena)
{
	arena_carve(arena, 1, sizeof(*self));
	lay_pools(self, settings, arena);
	lay_tables(self, arena);
	lay_lists(self);
}

int policy_new(struct policy **ret, const struct policy_settings *settings,
	       const struct policy_output *output, uint64_t seed, struct why *why)
{
	int error = policy_settings_check(settings, why);
	struct policy measure = {0}, *self;
	struct arena arena = {0};

	if (error)
		return error;
	lay(&measure, settings, &arena);
	self = calloc(1, arena.used);
	if (!self)
		return why_fill(why, -ENOMEM,
				"no memory for the book's %zu MiB: lower sources_max or peers_max",
				arena.used >> 20);
	self->counts.bytes = arena.used;
	arena = (struct arena){.memory = (uint8_t *)self};
	lay(self, settings, &arena);
	self->settings = *settings;
	self->output = *output;
	self->hash = hash_key_from(seed);
	for (int service = 0; service < SERVICES_MAX; service++)
		self->floors[service].value = FLOOR_OPEN;
	*ret = self;
	return 0;
}

void policy_free(struct policy *self)
{
	free(self);
}

/* What has ended at a place. When it was an operator's word on a prefix, others below it may speak again. */
static void end_one(struct policy *self, uint32_t number)
{
	const struct place *place = place_at(self, number);
	const struct prefix prefix = place->prefix;
	bool was_said = place->said.until_ns;

	place_look(self, number, self->now_ns);
	if (was_said)
		places_sync_below(self, &prefix, false);
}

static void end_due(struct policy *self, const struct heap *heap, uint32_t most)
{
	uint64_t when_ns;
	uint32_t number;

	for (; most; most--) {
		number = heap_first(heap, &when_ns);
		if (!number || when_ns > self->now_ns)
			return;
		end_one(self, number);
	}
}

void policy_tick(struct policy *self, uint64_t now_ns)
{
	if (now_ns > self->now_ns)
		self->now_ns = now_ns;
	doubt_settle(self);
	end_due(self, &self->ends, ENDS_A_TICK);
	end_due(self, &self->wakes, ENDS_A_TICK);
	breaker_tick(self);
	networks_tick(self);
	forks_tick(self);
	places_sweep(self, SWEEP_A_TICK);
	capacity_tick(self);
}

void policy_count(const struct policy *self, struct policy_counts *ret)
{
	*ret = self->counts;
	ret->peers = self->peers.count;
	ret->peers_max = self->settings.peers_max;
	ret->sources = self->source_places;
	ret->sources_max = self->settings.sources_max;
	ret->prefixes = self->prefix_places;
	ret->prefixes_max = self->settings.prefixes_max;
}
