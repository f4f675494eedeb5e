/* SPDX-License-Identifier: BSD-2-Clause */
#include "join.h"

#include <errno.h>
#include <stdlib.h>

#include "recent.h"

struct bond_record {
	struct recent_peer peer;
	struct addr addr;
	int64_t heard_ms, ended_ms; /* ended_ms 0: it lives */
	uint16_t port;
	bool has_transport;
	enum transport transport;
	enum way way;
};

struct join {
	struct recent recent;
};

int join_new(struct join **ret, uint32_t peers_max, uint64_t seed)
{
	struct join *self = calloc(1, sizeof(*self));
	int error;

	if (!self)
		return -ENOMEM;
	error = recent_init(&self->recent, sizeof(struct bond_record), peers_max, seed);
	if (error)
		free(self);
	else
		*ret = self;
	return error;
}

void join_free(struct join *self)
{
	if (self)
		recent_release(&self->recent);
	free(self);
}

void join_holds(struct join *self, const char *peer, const struct endpoint *addr, enum way way,
		int64_t at_ms)
{
	struct bond_record *record = recent_hear(&self->recent, peer);

	record->addr = addr->addr;
	record->port = addr->port;
	record->has_transport = addr->has_transport;
	record->transport = addr->transport;
	record->way = way;
	record->heard_ms = at_ms;
	record->ended_ms = 0;
}

void join_forget(struct join *self, const char *peer)
{
	recent_forget(&self->recent, peer);
}

void join_ends(struct join *self, const char *peer, int64_t at_ms)
{
	struct bond_record *record = recent_find(&self->recent, peer);

	if (record && !record->ended_ms)
		record->ended_ms = at_ms;
}

int join_find(struct join *self, const char *peer, int64_t at_ms, struct endpoint *ret_addr,
	      enum way *ret_way)
{
	const struct bond_record *record = recent_find(&self->recent, peer);

	if (!record || at_ms - record->heard_ms > JOIN_AGE_MAX_MS ||
	    (record->ended_ms && at_ms - record->ended_ms > JOIN_END_GRACE_MS))
		return -ENOENT;
	*ret_addr = (struct endpoint){.addr = record->addr,
				      .port = record->port,
				      .has_transport = record->has_transport,
				      .transport = record->transport};
	*ret_way = record->way;
	return 0;
}

uint32_t join_count(const struct join *self)
{
	return self->recent.pool.count;
}
