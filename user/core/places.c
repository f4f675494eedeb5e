/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

#include "details.h"
#include "links.h"
#include "room.h"
#include "shares.h"
#include "sites.h"
#include "throngs.h"

enum {
	NARROW_BITS = 16
}; /* a prefix of so many sources is looked through by name, a wider one by the table */

uint32_t place_find(const struct policy *self, const struct prefix *prefix)
{
	uint32_t number;

	if (prefix_is_source(prefix)) {
		const struct source_key key = addr_source(&prefix->addr);

		return table_find(&self->place_by_source, &key);
	}
	number = table_find(&self->place_by_wide, prefix);
	return number ? self->source_pool.max + number : 0;
}

uint32_t place_next(const struct policy *self, uint32_t after)
{
	uint32_t first_wide = self->source_pool.max + 1;

	if (after < self->source_pool.used)
		return after + 1;
	if (after < first_wide)
		return self->wides.used ? first_wide : 0;
	return after - self->source_pool.max < self->wides.used ? after + 1 : 0;
}

/* Sources are looked for together, what is none alone. */
void place_look_begin(const struct policy *self, struct place_look *look)
{
	look->number = 0;
	look->is_source = prefix_is_source(&look->prefix);
	if (!look->is_source) {
		look->hash = table_hash(&self->place_by_wide, &look->prefix);
		look->number = place_find(self, &look->prefix);
		return;
	}
	look->key = addr_source(&look->prefix.addr);
	look->hash = table_hash(&self->place_by_source, &look->key);
	table_fetch_head(&self->place_by_source, look->hash);
}

void place_look_fetch(const struct policy *self, const struct place_look *look)
{
	uint32_t number = table_fetch_record(&self->place_by_source, look->hash);

	if (number)
		__builtin_prefetch(&self->sources[number - 1]);
}

void place_look_end(const struct policy *self, struct place_look *look)
{
	if (look->is_source)
		look->number = table_find_hashed(&self->place_by_source, look->hash, &look->key);
}

void places_find(const struct policy *self, struct place_look *looks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		place_look_begin(self, &looks[i]);
	for (size_t i = 0; i < count; i++)
		place_look_fetch(self, &looks[i]);
	for (size_t i = 0; i < count; i++)
		place_look_end(self, &looks[i]);
}

static bool has_room(struct policy *self, const struct prefix *prefix, enum claim claim)
{
	if (prefix_is_source(prefix))
		return self->source_pool.count < self->source_pool.max ||
		       room_for_source(self, prefix, claim);
	/* Folded bans may have half of the prefixes: the rest is the operator's. */
	if (claim != CLAIM_OPERATOR &&
	    self->place_shelves[SHELF_FOLDS].count >= self->settings.prefixes_max / 2)
		return false;
	return self->wides.count < self->wides.max || room_for_prefix(self, claim);
}

static struct wide *wide_at(const struct policy *self, uint32_t place)
{
	return pool_at(&self->wides, place - self->source_pool.max);
}

static void begin_source(struct policy *self, uint32_t number, const struct prefix *prefix)
{
	place_at(self, number)->key = addr_source(&prefix->addr);
	table_add(&self->place_by_source, number);
}

static void begin_wide(struct policy *self, uint32_t number, const struct prefix *prefix)
{
	wide_at(self, number)->prefix = *prefix;
	table_add(&self->place_by_wide, number - self->source_pool.max);
	self->lengths[prefix->length]++;
}

/* A new number, @at when that is to be had. There is room. */
static uint32_t take_number(struct policy *self, bool is_source, uint32_t at)
{
	uint32_t first_wide = self->source_pool.max;
	uint32_t number = 0;

	if (is_source && at <= first_wide)
		number = pool_take_at(&self->source_pool, at);
	else if (!is_source && at > first_wide)
		number = pool_take_at(&self->wides, at - first_wide);
	if (!number)
		number = pool_take(is_source ? &self->source_pool : &self->wides);
	return is_source ? number : first_wide + number;
}

static uint32_t begin(struct policy *self, const struct prefix *prefix, uint32_t at)
{
	bool is_source = prefix_is_source(prefix);
	uint32_t number = take_number(self, is_source, at);

	if (is_source)
		begin_source(self, number, prefix);
	else
		begin_wide(self, number, prefix);
	dirty_set(&self->dirty_places, number);
	place_shelve(self, number);
	return number;
}

uint32_t place_obtain(struct policy *self, const struct prefix *prefix, enum claim claim)
{
	uint32_t number = place_find(self, prefix);

	if (number || !has_room(self, prefix, claim))
		return number;
	return begin(self, prefix, 0);
}

uint32_t place_make_at(struct policy *self, const struct prefix *prefix, uint32_t number)
{
	if (!has_room(self, prefix, CLAIM_OPERATOR))
		return 0;
	return begin(self, prefix, number);
}

static void end_source(struct policy *self, uint32_t number)
{
	table_remove(&self->place_by_source, number);
	pool_give(&self->source_pool, number);
}

static void end_wide(struct policy *self, uint32_t number)
{
	self->lengths[wide_at(self, number)->prefix.length]--;
	table_remove(&self->place_by_wide, number - self->source_pool.max);
	pool_give(&self->wides, number - self->source_pool.max);
	memset(place_at(self, number), 0, sizeof(struct place));
}

struct source *place_know(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);

	if (place_is_source(self, place))
		place->has_source = true;
	return place_source(self, place);
}

struct prefix prefix_cut(const struct prefix *prefix, unsigned int length)
{
	struct prefix wider = {.addr = prefix->addr, .length = (uint8_t)length};

	for (unsigned int byte = length / 8; byte < 16; byte++)
		wider.addr.bytes[byte] &= byte == length / 8 ? (uint8_t)(0xff00 >> length % 8) : 0;
	return wider;
}

uint32_t place_overruled_by(const struct policy *self, const struct prefix *prefix, uint64_t now_ns)
{
	if (!self->wides.count)
		return 0;
	for (unsigned int length = prefix->length; length-- > 0;) {
		struct prefix wider;
		uint32_t number;

		if (!self->lengths[length])
			continue;
		wider = prefix_cut(prefix, length);
		number = place_find(self, &wider);
		if (number && ruling_is_live(place_said(place_at(self, number)), now_ns))
			return number;
	}
	return 0;
}

static enum shelf shelf_for(const struct policy *self, const struct place *place)
{
	const struct source *source = place_source(self, place);
	bool said = ruling_is_live(place_said(place), self->now_ns);

	if (!place_is_source(self, place))
		return place_automatic(self, place)->until_at && !said ? SHELF_FOLDS
								       : SHELF_PREFIXES;
	if (place->in_share)
		return SHELF_REFUSED;
	if (said || place->has_shadow || place->trust_until_at || (source && source->online))
		return SHELF_KEPT;
	return source && source->past.tried ? SHELF_TRIED : SHELF_UNTRIED;
}

/* Untried sources stand in their network's throng, refused ones in its heap, all others on a list. */
static struct list *list_of(struct policy *self, const struct place *place)
{
	if (place->shelf == SHELF_NONE || place->shelf == SHELF_REFUSED ||
	    place->shelf == SHELF_UNTRIED)
		return NULL;
	return &self->place_shelves[place->shelf];
}

void place_touch(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	struct list *list = list_of(self, place);

	if (place->shelf == SHELF_UNTRIED)
		throng_touch(self, THRONG_SOURCES, share_of(self, place), number);
	if (!list || list->newest == number)
		return;
	list_remove(list, number);
	list_append(list, number);
}

void place_unlist(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	struct list *list = list_of(self, place);

	if (place->shelf == SHELF_UNTRIED) {
		throng_leave(self, THRONG_SOURCES, share_of(self, place), number);
		place->is_rest = false;
	}
	if (list)
		list_remove(list, number);
	place->shelf = SHELF_REFUSED;
}

static void enlist(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	struct list *list = list_of(self, place);
	uint32_t share;

	if (list)
		list_append(list, number);
	if (place->shelf != SHELF_UNTRIED)
		return;
	share = share_obtain(self, &place->key);
	place->is_rest = share == SHARE_REST;
	throng_join(self, THRONG_SOURCES, share, number);
}

void place_shelve(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	enum shelf shelf = shelf_for(self, place);

	if (place->shelf == shelf)
		return;
	place_unlist(self, number);
	place->shelf = (uint8_t)shelf;
	enlist(self, number);
}

static void unverify(struct policy *self, const struct place *place)
{
	const struct prefix prefix = place_prefix(self, place);

	network_unverify(self, &prefix);
}

static void forget_source(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	struct source *source = place_source(self, place);

	if (!source)
		return;
	while (source->first_link)
		link_drop(self, source->first_link);
	details_drop(self, &source->past);
	neighbours_count(self, place, false);
	if (source->past.verified)
		unverify(self, place);
	*source = (struct source){0};
	place->has_source = false;
}

void place_forget(struct policy *self, uint32_t number)
{
	dirty_set(&self->dirty_places, number);
	place_refuse(self, number, NULL);
	place_say(self, number, NULL);
	forget_source(self, number);
	place_unhold(self, number);
	heap_remove(&self->ends, number);
	place_unlist(self, number);
	if (place_is_source(self, place_at(self, number)))
		end_source(self, number);
	else
		end_wide(self, number);
}

static void sync_members(struct policy *self, const struct prefix *prefix, unsigned int bits)
{
	struct prefix member = {.addr = prefix->addr, .length = (uint8_t)(prefix->length + bits)};
	unsigned int last = member.length / 8;

	for (uint32_t i = 0; i < UINT32_C(1) << bits; i++) {
		uint32_t number;

		member.addr.bytes[last - 1] = prefix->addr.bytes[last - 1] | (uint8_t)i;
		member.addr.bytes[last - 2] = prefix->addr.bytes[last - 2] | (uint8_t)(i >> 8);
		number = place_find(self, &member);
		if (number)
			place_look(self, number, self->now_ns);
	}
}

static void sync_folds(struct policy *self, const struct prefix *prefix)
{
	uint32_t next, number = self->place_shelves[SHELF_FOLDS].oldest;

	for (; number; number = next) {
		struct prefix fold = place_prefix(self, place_at(self, number));

		next = place_at(self, number)->link.newer;
		if (prefix_overlaps(prefix, &fold))
			place_look(self, number, self->now_ns);
	}
}

void places_sync_below(struct policy *self, const struct prefix *prefix, bool at_once)
{
	unsigned int whole = addr_is_ipv4(&prefix->addr) && prefix->length >= 96 ? 128 : 64;

	if (prefix->length >= whole || !self->ends.count)
		return;
	if (whole - prefix->length <= NARROW_BITS) {
		sync_members(self, prefix, whole - prefix->length);
		sync_folds(self, prefix);
		return;
	}
	self->sweep_left = self->source_pool.used + self->wides.used;
	if (at_once)
		places_sweep(self, UINT32_MAX);
}

void places_sweep(struct policy *self, uint32_t most)
{
	for (; most && self->sweep_left; most--, self->sweep_left--) {
		self->sweep_at = place_next(self, self->sweep_at);
		if (!self->sweep_at)
			self->sweep_at = place_next(self, 0);
		if (place_at(self, self->sweep_at)->shelf)
			place_look(self, self->sweep_at, self->now_ns);
	}
}
