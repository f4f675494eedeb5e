/* SPDX-License-Identifier: BSD-2-Clause */
/* held: suspect evidence that waits a minute, in case that the fault is ours. In a ring, oldest first. */
#include "breaker.h"

#include "judge.h"
#include "links.h"
#include "peers.h"
#include "places.h"

enum { HOLD_S = MINUTE_S };

static uint64_t peer_tag(const struct policy *self, uint32_t number)
{
	const char *id = peer_id(self, peer_at(self, number));

	return hash_bytes(&self->hash, id, strlen(id));
}

static uint64_t place_tag(const struct policy *self, uint32_t number)
{
	const struct prefix prefix = place_prefix(self, place_at(self, number));

	return hash_bytes(&self->hash, &prefix, sizeof(prefix));
}

static struct withheld *item_at(const struct holding *self, uint32_t i)
{
	return &self->items[(self->first + i) % HELD_MAX_ITEMS];
}

static struct report report_of(const struct withheld *item)
{
	return (struct report){.port = item->port,
			       .direction = (enum direction)item->direction,
			       .service = item->service,
			       .event = (enum report_event)item->event,
			       .result = (enum report_result)item->result,
			       .reason = (enum reason)item->reason,
			       .goodbye_code = item->goodbye_code,
			       .second_hand = item->second_hand,
			       .reporter = item->reporter};
}

/* Judged as if it came now, but for its moment. Whoever was forgotten meanwhile has nothing to fear. */
static void release(struct policy *self, const struct withheld *item)
{
	const struct report report = report_of(item);
	struct hearing hearing = {.report = &report,
				  .rule = evidence_at(item->rule),
				  .rule_number = item->rule,
				  .at_ns = item->at_ns,
				  .peer = item->peer,
				  .place = item->place,
				  .connection = item->connection,
				  .is_released = true};

	if ((item->peer && peer_tag(self, item->peer) != item->peer_tag) ||
	    (item->place && place_tag(self, item->place) != item->place_tag))
		return;
	if (item->place && !place_know(self, item->place))
		return;
	if (item->peer && item->place)
		hearing.link = link_find(self, item->peer, item->place);
	judge(self, &hearing);
	if (item->place)
		place_sync(self, item->place, self->now_ns);
	if (item->peer)
		peer_shelve(self, item->peer);
}

static void release_first(struct policy *self)
{
	const struct withheld item = *item_at(&self->holding, 0);

	self->holding.first = (self->holding.first + 1) % HELD_MAX_ITEMS;
	self->holding.count--;
	release(self, &item);
}

void held_add(struct policy *self, const struct hearing *hearing)
{
	const struct report *report = hearing->report;

	if (self->holding.count == HELD_MAX_ITEMS)
		release_first(self);
	*item_at(&self->holding, self->holding.count++) = (struct withheld){
		.at_ns = hearing->at_ns,
		.due_ns = after_s(self->now_ns, HOLD_S),
		.peer_tag = hearing->peer ? peer_tag(self, hearing->peer) : 0,
		.place_tag = hearing->place ? place_tag(self, hearing->place) : 0,
		.peer = hearing->peer,
		.place = hearing->place,
		.connection = hearing->connection,
		.reporter = report->reporter,
		.port = report->port,
		.goodbye_code = report->goodbye_code,
		.event = (uint8_t)report->event,
		.result = (uint8_t)report->result,
		.reason = (uint8_t)report->reason,
		.direction = hearing_is_outbound(self, hearing) ? DIRECTION_OUTBOUND
								: (uint8_t)report->direction,
		.rule = hearing->rule_number,
		.service = (int8_t)report->service,
		.second_hand = report->second_hand};
}

void held_release(struct policy *self, uint64_t due_ns)
{
	while (self->holding.count && item_at(&self->holding, 0)->due_ns <= due_ns)
		release_first(self);
}

uint32_t held_void(struct policy *self)
{
	uint32_t count = self->holding.count;

	self->holding.count = 0;
	return count;
}
