/* SPDX-License-Identifier: BSD-2-Clause */
#include "address_book.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recent.h"

/* Where a peer was: @began_ms when it was first said, @gone_ms when something else was said (0: not yet). */
struct place {
	struct addr addr;
	uint16_t port;
	bool has_transport;
	enum transport transport;
	int64_t began_ms, gone_ms;
};

struct book_record {
	struct recent_peer peer;
	struct place places[BOOK_PLACES]; /* the newest first */
	unsigned int place_count;
};

struct book_of_addresses {
	struct recent recent;
	int64_t complete_ms; /* the last complete answer; 0: none yet */
};

enum { LONG_AGO_MS = 1 };

int book_new(struct book_of_addresses **ret, uint32_t peers_max, uint64_t seed)
{
	struct book_of_addresses *self = calloc(1, sizeof(*self));
	int error;

	if (!self)
		return -ENOMEM;
	error = recent_init(&self->recent, sizeof(struct book_record), peers_max, seed);
	if (error)
		free(self);
	else
		*ret = self;
	return error;
}

void book_free(struct book_of_addresses *self)
{
	if (self)
		recent_release(&self->recent);
	free(self);
}

static bool is_at(const struct place *place, const struct endpoint *addr)
{
	return addr_equal(&place->addr, &addr->addr) && place->port == addr->port &&
	       place->has_transport == addr->has_transport &&
	       (!place->has_transport || place->transport == addr->transport);
}

static void move(struct book_record *record, const struct endpoint *addr, int64_t at_ms)
{
	if (record->place_count && !record->places[0].gone_ms)
		record->places[0].gone_ms = at_ms;
	memmove(record->places + 1, record->places, (BOOK_PLACES - 1) * sizeof(*record->places));
	record->places[0] = (struct place){.addr = addr->addr,
					   .port = addr->port,
					   .has_transport = addr->has_transport,
					   .transport = addr->transport,
					   .began_ms = at_ms};
	if (record->place_count < BOOK_PLACES)
		record->place_count++;
}

void book_says(struct book_of_addresses *self, const char *peer, const struct endpoint *addr,
	       enum way way, bool connected, int64_t at_ms)
{
	struct book_record *record;
	struct place *place;

	if (way != WAY_INBOUND || !addr || strlen(peer) >= NEWS_PEER_MAX)
		return;
	if (!self->complete_ms)
		at_ms = LONG_AGO_MS;
	record = recent_hear(&self->recent, peer);
	place = &record->places[0];
	if (!record->place_count || !is_at(place, addr) || (place->gone_ms && connected))
		move(record, addr, at_ms);
	if (!connected && !place->gone_ms)
		place->gone_ms = at_ms;
}

void book_said_all(struct book_of_addresses *self, int64_t at_ms)
{
	self->complete_ms = at_ms;
}

bool book_is_fresh(const struct book_of_addresses *self, int64_t now_ms)
{
	return self->complete_ms && now_ms - self->complete_ms <= BOOK_FRESH_MS;
}

static bool is_near(int64_t changed_ms, int64_t at_ms)
{
	return changed_ms && changed_ms >= at_ms - BOOK_BEFORE_MS &&
	       changed_ms <= at_ms + BOOK_AFTER_MS;
}

/* Whether the peer was there then: the answer is from after that time, or the place is known to be of that time. */
static bool is_of(const struct book_of_addresses *self, const struct place *place, bool newest,
		  int64_t at_ms)
{
	return (newest && self->complete_ms >= at_ms + BOOK_LAG_MS) ||
	       is_near(place->began_ms, at_ms) || is_near(place->gone_ms, at_ms) ||
	       (place->began_ms <= at_ms && !place->gone_ms);
}

int book_find(const struct book_of_addresses *self, const char *peer, int64_t at_ms,
	      struct endpoint *ret_addr)
{
	const struct book_record *record = recent_find(&self->recent, peer);

	for (unsigned int i = 0; record && i < record->place_count; i++) {
		const struct place *place = &record->places[i];

		if (!is_of(self, place, !i, at_ms))
			continue;
		*ret_addr = (struct endpoint){.addr = place->addr,
					      .port = place->port,
					      .has_transport = place->has_transport,
					      .transport = place->transport};
		return 0;
	}
	return -ENOENT;
}

bool book_disputes(const struct book_of_addresses *self, const char *peer,
		   const struct endpoint *addr)
{
	const struct book_record *record = recent_find(&self->recent, peer);

	for (unsigned int i = 0; record && i < record->place_count; i++)
		if (addr_equal(&record->places[i].addr, &addr->addr))
			return false;
	return record;
}

static bool fits(const struct place *place, enum course course, int64_t at_ms)
{
	if (course == COURSE_LIVES)
		return !place->gone_ms && is_near(place->began_ms, at_ms);
	return is_near(place->gone_ms, at_ms) &&
	       (course == COURSE_ENDED || place->gone_ms - place->began_ms <= BOOK_SHORT_MS);
}

bool book_bears_out(const struct book_of_addresses *self, const char *peer,
		    const struct endpoint *addr, enum course course, int64_t at_ms)
{
	const struct book_record *record = recent_find(&self->recent, peer);

	for (unsigned int i = 0; record && i < record->place_count; i++) {
		const struct place *place = &record->places[i];

		if ((!addr || is_at(place, addr)) && fits(place, course, at_ms))
			return true;
	}
	return false;
}

uint32_t book_count(const struct book_of_addresses *self)
{
	return self->recent.pool.count;
}
