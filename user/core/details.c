/* SPDX-License-Identifier: BSD-2-Clause */
#include "details.h"

/* An owner is a peer's number, or a place's with the highest bit set. Moving to the young end can wait for a minute. */
enum { TOUCH_S = MINUTE_S, SPARED_S = HOUR_S };

#define OWNER_IS_PLACE (UINT32_C(1) << 31)

uint32_t details_max(const struct policy_settings *settings)
{
	return (settings->peers_max + settings->sources_max) / RECORDS_A_DETAIL + DETAILS_LEAST;
}

static uint32_t owner_of(const struct policy *self, const struct past *past)
{
	const uint8_t *peers = self->peers.items;
	const uint8_t *at = (const uint8_t *)past;
	size_t size = self->peers.size * self->peers.max;

	if (at >= peers && at < peers + size)
		return (uint32_t)((size_t)(at - peers) / self->peers.size) + 1;
	return ((uint32_t)((const struct source *)(const void *)at - self->sources) + 1) |
	       OWNER_IS_PLACE;
}

static struct past *past_of(const struct policy *self, uint32_t owner)
{
	if (owner & OWNER_IS_PLACE)
		return &self->sources[(owner & ~OWNER_IS_PLACE) - 1].past;
	return &peer_at(self, owner)->past;
}

static struct details *at(const struct policy *self, uint32_t number)
{
	return pool_at(&self->details, number);
}

struct details *details_of(const struct policy *self, const struct past *past)
{
	return past->details ? at(self, past->details) : NULL;
}

void details_drop(struct policy *self, struct past *past)
{
	if (!past->details)
		return;
	list_remove(&self->details_heard, past->details);
	pool_give(&self->details, past->details);
	past->details = 0;
}

static void make_room(struct policy *self)
{
	struct past *past = past_of(self, at(self, self->details_heard.oldest)->owner);

	details_drop(self, past);
	past->thinned = true;
	self->counts.details_evicted++;
}

static struct details *make(struct policy *self, struct past *past, uint64_t at_ns)
{
	uint32_t number = pool_take(&self->details);

	if (!number) {
		make_room(self);
		number = pool_take(&self->details);
	}
	past->details = number;
	at(self, number)->owner = owner_of(self, past);
	at(self, number)->heard_at = moment_of(at_ns);
	list_append(&self->details_heard, number);
	return at(self, number);
}

static struct details *touch(struct policy *self, struct past *past, uint64_t at_ns)
{
	struct details *details = at(self, past->details);
	uint32_t now = moment_of(at_ns);

	if (now < moment_after(details->heard_at, TOUCH_S))
		return details;
	details->heard_at = now;
	list_remove(&self->details_heard, past->details);
	list_append(&self->details_heard, past->details);
	return details;
}

struct details *details_want(struct policy *self, struct past *past, uint64_t at_ns)
{
	return past->details ? touch(self, past, at_ns) : make(self, past, at_ns);
}

struct details *details_spare(struct policy *self, struct past *past, uint64_t at_ns)
{
	uint32_t oldest = self->details_heard.oldest;

	if (past->details)
		return touch(self, past, at_ns);
	if (self->details.count == self->details.max &&
	    moment_is_within(at(self, oldest)->heard_at, SPARED_S, at_ns)) {
		past->thinned = true;
		return NULL;
	}
	return make(self, past, at_ns);
}
