/* SPDX-License-Identifier: BSD-2-Clause */
/* agenda: what will happen, the earliest first; of two at one moment the one that was noted first. */
#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H

#include <stdbool.h>
#include <stdint.h>

enum deed {
	DEED_TICK,     /* a node looks after its links: @who */
	DEED_DIAL,     /* a bad peer's next dial: @who */
	DEED_DIAL_END, /* what came of a dial: @what */
	DEED_BEAT, /* the two ends of a link ask each other something: @what, if it is still the same: @serial */
	DEED_LEAVE,   /* a node stops: @who */
	DEED_RETURN,  /* and starts again, or for the first time */
	DEED_UPGRADE, /* to the new fork: @who */
	DEED_MOMENT,  /* something of the scenario, or a look at everything: @what */
};

struct entry {
	uint64_t at_ms, order;
	enum deed deed;
	uint32_t who, what, serial;
};

struct agenda {
	struct entry *entries;
	uint32_t count, room;
	uint64_t order;
};

void agenda_put(struct agenda *self, const struct entry *entry);
bool agenda_take(struct agenda *self, struct entry *ret);

#endif
