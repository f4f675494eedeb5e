/* SPDX-License-Identifier: BSD-2-Clause */
#include "shares.h"

#include <string.h>

#include "places.h"

uint32_t shares_max(const struct policy_settings *settings)
{
	return settings->sources_max / SOURCES_A_SHARE + SHARES_LEAST;
}

static struct source_key key_of(const struct source_key *source)
{
	struct source_key key = *source;

	if (key_is_ipv4(&key))
		memset(key.address + 6, 0, 2);
	else
		memset(key.address + 4, 0, 4);
	return key;
}

uint32_t share_find(const struct policy *self, const struct source_key *source)
{
	const struct source_key key = key_of(source);

	return table_find(&self->share_by_key, &key);
}

uint32_t share_obtain(struct policy *self, const struct source_key *source)
{
	const struct source_key key = key_of(source);
	uint32_t number = table_find(&self->share_by_key, &key);

	if (number)
		return number;
	number = pool_take(&self->shares);
	if (!number)
		return SHARE_REST;
	share_at(self, number)->key = key;
	table_add(&self->share_by_key, number);
	return number;
}

uint32_t share_of(const struct policy *self, const struct place *place)
{
	return place->is_rest ? SHARE_REST : share_find(self, &place->key);
}

void share_tidy(struct policy *self, uint32_t number)
{
	const struct share *share = share_at(self, number);

	if (number == SHARE_REST || share->refused || share->throngs[THRONG_SOURCES].count ||
	    share->throngs[THRONG_PEERS].count)
		return;
	table_remove(&self->share_by_key, number);
	pool_give(&self->shares, number);
}

static uint32_t share_size(const struct policy *self)
{
	const struct policy_settings *settings = &self->settings;
	uint64_t held = settings->held_max < settings->sources_max ? settings->held_max
								   : settings->sources_max;
	uint64_t size = held * settings->share_permille / 1000;

	return size ? (uint32_t)size : 1;
}

void share_enter(struct policy *self, uint32_t number, uint64_t now_ns)
{
	struct place *place = place_at(self, number);
	struct share *share;
	uint32_t share_number;

	place_unlist(self, number);
	share_number = share_obtain(self, &place->key);
	share = share_at(self, share_number);
	place->in_share = true;
	place->is_rest = share_number == SHARE_REST;
	share->root = pairing_add(&self->ranks, share->root, number);
	share->refused++;
	if (share->refused > share_size(self)) {
		uint32_t leaving = share->root;

		place_refuse(self, leaving, NULL);
		self->counts.evicted++;
		if (leaving != number)
			place_sync(self, leaving, now_ns);
	}
}

void share_leave(struct policy *self, uint32_t number)
{
	struct place *place = place_at(self, number);
	struct share *share;
	uint32_t share_number;

	if (!place->in_share)
		return;
	share_number = share_of(self, place);
	share = share_at(self, share_number);
	share->root = pairing_remove(&self->ranks, share->root, number);
	share->refused--;
	place->in_share = false;
	place->is_rest = false;
	place->link = (struct list_link){0};
	share_tidy(self, share_number);
}
