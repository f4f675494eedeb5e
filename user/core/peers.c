/* SPDX-License-Identifier: BSD-2-Clause */
#include "peers.h"

#include <string.h>

#include "details.h"
#include "links.h"
#include "room.h"
#include "shares.h"
#include "throngs.h"

uint32_t long_ids_max(const struct policy_settings *settings)
{
	return settings->peers_max / PEERS_A_LONG_ID + LONG_IDS_LEAST;
}

/* A long ID as it stands in a record: a 0, and behind it its number. */
static void long_key(char key[ID_INLINE], uint32_t number)
{
	memset(key, 0, ID_INLINE);
	memcpy(key + 1, &number, sizeof(number));
}

static uint32_t long_number(const char key[ID_INLINE])
{
	uint32_t number;

	memcpy(&number, key + 1, sizeof(number));
	return number;
}

static void text_of(char text[PEER_ID_MAX], const char *id, size_t length)
{
	memset(text, 0, PEER_ID_MAX);
	memcpy(text, id, length);
}

/* What @id is found by; false: a long one that is not known. */
static bool key_of(const struct policy *self, const char *id, char key[ID_INLINE])
{
	size_t length = strnlen(id, PEER_ID_MAX - 1);
	char text[PEER_ID_MAX];
	uint32_t number;

	if (length < ID_INLINE) {
		memset(key, 0, ID_INLINE);
		memcpy(key, id, length);
		return true;
	}
	text_of(text, id, length);
	number = table_find(&self->long_id_by_text, text);
	long_key(key, number);
	return number;
}

/* The same; a long one becomes known. False: there is no room for it. */
static bool key_make(struct policy *self, const char *id, char key[ID_INLINE])
{
	uint32_t number;

	if (key_of(self, id, key))
		return true;
	number = pool_take(&self->long_ids);
	if (!number)
		return false;
	text_of(((struct long_id *)pool_at(&self->long_ids, number))->text, id,
		strnlen(id, PEER_ID_MAX - 1));
	table_add(&self->long_id_by_text, number);
	long_key(key, number);
	return true;
}

static void key_drop(struct policy *self, const char key[ID_INLINE])
{
	uint32_t number = key[0] ? 0 : long_number(key);

	if (!number)
		return;
	table_remove(&self->long_id_by_text, number);
	pool_give(&self->long_ids, number);
}

const char *peer_id(const struct policy *self, const struct peer *peer)
{
	if (peer->id[0])
		return peer->id;
	return ((const struct long_id *)pool_at(&self->long_ids, long_number(peer->id)))->text;
}

uint32_t peer_find(const struct policy *self, const char *id)
{
	char key[ID_INLINE];

	return key_of(self, id, key) ? table_find(&self->peer_by_id, key) : 0;
}

/* A long ID is looked for alone. */
void peer_look_begin(const struct policy *self, struct peer_look *look)
{
	size_t length = strnlen(look->id, PEER_ID_MAX - 1);

	look->number = 0;
	look->is_short = length < ID_INLINE;
	if (!look->is_short) {
		look->hash = hash_bytes(&self->hash, look->id, length);
		look->number = peer_find(self, look->id);
		return;
	}
	key_of(self, look->id, look->key);
	look->hash = table_hash(&self->peer_by_id, look->key);
	table_fetch_head(&self->peer_by_id, look->hash);
}

void peer_look_fetch(const struct policy *self, const struct peer_look *look)
{
	table_fetch_record(&self->peer_by_id, look->hash);
}

void peer_look_end(const struct policy *self, struct peer_look *look)
{
	if (look->is_short)
		look->number = table_find_hashed(&self->peer_by_id, look->hash, look->key);
	if (look->number)
		pool_fetch(&self->peers, look->number);
}

void peers_find(const struct policy *self, struct peer_look *looks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		peer_look_begin(self, &looks[i]);
	for (size_t i = 0; i < count; i++)
		peer_look_fetch(self, &looks[i]);
	for (size_t i = 0; i < count; i++)
		peer_look_end(self, &looks[i]);
}

uint32_t peer_obtain(struct policy *self, const char *id, const struct source_key *source)
{
	return peer_obtain_at(self, id, source, 0);
}

static uint32_t take_number(struct policy *self, uint32_t share, uint32_t at)
{
	uint32_t number = pool_take_at(&self->peers, at);

	if (!number)
		number = pool_take(&self->peers);
	if (!number && room_for_peer(self, share))
		number = pool_take(&self->peers);
	return number;
}

uint32_t peer_obtain_at(struct policy *self, const char *id, const struct source_key *source,
			uint32_t at)
{
	uint32_t number = peer_find(self, id);
	char key[ID_INLINE];

	if (number)
		return number;
	if (!key_make(self, id, key))
		return 0;
	number = take_number(self, source ? share_find(self, source) : SHARE_REST, at);
	if (!number) {
		key_drop(self, key);
		return 0;
	}
	memcpy(peer_at(self, number)->id, key, sizeof(key));
	peer_at(self, number)->share = source ? share_obtain(self, source) : SHARE_REST;
	table_add(&self->peer_by_id, number);
	peer_shelve(self, number);
	return number;
}

static void unlist(struct policy *self, uint32_t number)
{
	struct peer *peer = peer_at(self, number);

	if (peer->shelf == SHELF_UNTRIED) {
		throng_leave(self, THRONG_PEERS, peer->share, number);
		peer->share = 0;
	} else if (peer->shelf) {
		list_remove(&self->peer_shelves[peer->shelf], number);
	}
}

/* Where it was last seen; where nobody knows that, in the share of the rest. */
static uint32_t share_for(struct policy *self, uint32_t number)
{
	uint32_t link = link_latest(self, number);

	if (!link)
		return SHARE_REST;
	return share_obtain(self, &place_at(self, link_at(self, link)->place)->key);
}

static void enlist(struct policy *self, uint32_t number)
{
	struct peer *peer = peer_at(self, number);

	if (peer->shelf != SHELF_UNTRIED) {
		list_append(&self->peer_shelves[peer->shelf], number);
		return;
	}
	if (!peer->share)
		peer->share = share_for(self, number);
	throng_join(self, THRONG_PEERS, peer->share, number);
}

void peer_forget(struct policy *self, uint32_t number)
{
	struct peer *peer = peer_at(self, number);

	dirty_set(&self->dirty_peers, number);
	unlist(self, number);
	while (peer->first_link)
		link_drop(self, peer->first_link);
	details_drop(self, &peer->past);
	table_remove(&self->peer_by_id, number);
	key_drop(self, peer->id);
	pool_give(&self->peers, number);
}

static enum shelf shelf_for(const struct policy *self, const struct peer *peer)
{
	if (peer->online)
		return SHELF_ONLINE;
	if (peer->trusted || ruling_is_live(&peer->ruling, self->now_ns))
		return SHELF_KEPT;
	return peer->past.tried ? SHELF_TRIED : SHELF_UNTRIED;
}

static void move_to(struct policy *self, uint32_t number, enum shelf shelf)
{
	unlist(self, number);
	peer_at(self, number)->shelf = (uint8_t)shelf;
	enlist(self, number);
}

void peer_note(struct policy *self, uint32_t number, bool moves)
{
	struct peer *peer = peer_at(self, number);
	enum shelf shelf = shelf_for(self, peer);

	dirty_set(&self->dirty_peers, number);
	if (peer->shelf != shelf)
		move_to(self, number, shelf);
	else if (moves && shelf == SHELF_UNTRIED)
		throng_touch(self, THRONG_PEERS, peer->share, number);
	else if (moves && self->peer_shelves[shelf].newest != number)
		move_to(self, number, shelf);
}

void peer_shelve(struct policy *self, uint32_t number)
{
	peer_note(self, number, true);
}
