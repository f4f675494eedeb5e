/* SPDX-License-Identifier: BSD-2-Clause */
#include "offence.h"

#include "contacts.h"
#include "details.h"
#include "doubt.h"
#include "ladder.h"
#include "links.h"
#include "memo.h"
#include "refuse.h"
#include "retry.h"

enum {
	RUN_BACKS_OFF =
		2, /* failures on distinct connections, one after the other, that back a source off */
	RUN_CONFIRMS = 2, /* earlier failures that a follower's verdict or proof needs (law 1) */
	UNCONFIRMED = 10, /* points of a proof that nothing confirms */
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

/* Takes points from the peer and, when @source, from its source. Returns what the source lost. */
static unsigned int debit(struct policy *self, const struct hearing *hearing, struct source *source,
			  unsigned int points)
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

static bool is_another_connection(const struct policy *self, const struct failure *last,
				  const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);
	uint16_t port = hearing->report->port;

	if (last->peer != hearing->peer || (peer && last->connection != peer->connection))
		return true;
	if (port && last->port && port != last->port)
		return true;
	return moment_of(hearing->at_ns) > moment_after(last->at, SAME_CONNECTION_S);
}

static void count_failure(struct policy *self, struct source *source, const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);
	struct failure *last = &details_want(self, &source->past, hearing->at_ns)->failure;
	bool is_remembered = moment_is_within(last->at, HOUR_S, hearing->at_ns) ||
			     moment_is_within(source->past.backoffs.end_at, DAY_S, hearing->at_ns);

	if (!is_remembered)
		source->run = 0;
	if (source->run && !is_another_connection(self, last, hearing))
		return;
	if (source->run < UINT16_MAX)
		source->run++;
	*last = (struct failure){.at = moment_of(hearing->at_ns),
				 .peer = hearing->peer,
				 .connection = peer ? peer->connection : 0,
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

/* Suspect: 10 minutes, then four times longer a level; who was good for an hour gets the first step only. */
static void back_off(struct policy *self, const struct hearing *hearing, struct source *source,
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

static void suspect_of(struct policy *self, const struct hearing *hearing, unsigned int points,
		       bool is_failure)
{
	bool is_dial = hearing->rule->is_dial && hearing_is_outbound(self, hearing);
	struct source *source = is_dial ? NULL : hearing_source(self, hearing);
	unsigned int lost = debit(self, hearing, source, weigh(self, hearing, points));

	if (is_dial)
		note_dial(self, hearing);
	if (!source || (!lost && !is_failure))
		return;
	/* An allowance that bad answers have used up is no reason to forget a connection that failed. */
	if (hearing->report->second_hand &&
	    !find_allowance(details_want(self, &source->past, hearing->at_ns), hearing))
		return;
	if (is_failure)
		count_failure(self, source, hearing);
	if (backs_off(self, hearing, source, is_failure))
		back_off(self, hearing, source, self->settings.backoff_max_s);
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
	suspect_of(self, hearing, hearing->rule->points, hearing->rule->is_failure);
}

void on_churn(struct policy *self, struct hearing *hearing)
{
	struct source *source = hearing_source(self, hearing);

	debit(self, hearing, source, weigh(self, hearing, hearing->rule->points));
	back_off(self, hearing, source, self->settings.backoff_max_s);
}

void on_fork(struct policy *self, struct hearing *hearing)
{
	struct source *source = hearing_source(self, hearing);

	if (hearing->report->second_hand || !source || !hearing->peer) {
		suspect_of(self, hearing, hearing->rule->points, true);
		return;
	}
	debit(self, hearing, source, hearing->rule->points);
	if (!source_has_good(self, source, hearing->peer))
		back_off(self, hearing, source, self->settings.fork_max_s);
}

/* Laws 3 and 4: how long a ban is. */
static uint32_t ban_seconds(struct policy *self, const struct hearing *hearing,
			    struct source *source)
{
	const struct policy_settings *settings = &self->settings;
	const struct prefix prefix = place_prefix(self, place_at(self, hearing->place));
	const struct peer *peer = hearing_peer(self, hearing);
	unsigned int step = ladder_ban(&source->past.bans, hearing->at_ns);
	uint32_t max_s =
		hearing->rule->is_network ? settings->ban_network_max_s : settings->ban_max_s;
	uint32_t first_s =
		peer->established ? settings->ban_established_s : settings->ban_handshake_s;

	if (source_has_tenured(self, source, hearing->peer, hearing->at_ns) ||
	    source_has_good(self, source, hearing->peer))
		max_s = settings->ban_handshake_s;
	return ladder_jitter(&self->hash, &prefix, step, ladder_grow(first_s, 2 * step, max_s),
			     max_s);
}

/* Law 15: the newest proof outweighs any past; tenure and rewards start again. */
static void forget_merits(struct policy *self, const struct hearing *hearing, struct source *source)
{
	const struct prefix prefix = place_prefix(self, place_at(self, hearing->place));
	struct peer *peer = hearing_peer(self, hearing);

	for (uint32_t at = peer->first_link; at; at = link_next_of_peer(self, at)) {
		link_at(self, at)->tenured_at = 0;
		link_at(self, at)->good = false;
		link_at(self, at)->since_at = moment_of(hearing->at_ns);
	}
	quality_betray(&peer->quality);
	peer->past.ledger.reward = 0;
	source->past.ledger.reward = 0;
	if (source->past.verified)
		network_unverify(self, &prefix);
	source->past.verified = false;
}

/* Law 1: an authenticated peer at a seen address, told by the node itself, or by a follower after two failures there. */
static bool is_proven(const struct hearing *hearing, const struct source *source)
{
	if (!hearing->peer || !source)
		return false;
	return !hearing->report->second_hand || source->run >= RUN_CONFIRMS;
}

/* The node convicts a peer whose address it does not tell: the peer is banned, no source. */
static void ban_peer(struct policy *self, const struct hearing *hearing)
{
	struct peer *peer = hearing_peer(self, hearing);
	unsigned int step = ladder_ban(&peer->past.bans, hearing->at_ns);
	uint32_t seconds =
		ladder_grow(self->settings.ban_handshake_s, 2 * step, self->settings.ban_max_s);

	peer->ruling = ruling_for(hearing, STANDING_BANNED, seconds);
	peer->past.bans.end_at = peer->ruling.until_at;
}

static void on_unproven(struct policy *self, struct hearing *hearing)
{
	bool is_own = hearing->peer && !hearing->report->second_hand;

	suspect_of(self, hearing, is_own ? hearing->rule->points : UNCONFIRMED, true);
	if (is_own)
		ban_peer(self, hearing);
}

void on_proof(struct policy *self, struct hearing *hearing)
{
	struct source *source = hearing_source(self, hearing);
	struct ruling ruling;

	if (!is_proven(hearing, source)) {
		on_unproven(self, hearing);
		return;
	}
	debit(self, hearing, source, hearing->rule->points);
	ruling = ruling_for(hearing, STANDING_BANNED, ban_seconds(self, hearing, source));
	forget_merits(self, hearing, source);
	if (ruling.until_at > source->past.bans.end_at)
		source->past.bans.end_at = ruling.until_at;
	hearing_peer(self, hearing)->ruling = ruling;
	refuse(self, hearing, &ruling);
}
