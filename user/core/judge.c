/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include "ladder.h"
#include "links.h"
#include "memo.h"
#include "places.h"
#include "protect.h"
#include "shares.h"
#include "trust.h"

enum {
	RUN_BACKS_OFF =
		2, /* failures on distinct connections, one after the other, that back a source off */
	RUN_CONFIRMS = 2, /* earlier failures that a follower's verdict or proof needs (law 1) */
	UNCONFIRMED = 10, /* points of a follower's proof that nothing confirms */
	SAME_CONNECTION_S =
		5, /* failures without a port or a connect between them are one, within so long */
	ALLOWANCE_S = 10 * MINUTE_S,
	GOODBYE_FULL = 129, /* Prysm's and Lighthouse's code for too many peers */
	ALL_SERVICES = 0xff,
};

static struct source *source_of(const struct policy *self, const struct hearing *hearing)
{
	return hearing->place ? place_source(self, place_at(self, hearing->place)) : NULL;
}

static struct peer *peer_of(const struct policy *self, const struct hearing *hearing)
{
	return hearing->peer ? peer_at(self, hearing->peer) : NULL;
}

static bool is_outbound(const struct policy *self, const struct hearing *hearing)
{
	const struct peer *peer = peer_of(self, hearing);

	if (hearing->report->direction != DIRECTION_UNKNOWN)
		return hearing->report->direction == DIRECTION_OUTBOUND;
	return peer && peer->online && peer->direction == DIRECTION_OUTBOUND;
}

/* A goodbye's direction is who said it: inbound, they did. */
static bool is_said_by_them(const struct hearing *hearing)
{
	return hearing->report->event == REPORT_GOODBYE &&
	       hearing->report->direction == DIRECTION_INBOUND;
}

static uint8_t services_of(const struct hearing *hearing)
{
	return hearing->report->service < 0 ? ALL_SERVICES
					    : (uint8_t)(1u << hearing->report->service);
}

static enum reason reason_of(const struct hearing *hearing)
{
	return hearing->report->reason != REASON_NONE ? hearing->report->reason
						      : hearing->rule->reason;
}

/* Two live refusals of one place are one record: the later end, its reason, and both masks; a ban beats a backoff. */
static struct ruling merge(const struct ruling *old, const struct ruling *new, uint64_t now_ns)
{
	struct ruling both = *new;
	bool old_bans = old->standing == STANDING_BANNED,
	     new_bans = new->standing == STANDING_BANNED;

	if (!ruling_is_live(old, now_ns) || (new_bans && !old_bans))
		return *new;
	if ((old_bans && !new_bans) || old->until_ns > new->until_ns)
		both = *old;
	both.services = old->services | new->services;
	return both;
}

/* Refuses the source unless law 2 or 5 forbids it, or it would be over already. */
static void refuse(struct policy *self, const struct hearing *hearing, const struct ruling *ruling)
{
	struct place *place = place_at(self, hearing->place);
	struct ruling merged;

	if (!ruling_is_live(ruling, self->now_ns) ||
	    prefix_is_protected(self, &place->prefix, NULL) ||
	    place_is_trusted(self, place, self->now_ns))
		return;
	merged = merge(&place->automatic, ruling, self->now_ns);
	place_refuse(self, hearing->place, &merged);
}

static struct ruling ruling_for(const struct hearing *hearing, enum standing standing,
				uint32_t seconds)
{
	return (struct ruling){.until_ns = after_s(hearing->at_ns, seconds),
			       .since_ns = hearing->at_ns,
			       .standing = standing,
			       .reason = reason_of(hearing),
			       .services = standing == STANDING_BANNED ? ALL_SERVICES
								       : services_of(hearing)};
}

/* Law 1: what is left of this follower's allowance for this source, up to @points; the node itself has no limit. */
static unsigned int allowed(const struct policy *self, struct source *source,
			    const struct hearing *hearing, unsigned int points)
{
	struct allowance *mine = NULL;

	if (!hearing->report->second_hand)
		return points;
	for (int i = 0; i < REPORTERS && !mine; i++) {
		struct allowance *at = &source->allowances[i];

		if (at->used && at->reporter == hearing->report->reporter)
			mine = at;
	}
	for (int i = 0; i < REPORTERS && !mine; i++) {
		if (!is_within_s(source->allowances[i].last_ns, ALLOWANCE_S, hearing->at_ns))
			mine = &source->allowances[i];
	}
	if (!mine)
		return 0;
	/* Begins anew ten minutes after the last point taken: no ten minutes hold more than one allowance. */
	if (!mine->used || mine->reporter != hearing->report->reporter ||
	    !is_within_s(mine->last_ns, ALLOWANCE_S, hearing->at_ns))
		*mine = (struct allowance){.reporter = hearing->report->reporter, .used = true};
	if (points > self->settings.follower_allowance - mine->spent)
		points = self->settings.follower_allowance - mine->spent;
	mine->spent += (uint16_t)points;
	if (points && hearing->at_ns > mine->last_ns)
		mine->last_ns = hearing->at_ns;
	return points;
}

/* Takes points from the peer and, when @source, from its source. Returns what the source lost. */
static unsigned int debit(struct policy *self, const struct hearing *hearing, struct source *source,
			  unsigned int points)
{
	struct peer *peer = peer_of(self, hearing);
	unsigned int lost = source ? allowed(self, source, hearing, points) : 0;

	if (peer) {
		ledger_debit(&peer->past.ledger, &self->settings, points, hearing->at_ns);
		peer->past.failure_ns = hearing->at_ns;
		memo_add(&peer->past, hearing, points);
	}
	if (source) {
		ledger_debit(&source->past.ledger, &self->settings, lost, hearing->at_ns);
		source->past.failure_ns = hearing->at_ns;
		memo_add(&source->past, hearing, lost);
	}
	return lost;
}

static bool is_another_connection(const struct policy *self, const struct failure *last,
				  const struct hearing *hearing)
{
	const struct peer *peer = peer_of(self, hearing);
	uint16_t port = hearing->report->port;

	if (last->peer != hearing->peer || (peer && last->connection != peer->connection))
		return true;
	if (port && last->port && port != last->port)
		return true;
	return hearing->at_ns > after_s(last->at_ns, SAME_CONNECTION_S);
}

static void count_failure(const struct policy *self, struct source *source,
			  const struct hearing *hearing)
{
	const struct peer *peer = peer_of(self, hearing);
	bool is_remembered = is_within_s(source->failure.at_ns, HOUR_S, hearing->at_ns) ||
			     is_within_s(source->past.backoffs.end_ns, DAY_S, hearing->at_ns);

	if (!is_remembered)
		source->run = 0;
	if (source->run && !is_another_connection(self, &source->failure, hearing))
		return;
	source->run++;
	source->failure = (struct failure){.at_ns = hearing->at_ns,
					   .peer = hearing->peer,
					   .connection = peer ? peer->connection : 0,
					   .port = hearing->report->port};
}

/* Suspect: 10 minutes, then four times longer a level; a peer that was good for an hour gets the first step only (law 16). */
static void back_off(struct policy *self, const struct hearing *hearing, struct source *source,
		     uint32_t max_s)
{
	unsigned int step = ladder_backoff(&source->past.backoffs, hearing->at_ns);
	bool was_good = hearing->link && link_is_tenured(hearing->link, hearing->at_ns);
	uint32_t seconds = ladder_grow(self->settings.backoff_s, was_good ? 0 : 2 * step, max_s);
	struct ruling ruling = ruling_for(hearing, STANDING_NEUTRAL, seconds);

	source->past.backoffs.end_ns = ruling.until_ns;
	refuse(self, hearing, &ruling);
	if (hearing->peer)
		peer_of(self, hearing)->ruling = ruling;
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

static void suspect_of(struct policy *self, const struct hearing *hearing, unsigned int points,
		       bool is_failure)
{
	bool is_dial = hearing->rule->is_dial && is_outbound(self, hearing);
	struct source *source = is_dial ? NULL : source_of(self, hearing);
	unsigned int lost = debit(self, hearing, source, points);

	if (!source || !lost)
		return;
	if (is_failure)
		count_failure(self, source, hearing);
	if (backs_off(self, hearing, source, is_failure))
		back_off(self, hearing, source, self->settings.backoff_max_s);
}

static void on_suspect(struct policy *self, struct hearing *hearing)
{
	suspect_of(self, hearing, hearing->rule->points, hearing->rule->is_failure);
}

static void on_fork(struct policy *self, struct hearing *hearing)
{
	struct source *source = source_of(self, hearing);

	if (hearing->report->second_hand || !source || !hearing->peer) {
		suspect_of(self, hearing, hearing->rule->points, true);
		return;
	}
	debit(self, hearing, source, hearing->rule->points);
	back_off(self, hearing, source, self->settings.fork_max_s);
}

/* Fullness is a state of the node, not of a source; the source waits only when the node itself says that it sent it away. */
static void on_capacity(struct policy *self, struct hearing *hearing)
{
	static const struct prefix nowhere = {.length = 0};
	struct peer *peer = peer_of(self, hearing);
	struct source *source = source_of(self, hearing);
	bool is_ours = !is_said_by_them(hearing) && !hearing->report->second_hand &&
		       hearing->rule->reason != REASON_CLIENT_SHUTDOWN;
	struct past *past = is_ours && source ? &source->past : peer ? &peer->past : NULL;
	const struct prefix *prefix =
		hearing->place ? &place_at(self, hearing->place)->prefix : &nowhere;
	uint32_t first_s, seconds;
	struct ruling ruling;
	unsigned int step;

	if (!past)
		return;
	step = ladder_capacity(&past->capacity, hearing->at_ns);
	first_s = hearing->report->goodbye_code == GOODBYE_FULL ? self->settings.capacity_goodbye_s
								: self->settings.capacity_s;
	seconds = ladder_jitter(&self->hash, prefix, step,
				ladder_grow(first_s, step, self->settings.capacity_max_s),
				self->settings.capacity_max_s);
	ruling = ruling_for(hearing, STANDING_NEUTRAL, seconds);
	past->capacity.end_ns = ruling.until_ns;
	memo_add(past, hearing, 0);
	if (is_ours && source)
		refuse(self, hearing, &ruling);
	if (peer && !ruling_is_live(&peer->ruling, hearing->at_ns))
		peer->ruling = ruling;
}

/* Laws 3 and 4: how long a ban is. */
static uint32_t ban_seconds(struct policy *self, const struct hearing *hearing,
			    struct source *source)
{
	const struct policy_settings *settings = &self->settings;
	const struct place *place = place_at(self, hearing->place);
	const struct peer *peer = peer_of(self, hearing);
	unsigned int step = ladder_ban(&source->past.bans, hearing->at_ns);
	uint32_t max_s =
		hearing->rule->is_network ? settings->ban_network_max_s : settings->ban_max_s;
	uint32_t first_s =
		peer->established ? settings->ban_established_s : settings->ban_handshake_s;

	if (source_has_tenured(self, source, hearing->peer, hearing->at_ns))
		max_s = settings->ban_handshake_s;
	return ladder_jitter(&self->hash, &place->prefix, step,
			     ladder_grow(first_s, 2 * step, max_s), max_s);
}

/* Law 15: the newest proof outweighs any past; tenure and rewards start again. */
static void forget_merits(struct policy *self, const struct hearing *hearing, struct source *source)
{
	struct peer *peer = peer_of(self, hearing);

	for (unsigned int slot = 0; slot < PEER_LINKS; slot++) {
		peer->links[slot].tenured_ns = 0;
		peer->links[slot].success_ns = 0;
		peer->links[slot].since_ns = hearing->at_ns;
	}
	peer->past.ledger.reward = 0;
	source->past.ledger.reward = 0;
}

/* Law 1: an authenticated peer at a seen address, told by the node itself, or by a follower after two failures there. */
static bool is_proven(const struct hearing *hearing, const struct source *source)
{
	if (!hearing->peer || !source)
		return false;
	return !hearing->report->second_hand || source->run >= RUN_CONFIRMS;
}

static void on_proof(struct policy *self, struct hearing *hearing)
{
	struct source *source = source_of(self, hearing);
	struct ruling ruling;

	if (!is_proven(hearing, source)) {
		suspect_of(self, hearing,
			   hearing->report->second_hand || !hearing->peer ? UNCONFIRMED
									  : hearing->rule->points,
			   true);
		return;
	}
	debit(self, hearing, source, hearing->rule->points);
	ruling = ruling_for(hearing, STANDING_BANNED, ban_seconds(self, hearing, source));
	forget_merits(self, hearing, source);
	if (ruling.until_ns > source->past.bans.end_ns)
		source->past.bans.end_ns = ruling.until_ns;
	peer_of(self, hearing)->ruling = ruling;
	refuse(self, hearing, &ruling);
}

static void on_good(struct policy *self, struct hearing *hearing)
{
	struct peer *peer = peer_of(self, hearing);
	struct source *source = source_of(self, hearing);

	if (peer) {
		ledger_credit(&peer->past.ledger, &self->settings, hearing->rule->points,
			      hearing->at_ns);
		peer->past.success_ns = hearing->at_ns;
		peer->past.tried = true;
		peer->established = true;
		memo_add(&peer->past, hearing, hearing->rule->points);
	}
	if (!peer || !source)
		return; /* without an identity nothing was proven, for or against */
	ledger_credit(&source->past.ledger, &self->settings, hearing->rule->points, hearing->at_ns);
	memo_add(&source->past, hearing, hearing->rule->points);
	source->past.success_ns = hearing->at_ns;
	source->past.tried = true;
	source->run = 0;
	hearing->link->success_ns = hearing->at_ns;
	link_age(hearing->link, hearing->at_ns);
	if (!source->known)
		neighbours_count(self, place_at(self, hearing->place), true);
	source->known = true;
	if (!hearing->report->second_hand)
		trust_renew(self, hearing->peer, hearing->place, hearing->at_ns);
}

/* A follower cannot give trust or take a refusal back: lines can be forged. */
static void on_trust(struct policy *self, struct hearing *hearing)
{
	if (hearing->report->second_hand || !hearing->peer)
		return;
	memo_add(&peer_of(self, hearing)->past, hearing, 0);
	trust_peer(self, hearing->peer, hearing->at_ns);
}

static void on_clear(struct policy *self, struct hearing *hearing)
{
	if (hearing->report->second_hand || !hearing->peer)
		return;
	memo_add(&peer_of(self, hearing)->past, hearing, 0);
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

	if (hearing->rule->is_theirs_free && is_said_by_them(hearing))
		return;
	effects[hearing->rule->class](self, hearing);
}
