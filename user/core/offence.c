/* SPDX-License-Identifier: BSD-2-Clause */
#include "offence.h"

#include "contacts.h"
#include "details.h"
#include "doubt.h"
#include "ladder.h"
#include "links.h"
#include "memo.h"
#include "places.h"
#include "refuse.h"
#include "retry.h"

enum {
	RUN_BACKS_OFF =
		2, /* failures on distinct connections, one after the other, that back a source off */
	SAME_CONNECTION_S =
		5, /* failures without a port or a connect between them are one, within so long */
	ALLOWANCE_S = 10 * MINUTE_S,
};

/* This follower's allowance for this source, or one that nobody has used for long; NULL: others have them all. */
static struct allowance *find_allowance(struct details *details, const struct hearing *hearing)
{
	for (int i = 0; i < REPORTERS; i++) {
		struct allowance *at = &details->allowances[i];

		if (at->used && at->reporter == hearing->report->reporter)
			return at;
	}
	for (int i = 0; i < REPORTERS; i++) {
		struct allowance *at = &details->allowances[i];

		if (!moment_is_within(at->last_at, ALLOWANCE_S, hearing->at_ns))
			return at;
	}
	return NULL;
}

/* Whose details made room for others' may have had one, and used it up just now. */
static struct allowance first_allowance(const struct policy *self, const struct source *source,
					const struct hearing *hearing)
{
	struct allowance first = {.reporter = hearing->report->reporter, .used = true};

	if (source->past.thinned) {
		first.spent = (uint16_t)self->settings.follower_allowance;
		first.last_at = moment_of(hearing->at_ns);
	}
	return first;
}

/* Law 1: what is left of this follower's allowance for this source, up to @points; the node itself has no limit. */
static unsigned int allowed(struct policy *self, struct source *source,
			    const struct hearing *hearing, unsigned int points)
{
	struct allowance *mine;

	if (!hearing->report->second_hand)
		return points;
	mine = find_allowance(details_want(self, &source->past, hearing->at_ns), hearing);
	if (!mine)
		return 0;
	/* Begins anew ten minutes after the last point taken: no ten minutes hold more than one allowance. */
	if (!mine->used || mine->reporter != hearing->report->reporter)
		*mine = first_allowance(self, source, hearing);
	else if (!moment_is_within(mine->last_at, ALLOWANCE_S, hearing->at_ns))
		*mine = (struct allowance){.reporter = hearing->report->reporter, .used = true};
	if (points > self->settings.follower_allowance - mine->spent)
		points = self->settings.follower_allowance - mine->spent;
	mine->spent += (uint16_t)points;
	if (points)
		moment_later(&mine->last_at, hearing->at_ns);
	return points;
}

/* A failure costs ten points and counts for a contact that failed; what costs less, for a part of one. */
static unsigned int evidence_milli(unsigned int points)
{
	return points < 10 ? points * EVIDENCE_FAILED_MILLI / 10 : EVIDENCE_FAILED_MILLI;
}

unsigned int offence_debit(struct policy *self, const struct hearing *hearing,
			   struct source *source, unsigned int points)
{
	struct peer *peer = hearing_peer(self, hearing);
	unsigned int lost = source ? allowed(self, source, hearing, points) : 0;

	contact_note(self, hearing, false);
	if (peer) {
		ledger_debit(&peer->past.ledger, &self->settings, points, hearing->at_ns);
		quality_bad(&peer->quality, &self->settings, evidence_milli(points),
			    hearing->at_ns);
		peer->failure_at = moment_of(hearing->at_ns);
		memo_add(self, &peer->past, hearing, points);
	}
	if (source) {
		ledger_debit(&source->past.ledger, &self->settings, lost, hearing->at_ns);
		memo_add(self, &source->past, hearing, lost);
	}
	return lost;
}

static bool is_another_connection(const struct failure *last, const struct hearing *hearing)
{
	uint16_t port = hearing->report->port;

	if (last->peer != hearing->peer || last->connection != hearing->connection)
		return true;
	if (port && last->port && port != last->port)
		return true;
	return moment_of(hearing->at_ns) > moment_after(last->at, SAME_CONNECTION_S);
}

static void count_failure(struct policy *self, struct source *source, const struct hearing *hearing)
{
	struct failure *last = &details_want(self, &source->past, hearing->at_ns)->failure;
	bool is_remembered = moment_is_within(last->at, HOUR_S, hearing->at_ns) ||
			     moment_is_within(source->past.backoffs.end_at, DAY_S, hearing->at_ns);

	if (!is_remembered)
		source->run = 0;
	if (source->run && !is_another_connection(last, hearing))
		return;
	if (source->run < UINT16_MAX)
		source->run++;
	*last = (struct failure){.at = moment_of(hearing->at_ns),
				 .peer = hearing->peer,
				 .connection = hearing->connection,
				 .port = hearing->report->port};
}

/* Law 16, of the peer that it is about; where nobody is named, law 4: of anybody there. */
static bool was_good(const struct policy *self, const struct hearing *hearing,
		     const struct source *source)
{
	if (hearing->link)
		return link_is_tenured(hearing->link, hearing->at_ns);
	return source_has_tenured(self, source, 0, hearing->at_ns);
}

void offence_back_off(struct policy *self, const struct hearing *hearing, struct source *source,
		      uint32_t max_s)
{
	unsigned int step =
		ladder_backoff(&source->past.backoffs, &source->past.raised_at, hearing->at_ns);
	unsigned int doublings = was_good(self, hearing, source) ? 0 : 2 * step;
	uint32_t seconds = ladder_grow(self->settings.backoff_s, doublings, max_s);
	struct ruling ruling = ruling_for(hearing, STANDING_NEUTRAL, seconds);

	source->past.backoffs.end_at = ruling.until_at;
	refuse(self, hearing, &ruling);
	if (hearing->peer)
		hearing_peer(self, hearing)->ruling = ruling;
}

static bool backs_off(const struct policy *self, const struct hearing *hearing,
		      const struct source *source, bool is_failure)
{
	if (source_has_good(self, source, hearing->peer))
		return false;
	if (is_failure && source->run >= RUN_BACKS_OFF)
		return true;
	return !hearing->rule->is_mild && hearing->peer && !hearing->report->second_hand &&
	       ledger_penalty(&source->past.ledger, &self->settings, hearing->at_ns) >=
		       BAND_DISCOURAGED;
}

/* The address waits, for dialling; where nobody told it, the peer does. */
static void note_dial(const struct policy *self, const struct hearing *hearing)
{
	struct peer *peer = hearing_peer(self, hearing);

	if (hearing->link)
		hearing->link->dial = dial_failed(hearing->link->dial, hearing->at_ns);
	else if (peer)
		peer->dial = dial_failed(peer->dial, hearing->at_ns);
}

/* What of @points it takes now: see doubt.h. */
static unsigned int weigh(const struct policy *self, const struct hearing *hearing,
			  unsigned int points)
{
	return suspicion_weighs(self, hearing) ? points : 0;
}

/* Told late, or held: a connection of that peer has worked since. */
static bool has_worked_since(const struct policy *self, const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);

	return peer && moment_of(hearing->at_ns) < peer->success_at;
}

void offence_suspect(struct policy *self, const struct hearing *hearing, unsigned int points,
		     bool is_failure)
{
	bool is_dial = hearing->rule->is_dial && hearing_is_outbound(self, hearing);
	struct source *source = is_dial ? NULL : hearing_source(self, hearing);
	unsigned int lost;

	if (is_dial && !hearing->is_released)
		note_dial(self, hearing); /* whoever's fault: the next try is not due yet */
	if (breaker_takes(self, hearing))
		return;
	lost = offence_debit(self, hearing, source, weigh(self, hearing, points));
	if (!source || (!lost && !is_failure))
		return;
	/* An allowance that bad answers have used up is no reason to forget a connection that failed. */
	if (hearing->report->second_hand &&
	    !find_allowance(details_want(self, &source->past, hearing->at_ns), hearing))
		return;
	if (is_failure && has_worked_since(self, hearing))
		return;
	if (is_failure)
		count_failure(self, source, hearing);
	if (backs_off(self, hearing, source, is_failure))
		offence_back_off(self, hearing, source,
				 hearing->rule->class == EVIDENCE_FORK
					 ? self->settings.fork_max_s
					 : self->settings.backoff_max_s);
}

/* Told in accounts, and nothing else: the want may be our own. */
static void note_only(struct policy *self, const struct hearing *hearing)
{
	struct source *source = hearing_source(self, hearing);

	if (hearing->peer)
		memo_add(self, &hearing_peer(self, hearing)->past, hearing, 0);
	if (source)
		memo_add(self, &source->past, hearing, 0);
}

void on_suspect(struct policy *self, struct hearing *hearing)
{
	if (hearing->rule->is_useless && !suspicion_weighs(self, hearing)) {
		note_only(self, hearing);
		return;
	}
	if (hearing->rule_number == evidence_churn())
		on_churn(self, hearing);
	else
		offence_suspect(self, hearing, hearing->rule->points, hearing->rule->is_failure);
}

void on_churn(struct policy *self, struct hearing *hearing)
{
	struct source *source = hearing_source(self, hearing);
	const struct ruling *live = place_automatic(self, place_at(self, hearing->place));

	if (breaker_takes(self, hearing))
		return;
	if (hearing->is_released && ruling_is_live(live, self->now_ns))
		return; /* backed off meanwhile, for the same row perhaps */
	self->counts.churns++;
	offence_debit(self, hearing, source, weigh(self, hearing, hearing->rule->points));
	offence_back_off(self, hearing, source, self->settings.backoff_max_s);
}
