/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rulings: the two words that may hold at a place. One has room in the record: the operator's, or else the automatic refusal.
 * Of the few places that have both the latter waits in a table apart: it is in no network's share while it is not in force.
 */
#include "places.h"
#include "shares.h"
#include "sites.h"

static const struct ruling none;

static struct shadow *shadow_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->shadows, number);
}

static uint32_t shadow_find(const struct policy *self, uint32_t place)
{
	return table_find(&self->shadow_by_place, &place);
}

const struct ruling *place_automatic(const struct policy *self, const struct place *place)
{
	uint32_t number;

	if (!place->is_said)
		return &place->ruling;
	number = place->has_shadow ? shadow_find(self, place_number(self, place)) : 0;
	return number ? &shadow_at(self, number)->ruling : &none;
}

static void drop_shadow(struct policy *self, uint32_t place)
{
	uint32_t number = place_at(self, place)->has_shadow ? shadow_find(self, place) : 0;

	if (!number)
		return;
	table_remove(&self->shadow_by_place, number);
	pool_give(&self->shadows, number);
	place_at(self, place)->has_shadow = false;
}

/* Where there is no room for it any more the refusal is over: an operator's word stands there instead. */
static void cast_shadow(struct policy *self, uint32_t place, const struct ruling *verdict)
{
	uint32_t number;

	drop_shadow(self, place);
	number = verdict->until_at ? pool_take(&self->shadows) : 0;
	if (!number)
		return;
	shadow_at(self, number)->place = place;
	shadow_at(self, number)->ruling = *verdict;
	table_add(&self->shadow_by_place, number);
	place_at(self, place)->has_shadow = true;
}

/* The refusal is in force: a source's counts in its network's share. A fold makes no room for sources, and has no share. */
static void enforce(struct policy *self, uint32_t number, const struct ruling *verdict)
{
	struct place *place = place_at(self, number);

	place->ruling = *verdict;
	if (verdict->until_at && place_is_source(self, place))
		share_enter(self, number, self->now_ns);
}

void place_say(struct policy *self, uint32_t number, const struct ruling *word)
{
	struct place *place = place_at(self, number);
	const struct ruling automatic = *place_automatic(self, place);

	if (word) {
		share_leave(self, number);
		place->is_said = true;
		place->ruling = *word;
		cast_shadow(self, number, &automatic);
	} else if (place->is_said) {
		drop_shadow(self, number);
		place->is_said = false;
		enforce(self, number, &automatic);
	}
}

void place_refuse(struct policy *self, uint32_t number, const struct ruling *verdict)
{
	struct place *place = place_at(self, number);

	if (verdict || place_automatic(self, place)->until_at)
		dirty_set(&self->dirty_places, number);
	share_leave(self, number);
	if (place->is_said)
		cast_shadow(self, number, verdict ? verdict : &none);
	else
		enforce(self, number, verdict ? verdict : &none);
	convict(self, number, place_automatic(self, place)->standing == STANDING_BANNED,
		self->now_ns);
}
