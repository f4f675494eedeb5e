/* SPDX-License-Identifier: BSD-2-Clause */
/* policy: the book's beginning, its seconds, its end. */
#include "policy.h"

#include <errno.h>

#include "capacity.h"
#include "cuts.h"
#include "details.h"
#include "doubt.h"
#include "links.h"
#include "muster.h"
#include "peers.h"
#include "places.h"
#include "seats.h"
#include "shares.h"
#include "sites.h"

/* Work of one tick. The kernel ends refusals by itself: what waits for the next tick only tidies up. */
enum {
	ENDS_A_TICK = 8192,
	SWEEP_A_TICK = 16384,
	CAP_LEAST = 16,	   /* the least that peers_max and sources_max may be */
	FADING_S = 5 * 60, /* how often a fading score is looked at: half of a half-life */
};

static void lay_places(struct policy *self, const struct policy_settings *settings,
		       struct arena *arena)
{
	uint32_t places = settings->sources_max + settings->prefixes_max;

	pool_init(&self->places, arena, places, sizeof(struct place));
	pool_part(&self->source_pool, &self->places, 1, settings->sources_max);
	pool_init(&self->wides, arena, settings->prefixes_max, sizeof(struct wide));
	self->sources = arena_carve(arena, settings->sources_max, sizeof(struct source));
	pool_init(&self->shadows, arena, settings->prefixes_max, sizeof(struct shadow));
	pool_init(&self->shares, arena, shares_max(settings), sizeof(struct share));
	for (int kind = 0; kind < THRONGS; kind++)
		heap_init(&self->throngs[kind], arena, &self->shares,
			  offsetof(struct share, throngs) + (size_t)kind * sizeof(struct throng) +
				  offsetof(struct throng, slot));
	pool_init(&self->sites, arena, sites_max(settings), sizeof(struct site));
	dirty_init(&self->dirty_places, arena, places);
	dirty_init(&self->dirty_words, arena, places);
	self->forks.records = arena_carve(arena, FORK_RECORDS, sizeof(struct fork_record));
	self->cuts = arena_carve(arena, 1, sizeof(struct cuts));
	self->holding.items = arena_carve(arena, HELD_MAX_ITEMS, sizeof(struct withheld));
	self->seats = arena_carve(arena, 1, sizeof(struct seats));
	self->muster = arena_carve(arena, 1, sizeof(struct muster));
	self->protected = arena_carve(arena, settings->protected_max, sizeof(struct prefix));
	self->protected_next = arena_carve(arena, settings->protected_max, sizeof(struct prefix));
	heap_init(&self->ends, arena, &self->places, offsetof(struct place, end_slot));
}

static void lay_peers(struct policy *self, const struct policy_settings *settings,
		      struct arena *arena)
{
	pool_init(&self->peers, arena, settings->peers_max, sizeof(struct peer));
	pool_init(&self->long_ids, arena, long_ids_max(settings), sizeof(struct long_id));
	pool_init(&self->links, arena, links_max(settings), sizeof(struct link));
	pool_init(&self->details, arena, details_max(settings), sizeof(struct details));
	dirty_init(&self->dirty_peers, arena, settings->peers_max);
	pool_init(&self->networks.pool, arena, settings->networks_max, sizeof(struct network));
}

static void lay_tables(struct policy *self, struct arena *arena)
{
#define TABLE(table, pool, record, key, size) \
	table_init(table, arena, pool, &self->hash, offsetof(record, chain), key, size)
	TABLE(&self->place_by_source, &self->source_pool, struct place, offsetof(struct place, key),
	      sizeof(struct source_key));
	TABLE(&self->place_by_wide, &self->wides, struct wide, offsetof(struct wide, prefix),
	      sizeof(struct prefix));
	TABLE(&self->shadow_by_place, &self->shadows, struct shadow, offsetof(struct shadow, place),
	      sizeof(uint32_t));
	TABLE(&self->share_by_key, &self->shares, struct share, offsetof(struct share, key),
	      sizeof(struct source_key));
	TABLE(&self->site_by_key, &self->sites, struct site, offsetof(struct site, key),
	      sizeof(struct source_key));
	TABLE(&self->peer_by_id, &self->peers, struct peer, offsetof(struct peer, id), ID_INLINE);
	TABLE(&self->long_id_by_text, &self->long_ids, struct long_id,
	      offsetof(struct long_id, text), PEER_ID_MAX);
	TABLE(&self->networks.by_key, &self->networks.pool, struct network,
	      offsetof(struct network, key), sizeof(struct network_key));
#undef TABLE
}

static void lay_lists(struct policy *self)
{
	self->ranks = (struct pairing){.pool = &self->places,
				       .link = offsetof(struct place, rank),
				       .when = offsetof(struct place, ruling.until_at)};
	for (int shelf = 0; shelf < SHELVES; shelf++) {
		list_init(&self->place_shelves[shelf], &self->places, offsetof(struct place, link));
		list_init(&self->peer_shelves[shelf], &self->peers, offsetof(struct peer, link));
	}
	list_init(&self->networks.counted, &self->networks.pool, offsetof(struct network, link));
	list_init(&self->networks.idle, &self->networks.pool, offsetof(struct network, link));
	list_init(&self->throng_lists[THRONG_SOURCES], &self->places, offsetof(struct place, link));
	list_init(&self->throng_lists[THRONG_PEERS], &self->peers, offsetof(struct peer, link));
	list_init(&self->details_heard, &self->details, offsetof(struct details, link));
}

/* Carves everything, the policy itself first; the same twice, see arena.h. */
static void lay(struct policy *self, const struct policy_settings *settings, struct arena *arena)
{
	arena_carve(arena, 1, sizeof(*self));
	lay_places(self, settings, arena);
	lay_peers(self, settings, arena);
	lay_tables(self, arena);
	lay_lists(self);
}

static size_t size_for(const struct policy_settings *settings)
{
	struct policy measure = {0};
	struct arena arena = {0};

	lay(&measure, settings, &arena);
	return arena.used;
}

/* What a cap costs: the memory that a book with the least of it would not need. */
static size_t bytes_each(const struct policy_settings *settings, uint32_t cap, size_t least)
{
	return cap > CAP_LEAST
		       ? (size_for(settings) - least + cap - CAP_LEAST - 1) / (cap - CAP_LEAST)
		       : 0;
}

static void count_bytes(struct policy_counts *counts, const struct policy_settings *settings)
{
	struct policy_settings few_peers = *settings, few_sources = *settings;

	few_peers.peers_max = CAP_LEAST;
	few_sources.sources_max = CAP_LEAST;
	counts->bytes = size_for(settings);
	counts->bytes_per_peer = bytes_each(settings, settings->peers_max, size_for(&few_peers));
	counts->bytes_per_source =
		bytes_each(settings, settings->sources_max, size_for(&few_sources));
}

int policy_new(struct policy **ret, const struct policy_settings *settings,
	       const struct policy_output *output, uint64_t seed, struct why *why)
{
	int error = policy_settings_check(settings, why);
	struct policy_counts counts = {0};
	struct policy *self;
	struct arena arena;

	if (error)
		return error;
	count_bytes(&counts, settings);
	self = arena_map(counts.bytes);
	if (!self)
		return why_fill(why, -ENOMEM,
				"no memory for the book's %zu MiB: lower sources_max or peers_max",
				counts.bytes >> 20);
	arena = (struct arena){.memory = (uint8_t *)self};
	lay(self, settings, &arena);
	self->counts = counts;
	self->settings = *settings;
	self->output = *output;
	self->hash = hash_key_from(seed);
	pool_take(&self->shares); /* SHARE_REST */
	for (int service = 0; service < SERVICES_MAX; service++)
		self->floors[service].value = FLOOR_OPEN;
	*ret = self;
	return 0;
}

void policy_free(struct policy *self)
{
	if (self)
		arena_unmap(self, self->counts.bytes);
}

/* What has ended at a place. When it was an operator's word on a prefix, others below it may speak again. */
static void end_one(struct policy *self, uint32_t number)
{
	const struct place *place = place_at(self, number);
	const struct prefix prefix = place_prefix(self, place);
	bool was_said = place->is_said;

	place_look(self, number, self->now_ns);
	if (was_said)
		places_sync_below(self, &prefix, false);
}

static void end_due(struct policy *self)
{
	uint32_t now = moment_of(self->now_ns), when, number;

	for (uint32_t most = ENDS_A_TICK; most; most--) {
		number = heap_first(&self->ends, &when);
		if (!number || when > now)
			return;
		end_one(self, number);
	}
}

static bool is_fading(const struct policy *self, const struct place *place)
{
	const struct source *source = place_source(self, place);

	return place->is_held && source &&
	       (source->past.ledger.penalty || source->past.ledger.reward);
}

/* The kernel's scores follow those that fade: one round through the sources takes FADING_S, a part of it each tick. */
static void tell_faded(struct policy *self)
{
	uint64_t past_ns = self->now_ns - self->faded_ns, sources = self->source_pool.used, looks;

	if (past_ns > FADING_S * NS_PER_S)
		past_ns = FADING_S * NS_PER_S;
	looks = (sources * (past_ns / MOMENT_NS) + FADING_S * MOMENTS_A_SECOND - 1) /
		(FADING_S * MOMENTS_A_SECOND);
	self->faded_ns = self->now_ns;
	for (uint32_t i = 0; i < looks && i < SWEEP_A_TICK; i++) {
		self->fading_at = self->fading_at % self->source_pool.used + 1;
		if (is_fading(self, place_at(self, self->fading_at)))
			place_look(self, self->fading_at, self->now_ns);
	}
}

void policy_tick(struct policy *self, uint64_t now_ns)
{
	if (now_ns > self->now_ns)
		self->now_ns = now_ns;
	doubt_settle(self);
	end_due(self);
	breaker_tick(self);
	networks_tick(self);
	forks_tick(self);
	tell_faded(self);
	places_sweep(self, SWEEP_A_TICK);
	capacity_tick(self);
}

void policy_count(const struct policy *self, struct policy_counts *ret)
{
	*ret = self->counts;
	ret->peers = self->peers.count;
	ret->peers_max = self->settings.peers_max;
	ret->sources = self->source_pool.count;
	ret->sources_max = self->settings.sources_max;
	ret->prefixes = self->wides.count;
	ret->prefixes_max = self->settings.prefixes_max;
	ret->links = self->links.count;
	ret->links_max = self->links.max;
	ret->details = self->details.count;
	ret->details_max = self->details.max;
}
