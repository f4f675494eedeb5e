/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * breaker: law 6. When at least eight and at least half of the connected networks show a new suspect failure within a minute,
 * and success with the rest fell below half of what it was in the ten minutes before, the fault is probably ours: what was
 * held is void, and so is all suspect evidence until two minutes were calm; ten minutes at most, three times an hour at most.
 * Proof goes on, and what is refused stays so.
 *
 * Evidence that could be our own fault is held for the minute in which that may turn out: against a peer or source that once
 * succeeded, while eight networks count. Everything else counts at once: strangers that fail have nothing to do with us, and
 * with fewer networks nobody can tell.
 */
#ifndef BREAKER_H
#define BREAKER_H

#include <stdbool.h>
#include <stdint.h>

struct policy;
struct hearing;

enum { BREAKER_SAMPLES = 11, BREAKER_OPENINGS = 3, HELD_MAX_ITEMS = 4096 };

/* What the counted networks show: @ok of those that did not fail. */
struct breaker_look {
	uint32_t counted, failed, ok;
	uint32_t share,
		before; /* success in thousandths: with the rest now, and with all in the ten minutes before */
};

struct breaker {
	bool by_operator;
	uint64_t since_ns, until_ns; /* until 0: closed */
	uint64_t trouble_ns;	     /* when it was last not calm */
	uint64_t quiet_ns;	     /* an operator resumed: it does not open before */
	uint64_t opened_ns[BREAKER_OPENINGS];
	uint32_t opened, failure_s;
	uint64_t voided;
	uint16_t samples[BREAKER_SAMPLES]; /* of success, one a minute */
	uint32_t sampled, minute;
	struct breaker_look look; /* the last one, for the words */
	bool is_barred;		  /* it would have opened */
};

/* Suspect evidence held back, in a ring. See held.c. */
struct withheld {
	uint64_t at_ns, due_ns;
	uint64_t peer_tag, place_tag; /* a number may be another's by then */
	uint32_t peer, place, connection, reporter;
	uint16_t port, goodbye_code;
	uint8_t event, result, reason, direction, rule;
	int8_t service;
	bool second_hand;
};

struct holding {
	struct withheld *items; /* HELD_MAX_ITEMS */
	uint32_t first, count;
};

bool breaker_is_open(const struct policy *self);

/*
 * Whether suspect evidence is not to count now: it is void, or it is held and judged again in a minute (is_released). Notes
 * the failure of its network in either case.
 */
bool breaker_takes(struct policy *self, const struct hearing *hearing);

/* About each second: opens, closes, lets go what was held for a minute. */
void breaker_tick(struct policy *self);

/* held.c: the oldest counts at once when there is no room. */
void held_add(struct policy *self, const struct hearing *hearing);
void held_release(struct policy *self, uint64_t due_ns);
uint32_t held_void(struct policy *self); /* how many */

#endif
