/* SPDX-License-Identifier: BSD-2-Clause */
#include "world.h"

#include <stdlib.h>

void world_later(struct world *self, uint64_t wait_ms, enum deed deed, uint32_t who, uint32_t what,
		 uint32_t serial)
{
	agenda_put(&self->agenda, &(struct entry){.at_ms = self->now_ms + wait_ms,
						  .deed = deed,
						  .who = who,
						  .what = what,
						  .serial = serial});
}

void world_tell(struct world *self, uint32_t who, uint32_t other, bool outbound,
		enum happening happening, uint32_t latency_ms)
{
	const struct being *being = being_at(self, who);

	if (!being->strategy)
		return;
	being->strategy->happened(being->state, &(struct news){.happening = happening,
							       .other = other,
							       .outbound = outbound,
							       .latency_ms = latency_ms});
}

static void beat(struct world *self, const struct entry *entry)
{
	const struct link *link = &self->links[entry->what];

	if (link->is_alive && link->serial == entry->serial)
		link_beat(self, entry->what);
}

static void happen(struct world *self, const struct entry *entry)
{
	switch (entry->deed) {
	case DEED_TICK:
		if (entry->serial == being_at(self, entry->who)->generation)
			node_tick(self, entry->who);
		break;
	case DEED_DIAL:
		bad_dial(self, entry->who);
		break;
	case DEED_DIAL_END:
		dial_end(self, entry->what);
		break;
	case DEED_BEAT:
		beat(self, entry);
		break;
	case DEED_LEAVE:
		node_leave(self, entry->who, entry->serial);
		break;
	case DEED_RETURN:
		node_return(self, entry->who);
		break;
	case DEED_UPGRADE:
		twist_upgrade(self, entry->who);
		break;
	case DEED_MOMENT:
		moment_comes(self, entry->what);
		break;
	}
}

void world_run(struct world *self, const struct scenario *scenario, const struct strategy *strategy,
	       uint64_t seed)
{
	struct entry entry;

	*self = (struct world){.scenario = *scenario,
			       .dice = {.state = seed * UINT64_C(0x2545f4914f6cdd1d) + 1},
			       .free_link = NOBODY,
			       .free_dial = NOBODY};
	world_populate(self, strategy);
	history_open(self);
	moments_plan(self);
	while (agenda_take(&self->agenda, &entry) && entry.at_ms <= scenario->minutes * 60000ull) {
		self->now_ms = entry.at_ms;
		happen(self, &entry);
	}
	self->now_ms = scenario->minutes * 60000ull;
	history_close(self);
}

void world_free(struct world *self)
{
	for (uint32_t i = 0; i < self->being_count; i++) {
		struct being *being = &self->beings[i];

		if (being->strategy)
			being->strategy->close(being->state);
		free(being->links);
		free(being->book);
	}
	free(self->agenda.entries);
	free(self->beings);
	free(self->hosts);
	free(self->links);
	free(self->dials);
	free(self->announced);
	free(self->reachable);
	free(self->history.contacts);
	free(self->history.lives);
}
