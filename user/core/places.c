/* SPDX-License-Identifier: BSD-2-Clause */
#include "places.h"

#include "links.h"
#include "room.h"
#include "shares.h"

enum {
	NARROW_BITS = 16
}; /* a prefix of so many sources is looked through by name, a wider one by the table */

uint32_t place_find(const struct policy *self, const struct prefix *prefix)
{
	return table_find(&self->place_by_prefix, prefix);
}

void places_find(const struct policy *self, struct place_look *looks, size_t count)
{
	const struct table *table = &self->place_by_prefix;

	for (size_t i = 0; i < count; i++) {
		looks[i].hash = table_hash(table, &looks[i].prefix);
		table_fetch_head(table, looks[i].hash);
	}
	for (size_t i = 0; i < count; i++)
		table_fetch_record(table, looks[i].hash);
	for (size_t i = 0; i < count; i++) {
		looks[i].number = table_find_hashed(table, looks[i].hash, &looks[i].prefix);
		if (looks[i].number)
			pool_fetch(&self->places, looks[i].number);
	}
	for (size_t i = 0; i < count; i++) {
		if (looks[i].number && place_at(self, looks[i].number)->source)
			pool_fetch(&self->sources, place_at(self, looks[i].number)->source);
	}
}

static bool has_room(struct policy *self, bool is_source, enum claim claim)
{
	if (is_source)
		return self->source_places < self->settings.sources_max ||
		       room_for_source(self, claim);
	/* Folded bans may have half of the prefixes: the rest is the operator's. */
	if (claim != CLAIM_OPERATOR &&
	    self->place_shelves[SHELF_FOLDS].count >= self->settings.prefixes_max / 2)
		return false;
	return self->prefix_places < self->settings.prefixes_max || room_for_prefix(self, claim);
}

static void begin(struct policy *self, uint32_t number, const struct prefix *prefix)
{
	place_at(self, number)->prefix = *prefix;
	table_add(&self->place_by_prefix, number);
	dirty_set(&self->dirty_places, number);
	if (prefix_is_source(prefix)) {
		self->source_places++;
	} else {
		self->prefix_places++;
		self->lengths[prefix->length]++;
	}
	place_shelve(self, number);
}

uint32_t place_obtain(struct policy *self, const struct prefix *prefix, enum claim claim)
{
	uint32_t number = place_find(self, prefix);

	if (number)
		return number;
	if (!has_room(self, prefix_is_source(prefix), claim))
		return 0;
	number = pool_take(&self->places);
	begin(self, number, prefix);
	return number;
}

uint32_t place_make_at(struct policy *self, const struct prefix *prefix, uint32_t number)
{
	if (!has_room(self, prefix_is_source(prefix), CLAIM_OPERATOR))
		return 0;
	number = pool_take_at(&self->places, number);
	if (!number)
		number = pool_take(&self->places);
	begin(self, number, prefix);
	return number;
}

struct source *place_know(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);

	if (!place->source && prefix_is_source(&place->prefix))
		place->source = pool_take(&self->sources);
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
	if (!self->prefix_places)
		return 0;
	for (unsigned int length = prefix->length; length-- > 0;) {
		struct prefix wider;
		uint32_t number;

		if (!self->lengths[length])
			continue;
		wider = prefix_cut(prefix, length);
		number = place_find(self, &wider);
		if (number && ruling_is_live(&place_at(self, number)->said, now_ns))
			return number;
	}
	return 0;
}

static enum shelf shelf_for(const struct policy *self, const struct place *place)
{
	const struct source *source = place_source(self, place);
	bool said = ruling_is_live(&place->said, self->now_ns);

	if (!prefix_is_source(&place->prefix))
		return place->automatic.until_ns && !said ? SHELF_FOLDS : SHELF_PREFIXES;
	if (said || place->automatic.until_ns || place->trust_until_ns ||
	    (source && source->online))
		return SHELF_KEPT;
	return source && source->past.tried ? SHELF_TRIED : SHELF_UNTRIED;
}

void place_touch(struct policy *self, uint32_t number)
{
	struct list *list = &self->place_shelves[place_at(self, number)->shelf];

	list_remove(list, number);
	list_append(list, number);
}

void place_shelve(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	enum shelf shelf = shelf_for(self, place);

	if (place->shelf == shelf)
		return;
	if (place->shelf)
		list_remove(&self->place_shelves[place->shelf], number);
	place->shelf = (uint8_t)shelf;
	list_append(&self->place_shelves[shelf], number);
}

static void forget_source(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	struct source *source = place_source(self, place);

	if (!source)
		return;
	while (source->first_link)
		link_drop(self, source->first_link);
	if (source->known)
		neighbours_count(self, place, false);
	if (source->verified)
		network_unverify(self, &place->prefix);
	convict(self, number, false, self->now_ns);
	pool_give(&self->sources, place->source);
	place->source = 0;
}

void place_forget(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);

	dirty_set(&self->dirty_places, number);
	place_refuse(self, number, NULL);
	forget_source(self, number);
	place_unhold(self, number);
	heap_remove(&self->wakes, number);
	list_remove(&self->place_shelves[place->shelf], number);
	table_remove(&self->place_by_prefix, number);
	if (prefix_is_source(&place->prefix)) {
		self->source_places--;
	} else {
		self->prefix_places--;
		self->lengths[place->prefix.length]--;
	}
	pool_give(&self->places, number);
}

void place_refuse(struct policy *self, uint32_t number, const struct ruling *verdict)
{
	struct place *place = place_at(self, number);

	if (verdict || place->automatic.until_ns)
		dirty_set(&self->dirty_places, number);
	share_leave(self, number);
	heap_remove(&self->ends, number);
	place->automatic = verdict ? *verdict : (struct ruling){0};
	/* A fold ends by its wake: it makes no room for sources, and has no share. */
	if (verdict && prefix_is_source(&place->prefix)) {
		heap_put(&self->ends, number, verdict->until_ns);
		share_enter(self, number, self->now_ns);
	}
	convict(self, number, place->automatic.standing == STANDING_BANNED, self->now_ns);
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
		next = place_at(self, number)->link.newer;
		if (prefix_overlaps(prefix, &place_at(self, number)->prefix))
			place_look(self, number, self->now_ns);
	}
}

void places_sync_below(struct policy *self, const struct prefix *prefix, bool at_once)
{
	unsigned int whole = addr_is_ipv4(&prefix->addr) && prefix->length >= 96 ? 128 : 64;

	if (prefix->length >= whole || (!self->ends.count && !self->wakes.count))
		return;
	if (whole - prefix->length <= NARROW_BITS) {
		sync_members(self, prefix, whole - prefix->length);
		sync_folds(self, prefix);
		return;
	}
	self->sweep_left = self->places.used;
	if (at_once)
		places_sweep(self, UINT32_MAX);
}

void places_sweep(struct policy *self, uint32_t most)
{
	for (; most && self->sweep_left; most--, self->sweep_left--) {
		self->sweep_at = self->sweep_at % self->places.used + 1;
		if (place_at(self, self->sweep_at)->shelf)
			place_look(self, self->sweep_at, self->now_ns);
	}
}
