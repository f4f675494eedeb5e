/* SPDX-License-Identifier: BSD-2-Clause */
/* networks: the table, who is connected, who is verified. What they show: medians.c. */
#include "book.h"
#include "doubt.h"
#include "medians.h"

enum { COUNTED_FOR_S = 2 * MINUTE_S }; /* two of the breaker's windows */

static struct network *at(const struct networks *self, uint32_t number)
{
	return pool_at(&self->pool, number);
}

struct network_key network_key_of(const struct prefix *prefix)
{
	struct source_key source = addr_source(&prefix->addr);
	struct network_key key;

	memcpy(key.bytes, source.address, sizeof(key.bytes));
	if (addr_is_ipv4(&prefix->addr))
		memset(key.bytes + 6, 0, 2);
	else
		memset(key.bytes + 4, 0, 4);
	return key;
}

static struct list *list_of(struct networks *self, const struct network *network)
{
	if (network->shelf == NETWORK_NOWHERE)
		return NULL;
	return network->shelf == NETWORK_COUNTED ? &self->counted : &self->idle;
}

static void move_to(struct networks *self, uint32_t number, enum network_shelf shelf)
{
	struct network *network = at(self, number);
	struct list *list = list_of(self, network);

	if (list)
		list_remove(list, number);
	network->shelf = (uint8_t)shelf;
	list = list_of(self, network);
	if (list)
		list_append(list, number);
}

static uint32_t find(const struct networks *self, const struct prefix *prefix)
{
	const struct network_key key = network_key_of(prefix);

	return table_find(&self->by_key, &key);
}

static void forget_oldest(struct networks *self)
{
	uint32_t number = self->idle.oldest;

	if (!number)
		return;
	self->with_status -= at(self, number)->gave_status;
	move_to(self, number, NETWORK_NOWHERE);
	table_remove(&self->by_key, number);
	pool_give(&self->pool, number);
}

static uint32_t obtain(struct networks *self, const struct prefix *prefix)
{
	uint32_t number = find(self, prefix);

	if (number) {
		if (at(self, number)->shelf == NETWORK_IDLE)
			move_to(self, number, NETWORK_IDLE); /* the youngest again */
		return number;
	}
	if (self->pool.count == self->pool.max)
		forget_oldest(self);
	number = pool_take(&self->pool);
	if (!number)
		return 0;
	at(self, number)->key = network_key_of(prefix);
	table_add(&self->by_key, number);
	move_to(self, number, NETWORK_IDLE);
	return number;
}

struct network *network_find(const struct policy *self, const struct prefix *prefix)
{
	uint32_t number = find(&self->networks, prefix);

	return number ? at(&self->networks, number) : NULL;
}

struct network *network_obtain(struct policy *self, const struct prefix *prefix)
{
	uint32_t number = obtain(&self->networks, prefix);

	return number ? at(&self->networks, number) : NULL;
}

void network_join(struct policy *self, const struct prefix *prefix)
{
	struct networks *networks = &self->networks;
	uint32_t number = obtain(networks, prefix);

	if (!number)
		return;
	if (!at(networks, number)->connected++)
		networks->connected++;
	if (at(networks, number)->shelf != NETWORK_COUNTED)
		move_to(networks, number, NETWORK_COUNTED);
}

void network_leave(struct policy *self, const struct prefix *prefix, uint64_t at_ns)
{
	struct network *network = network_find(self, prefix);

	/* It may have found no room when its peer came. */
	if (!network || !network->connected || --network->connected)
		return;
	self->networks.connected--;
	network->left_s = seconds_of(at_ns);
	medians_drop(self, network);
}

bool network_verify(struct policy *self, const struct prefix *prefix)
{
	uint32_t number = obtain(&self->networks, prefix);

	if (!number)
		return false;
	at(&self->networks, number)->verified++;
	self->networks.verified++;
	if (at(&self->networks, number)->shelf == NETWORK_IDLE)
		move_to(&self->networks, number, NETWORK_NOWHERE);
	return true;
}

/* Nobody is connected and nobody is verified: it may make room. */
static void settle(struct networks *self, uint32_t number)
{
	const struct network *network = at(self, number);

	if (network->shelf != NETWORK_COUNTED)
		move_to(self, number, network->verified ? NETWORK_NOWHERE : NETWORK_IDLE);
}

void network_unverify(struct policy *self, const struct prefix *prefix)
{
	uint32_t number = find(&self->networks, prefix);

	if (!number || !at(&self->networks, number)->verified)
		return;
	at(&self->networks, number)->verified--;
	self->networks.verified--;
	settle(&self->networks, number);
}

struct network_share network_share(const struct policy *self, const struct prefix *prefix)
{
	const struct network *network = network_find(self, prefix);

	return (struct network_share){.connected = network ? network->connected : 0,
				      .verified = network ? network->verified : 0,
				      .all_verified = self->networks.verified};
}

void network_tell_status(struct policy *self, const struct prefix *prefix)
{
	struct network *network = network_obtain(self, prefix);

	if (!network || network->gave_status)
		return;
	network->gave_status = true;
	self->networks.with_status++;
	doubt_settle(self);
}

void networks_tick(struct policy *self)
{
	struct networks *networks = &self->networks;
	uint32_t next, number = networks->counted.oldest, now_s = seconds_of(self->now_ns);

	for (; number; number = next) {
		struct network *network = at(networks, number);

		next = network->link.newer;
		if (network->connected || now_s < (uint64_t)network->left_s + COUNTED_FOR_S)
			continue;
		move_to(networks, number, network->verified ? NETWORK_NOWHERE : NETWORK_IDLE);
	}
	medians_centre(self);
}
