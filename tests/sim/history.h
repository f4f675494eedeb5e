/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history: what is kept of what happened, and the figures that follow from it. POLICY's goals are computed from here alone. Only
 * subjects count: the nodes whose strategy is the one under test.
 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "strategy.h"

struct link;

/* Rates and shares are counted from here on: the first hour, in which all begin with nothing, is everybody's alike. */
enum { WARM_MS = 3600000 };

/* What a node knows of an address, had it a perfect memory. */
enum { CONTACT_MET = 1, CONTACT_PROVEN = 2, CONTACT_SUSPECT = 4, CONTACT_SUSPECT_TWICE = 8 };

/* Of one node. */
struct life {
	uint64_t online_ms, since_ms;
	uint32_t handshakes;		       /* that others began here: goal 10 */
	uint64_t durable_ms, half_ms, full_ms; /* a newcomer's, from its joining; 0: never */
	uint32_t good_links;
	uint32_t before; /* links before the twist */
	uint32_t kept;
	uint64_t back_ms; /* back to 90 % of them */
	bool is_struck;
};

struct history {
	uint8_t *contacts; /* node x host */
	uint32_t hosts;
	struct life *lives;
	uint64_t bad_in_of[8], again_in[8], again_out[8]; /* by kind */
	uint64_t bad_in, bad_out, repeats, first_bad, gained;
	uint64_t refused[REFUSAL_BAN + 1]; /* honest attempts, by what refused them */
	uint64_t attempts, forged_passed;
	/* Goal 4. */
	uint64_t marked_ms, half_gone_ms;
	uint32_t marked, gone;
	/* Shares of slots, summed over looks. */
	double good_share, bad_share, looks;
	/* Goals 6 and 7. */
	double attacker_in, attacker_out, attacker_worst;
	uint32_t only_his;
	uint32_t slots_before, slots_10, slots_30;
	/* Goal 8: pairs, at the worst look after the twist. */
	uint64_t struck_ms, free_ms; /* when it began, ended */
	uint32_t bans_by, bans_of;
	double good_before, good_after;		 /* good links over the target, of all */
	double behind_good;			 /* and of those behind one NAT */
	uint64_t honest_bans, honest_suspicions; /* pairs of honest nodes an hour after */
};

struct world;

void history_open(struct world *world);
void history_close(struct world *world);

/* A handshake has begun between @who and @other; @outbound: @who dialled. */
void history_contact(struct world *world, uint32_t who, uint32_t other, bool outbound);
void history_fault(struct world *world, uint32_t who, uint32_t other, bool is_proof);
void history_refused(struct world *world, uint32_t who, uint32_t from, enum refusal refusal);
void history_linked(struct world *world, const struct link *link);
void history_unlinked(struct world *world, const struct link *link);

void history_online(struct world *world,
		    uint32_t who); /* it goes, or the run ends: how long it was there */

/* Looks at everything. */
void history_look(struct world *world);	     /* who holds the slots */
void history_mark(struct world *world);	     /* whose life is followed from now on */
void history_shares(struct world *world);    /* the attacker's, node by node */
uint32_t history_slots(struct world *world); /* the attacker's, in all */
void history_bans(struct world *world);	     /* by and of struck nodes, now */
void history_held(struct world *world);	     /* what honest nodes hold against each other, now */
double history_good(const struct world *world, bool behind_only);

/* Lines "scenario, strategy, seed, figure, value", apart by tabs. */
void history_tell(struct world *world, const char *strategy, uint64_t seed, FILE *out);

#endif
