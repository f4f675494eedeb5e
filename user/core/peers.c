/* SPDX-License-Identifier: BSD-2-Clause */
#include "peers.h"

#include <string.h>

#include "links.h"
#include "room.h"

static void key_of(char key[PEER_ID_MAX], const char *id)
{
	memset(key, 0, PEER_ID_MAX);
	memcpy(key, id, strnlen(id, PEER_ID_MAX - 1));
}

uint32_t peer_find(const struct policy *self, const char *id)
{
	char key[PEER_ID_MAX];

	key_of(key, id);
	return table_find(&self->peer_by_id, key);
}

void peers_find(const struct policy *self, struct peer_look *looks, size_t count)
{
	char key[PEER_ID_MAX];

	for (size_t i = 0; i < count; i++) {
		key_of(key, looks[i].id);
		looks[i].hash = table_hash(&self->peer_by_id, key);
		table_fetch_head(&self->peer_by_id, looks[i].hash);
	}
	for (size_t i = 0; i < count; i++)
		table_fetch_record(&self->peer_by_id, looks[i].hash);
	for (size_t i = 0; i < count; i++) {
		key_of(key, looks[i].id);
		looks[i].number = table_find_hashed(&self->peer_by_id, looks[i].hash, key);
		if (looks[i].number)
			pool_fetch(&self->peers, looks[i].number);
	}
}

uint32_t peer_obtain(struct policy *self, const char *id)
{
	return peer_obtain_at(self, id, 0);
}

uint32_t peer_obtain_at(struct policy *self, const char *id, uint32_t at)
{
	uint32_t number = peer_find(self, id);

	if (number)
		return number;
	number = pool_take_at(&self->peers, at);
	if (!number)
		number = pool_take(&self->peers);
	if (!number && room_for_peer(self))
		number = pool_take(&self->peers);
	if (!number)
		return 0;
	key_of(peer_at(self, number)->id, id);
	table_add(&self->peer_by_id, number);
	peer_shelve(self, number);
	return number;
}

void peer_forget(struct policy *self, uint32_t number)
{
	struct peer *peer = peer_at(self, number);

	dirty_set(&self->dirty_peers, number);
	for (unsigned int slot = 0; slot < PEER_LINKS; slot++)
		link_drop(self, link_number(number, slot));
	if (peer->online)
		list_remove(&self->online, number);
	list_remove(&self->peer_shelves[peer->shelf], number);
	table_remove(&self->peer_by_id, number);
	pool_give(&self->peers, number);
}

static enum shelf shelf_for(const struct policy *self, const struct peer *peer)
{
	if (peer->online || peer->trusted || ruling_is_live(&peer->ruling, self->now_ns))
		return SHELF_KEPT;
	return peer->past.tried ? SHELF_TRIED : SHELF_UNTRIED;
}

void peer_shelve(struct policy *self, uint32_t number)
{
	struct peer *peer = peer_at(self, number);

	dirty_set(&self->dirty_peers, number);
	if (peer->shelf)
		list_remove(&self->peer_shelves[peer->shelf], number);
	peer->shelf = shelf_for(self, peer);
	list_append(&self->peer_shelves[peer->shelf], number);
}
