/* SPDX-License-Identifier: BSD-2-Clause */
#include "shares.h"

#include <string.h>

#include "places.h"
#include "protect.h"

static struct group *group_at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->groups, number);
}

static struct group_key key_of(enum group_kind kind, const struct prefix *prefix)
{
	struct group_key key = {.kind = (uint8_t)kind};
	struct source_key source = addr_source(&prefix->addr);

	memcpy(key.bytes, source.address, sizeof(key.bytes));
	if (kind == GROUP_NEIGHBOURS)
		key.bytes[7] = 0;
	else if (addr_is_ipv4(&prefix->addr))
		memset(key.bytes + 6, 0, 2);
	else
		memset(key.bytes + 4, 0, 4);
	return key;
}

static uint32_t group_find(const struct policy *self, enum group_kind kind,
			   const struct prefix *prefix)
{
	struct group_key key = key_of(kind, prefix);

	return table_find(&self->group_by_key, &key);
}

/* There is always room: a source is in one group of each kind, and there is room for two a source. */
static uint32_t group_obtain(struct policy *self, enum group_kind kind, const struct prefix *prefix)
{
	uint32_t number = group_find(self, kind, prefix);

	if (number)
		return number;
	number = pool_take(&self->groups);
	group_at(self, number)->key = key_of(kind, prefix);
	table_add(&self->group_by_key, number);
	return number;
}

bool neighbours_known(const struct policy *self, const struct prefix *prefix)
{
	uint32_t number =
		addr_is_ipv4(&prefix->addr) ? 0 : group_find(self, GROUP_NEIGHBOURS, prefix);

	return number && group_at(self, number)->known;
}

static void group_tidy(struct policy *self, uint32_t number)
{
	const struct group *group = group_at(self, number);

	if (group->refused || group->known || group->banned)
		return;
	table_remove(&self->group_by_key, number);
	pool_give(&self->groups, number);
}

static uint32_t share_max(const struct policy *self)
{
	uint64_t share =
		(uint64_t)self->settings.sources_max * self->settings.share_permille / 1000;

	return share ? (uint32_t)share : 1;
}

void share_enter(struct policy *self, uint32_t number, uint64_t now_ns)
{
	struct place *place = place_at(self, number);
	uint32_t group_number = group_obtain(self, GROUP_SHARE, &place->prefix);
	struct group *group = group_at(self, group_number);

	group->root = pairing_add(&self->ranks, group->root, number);
	group->refused++;
	place->group = group_number;
	if (group->refused > share_max(self)) {
		uint32_t leaving = group->root;

		place_refuse(self, leaving, NULL);
		self->counts.evicted++;
		if (leaving != number)
			place_sync(self, leaving, now_ns);
	}
}

void share_leave(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	struct group *group;

	if (!place->group)
		return;
	group = group_at(self, place->group);
	group->root = pairing_remove(&self->ranks, group->root, number);
	group->refused--;
	group_tidy(self, place->group);
	place->group = 0;
}

void neighbours_count(struct policy *self, const struct place *place, bool known)
{
	struct source_key key = addr_source(&place->prefix.addr);
	struct group *group;
	uint32_t number;

	if (addr_is_ipv4(&place->prefix.addr))
		return;
	number = group_obtain(self, GROUP_NEIGHBOURS, &place->prefix);
	group = group_at(self, number);
	group->known += known ? 1 : -1;
	key.address[7] = 0;
	if (!self->loading.unix_ns)
		self->output.neighbours(self->output.context, &key, group->known);
	group_tidy(self, number);
}

void neighbours_tell(struct policy *self)
{
	for (uint32_t number = 1; number <= self->groups.used; number++) {
		const struct group *group = group_at(self, number);
		struct source_key key = {{0}};

		if (group->key.kind != GROUP_NEIGHBOURS || !group->known)
			continue;
		memcpy(key.address, group->key.bytes, sizeof(key.address));
		self->output.neighbours(self->output.context, &key, group->known);
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

	if (place->automatic.standing == STANDING_BANNED &&
	    ruling_is_live(&place->automatic, now_ns))
		return false;
	return ruling_is_live(&place->said, now_ns) || place->trust_until_ns > now_ns ||
	       (source && (source->known || source->online));
}

/* Whether the /56 may go: nobody in it is known and innocent, and nothing of it is protected. Half of the longest ban. */
static bool may_fold(const struct policy *self, const struct prefix *fold, uint64_t now_ns,
		     struct ruling *ret)
{
	uint64_t longest_ns = 0;

	if (prefix_is_protected(self, fold, NULL) || place_overruled_by(self, fold, now_ns))
		return false;
	for (unsigned int i = 0; i < 256; i++) {
		uint32_t number = member(self, fold, i);
		const struct place *place = number ? place_at(self, number) : NULL;

		if (!place)
			continue;
		if (is_innocent(self, place, now_ns))
			return false;
		if (place->automatic.until_ns > longest_ns) {
			longest_ns = place->automatic.until_ns;
			*ret = place->automatic;
		}
	}
	ret->since_ns = now_ns;
	ret->until_ns = now_ns + (longest_ns - now_ns) / 2;
	return longest_ns > now_ns;
}

static void lift_members(struct policy *self, const struct prefix *fold, uint64_t now_ns)
{
	for (unsigned int i = 0; i < 256; i++) {
		uint32_t number = member(self, fold, i);

		if (!number || !place_at(self, number)->automatic.until_ns)
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
	if (!place_at(self, number)->said.until_ns &&
	    place_at(self, number)->automatic.until_ns < verdict.until_ns)
		place_refuse(self, number, &verdict);
	place_sync(self, number, now_ns);
	lift_members(self, &prefix, now_ns);
}

void convict(struct policy *self, uint32_t number, bool convicted, uint64_t now_ns)
{
	struct place *place = place_at(self, number);
	struct source *source = place_source(self, place);
	struct prefix prefix = place->prefix;
	struct group *group;
	uint32_t group_number;

	if (!source || source->convicted == convicted || addr_is_ipv4(&prefix.addr))
		return;
	source->convicted = convicted;
	group_number = group_obtain(self, GROUP_NEIGHBOURS, &prefix);
	group = group_at(self, group_number);
	group->banned += convicted ? 1 : -1;
	if (convicted && !self->loading.unix_ns && group->banned % self->settings.fold_at == 0)
		fold(self, &prefix, now_ns);
	else
		group_tidy(self, group_number);
}
