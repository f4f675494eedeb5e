/* SPDX-License-Identifier: BSD-2-Clause */
#include "sites.h"

#include "places.h"
#include "protect.h"

uint32_t sites_max(const struct policy_settings *settings)
{
	uint32_t sites = settings->sources_max / SOURCES_A_SITE + SITES_LEAST;

	return sites < settings->held_max ? sites : settings->held_max;
}

static struct site *site_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->sites, number);
}

static struct source_key key_of(const struct source_key *source)
{
	struct source_key key = *source;

	key.address[7] = 0;
	return key;
}

static uint32_t site_obtain(struct policy *self, const struct source_key *key)
{
	uint32_t number = table_find(&self->site_by_key, key);

	if (number)
		return number;
	number = pool_take(&self->sites);
	if (!number)
		return 0;
	site_at(self, number)->key = *key;
	table_add(&self->site_by_key, number);
	return number;
}

static void site_tidy(struct policy *self, uint32_t number)
{
	if (site_at(self, number)->known || site_at(self, number)->banned)
		return;
	table_remove(&self->site_by_key, number);
	pool_give(&self->sites, number);
}

bool neighbours_known(const struct policy *self, const struct prefix *prefix)
{
	const struct source_key source = addr_source(&prefix->addr), key = key_of(&source);
	uint32_t number = key_is_ipv4(&source) ? 0 : table_find(&self->site_by_key, &key);

	return number && site_at(self, number)->known;
}

void neighbours_count(struct policy *self, struct place *place, bool known)
{
	const struct source_key key = key_of(&place->key);
	struct site *site;
	uint32_t number;

	if (key_is_ipv4(&place->key) || place->is_neighbour == known)
		return;
	number = known ? site_obtain(self, &key) : table_find(&self->site_by_key, &key);
	if (!number)
		return;
	place->is_neighbour = known;
	site = site_at(self, number);
	site->known += known ? 1 : -1;
	if (!self->loading.unix_ns)
		self->output.neighbours(self->output.context, &key, site->known);
	site_tidy(self, number);
}

void neighbours_tell(struct policy *self)
{
	for (uint32_t number = 1; number <= self->sites.used; number++) {
		const struct site *site = site_at(self, number);

		if (site->known)
			self->output.neighbours(self->output.context, &site->key, site->known);
	}
}

/* The /64 number @i of a /56. */
static uint32_t member(const struct policy *self, const struct prefix *fold, unsigned int i)
{
	struct prefix prefix = {.addr = fold->addr, .length = 64};

	prefix.addr.bytes[7] = (uint8_t)i;
	return place_find(self, &prefix);
}

static bool is_innocent(const struct policy *self, const struct place *place, uint64_t now_ns)
{
	const struct source *source = place_source(self, place);
	const struct ruling *automatic = place_automatic(self, place);

	if (automatic->standing == STANDING_BANNED && ruling_is_live(automatic, now_ns))
		return false;
	return ruling_is_live(place_said(place), now_ns) ||
	       place->trust_until_at > moment_of(now_ns) ||
	       (source && (source->past.known || source->online));
}

/* Whether the /56 may go: nobody in it is known and innocent, and nothing of it is protected. Half of the longest ban. */
static bool may_fold(const struct policy *self, const struct prefix *fold, uint64_t now_ns,
		     struct ruling *ret)
{
	uint32_t now = moment_of(now_ns);

	if (prefix_is_protected(self, fold, NULL) || place_overruled_by(self, fold, now_ns))
		return false;
	for (unsigned int i = 0; i < 256; i++) {
		uint32_t number = member(self, fold, i);
		const struct place *place = number ? place_at(self, number) : NULL;

		if (!place)
			continue;
		if (is_innocent(self, place, now_ns))
			return false;
		if (place_automatic(self, place)->until_at > ret->until_at)
			*ret = *place_automatic(self, place);
	}
	if (ret->until_at <= now)
		return false;
	ret->since_at = now;
	ret->until_at = now + (ret->until_at - now) / 2;
	return true;
}

static void lift_members(struct policy *self, const struct prefix *fold, uint64_t now_ns)
{
	for (unsigned int i = 0; i < 256; i++) {
		uint32_t number = member(self, fold, i);

		if (!number || !place_automatic(self, place_at(self, number))->until_at)
			continue;
		place_refuse(self, number, NULL);
		place_sync(self, number, now_ns);
	}
}

static void fold(struct policy *self, const struct prefix *source, uint64_t now_ns)
{
	struct prefix prefix = {.addr = source->addr, .length = FOLD_LENGTH};
	struct ruling verdict = {0};
	uint32_t number;

	prefix.addr.bytes[7] = 0;
	if (!may_fold(self, &prefix, now_ns, &verdict))
		return;
	number = place_obtain(self, &prefix, CLAIM_VERDICT);
	if (!number)
		return;
	if (!place_at(self, number)->is_said &&
	    place_at(self, number)->ruling.until_at < verdict.until_at)
		place_refuse(self, number, &verdict);
	place_sync(self, number, now_ns);
	lift_members(self, &prefix, now_ns);
}

void convict(struct policy *self, uint32_t number, bool convicted, uint64_t now_ns)
{
	struct place *place = place_at(self, number);
	struct source_key key;
	struct prefix prefix;
	uint32_t site_number;
	struct site *site;

	if (place->is_convicted == convicted || !place_is_source(self, place) ||
	    key_is_ipv4(&place->key))
		return;
	key = key_of(&place->key);
	site_number = convicted ? site_obtain(self, &key) : table_find(&self->site_by_key, &key);
	if (!site_number)
		return;
	place->is_convicted = convicted;
	site = site_at(self, site_number);
	site->banned += convicted ? 1 : -1;
	prefix = source_prefix(&key);
	if (convicted && !self->loading.unix_ns && site->banned % self->settings.fold_at == 0)
		fold(self, &prefix, now_ns);
	else
		site_tidy(self, site_number);
}
