/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include "ban.h"
#include "contacts.h"
#include "forks.h"
#include "ladder.h"
#include "links.h"
#include "memo.h"
#include "merit.h"
#include "offence.h"
#include "places.h"
#include "refuse.h"
#include "sites.h"
#include "trust.h"

enum { GOODBYE_FULL = 129 }; /* Prysm's and Lighthouse's code for too many peers */

/* A goodbye's direction is who said it: inbound, they did. */
static bool is_said_by_them(const struct hearing *hearing)
{
	return hearing->report->event == REPORT_GOODBYE &&
	       hearing->report->direction == DIRECTION_INBOUND;
}

/* Fullness is a state of the node, not of a source; the source waits only when the node itself says that it sent it away. */
static void on_capacity(struct policy *self, struct hearing *hearing)
{
	struct peer *peer = hearing_peer(self, hearing);
	struct source *source = hearing_source(self, hearing);
	bool is_ours = !is_said_by_them(hearing) && !hearing->report->second_hand &&
		       hearing->rule->reason != REASON_CLIENT_SHUTDOWN;
	struct past *past = is_ours && source ? &source->past : peer ? &peer->past : NULL;
	const struct prefix prefix = hearing->place
					     ? place_prefix(self, place_at(self, hearing->place))
					     : (struct prefix){.length = 0};
	uint32_t first_s, seconds;
	struct ruling ruling;
	unsigned int step;

	if (!past)
		return;
	step = ladder_capacity(&past->capacity, hearing->at_ns);
	first_s = hearing->report->goodbye_code == GOODBYE_FULL ? self->settings.capacity_goodbye_s
								: self->settings.capacity_s;
	seconds = ladder_jitter(&self->hash, &prefix, step,
				ladder_grow(first_s, step, self->settings.capacity_max_s),
				self->settings.capacity_max_s);
	ruling = ruling_for(hearing, STANDING_NEUTRAL, seconds);
	past->capacity.end_at = ruling.until_at;
	memo_add(self, past, hearing, 0);
	if (peer && hearing->rule->reason != REASON_CLIENT_SHUTDOWN)
		quality_bad(&peer->quality, &self->settings, EVIDENCE_FULL_MILLI, hearing->at_ns);
	if (is_ours && source)
		refuse(self, hearing, &ruling);
	if (peer && !ruling_is_live(&peer->ruling, hearing->at_ns))
		peer->ruling = ruling;
}

/* A dial that succeeded; who comes in tells nothing about whether he can be dialled. */
static void forget_dials(const struct policy *self, const struct hearing *hearing)
{
	struct peer *peer = hearing_peer(self, hearing);

	if (!peer || !hearing_is_outbound(self, hearing))
		return;
	peer->dial = 0;
	if (hearing->link)
		hearing->link->dial = 0;
}

static void on_good(struct policy *self, struct hearing *hearing)
{
	struct peer *peer = hearing_peer(self, hearing);
	struct source *source = hearing_source(self, hearing);

	contact_note(self, hearing, true);
	if (peer) {
		merit_take(self, hearing);
		peer->success_at = moment_of(hearing->at_ns);
		peer->past.tried = true;
		peer->established = true;
		memo_add(self, &peer->past, hearing, 0);
		forget_dials(self, hearing);
	}
	if (!peer || !source)
		return; /* without an identity nothing was proven, for or against */
	memo_add(self, &source->past, hearing, 0);
	source->past.tried = true;
	source->run = 0;
	if (hearing->link) {
		hearing->link->good = true;
		link_move(self, hearing->peer, hearing->link, hearing->at_ns);
		link_age(hearing->link, hearing->at_ns);
	}
	if (!source->past.known)
		neighbours_count(self, place_at(self, hearing->place), true);
	source->past.known = true;
}

/* A follower cannot give trust or take a refusal back: lines can be forged. */
static void on_trust(struct policy *self, struct hearing *hearing)
{
	if (hearing->report->second_hand || !hearing->peer)
		return;
	memo_add(self, &hearing_peer(self, hearing)->past, hearing, 0);
	trust_peer(self, hearing->peer, hearing->at_ns);
}

static void on_clear(struct policy *self, struct hearing *hearing)
{
	if (hearing->report->second_hand || !hearing->peer)
		return;
	memo_add(self, &hearing_peer(self, hearing)->past, hearing, 0);
	trust_clear(self, hearing->peer, hearing->at_ns);
}

static void on_nothing(struct policy *self, struct hearing *hearing)
{
	(void)self;
	(void)hearing;
}

void judge(struct policy *self, struct hearing *hearing)
{
	static void (*const effects[EVIDENCES])(struct policy *, struct hearing *) = {
		[EVIDENCE_NOTHING] = on_nothing, [EVIDENCE_GOOD] = on_good,
		[EVIDENCE_SUSPECT] = on_suspect, [EVIDENCE_CAPACITY] = on_capacity,
		[EVIDENCE_FORK] = on_fork,	 [EVIDENCE_PROOF] = on_proof,
		[EVIDENCE_TRUST] = on_trust,	 [EVIDENCE_CLEAR] = on_clear,
	};

	if (!hearing->is_released)
		fork_hear(self, hearing);
	if (hearing->rule->is_theirs_free && is_said_by_them(hearing))
		return;
	if (hearing->peer && !hearing->is_released)
		hearing->connection = hearing_peer(self, hearing)->connection;
	effects[hearing->rule->class](self, hearing);
}
