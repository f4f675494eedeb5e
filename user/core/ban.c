/* SPDX-License-Identifier: BSD-2-Clause */
#include "ban.h"

#include "forks.h"
#include "ladder.h"
#include "links.h"
#include "offence.h"
#include "refuse.h"

enum {
	RUN_CONFIRMS = 2, /* earlier failures that a follower's verdict or proof needs (law 1) */
	UNCONFIRMED = 10, /* points of a proof that nothing confirms */
	FORK_POINTS = 10, /* of a handshake on a fork, whatever it was told as */
	PACE_S = 10,	  /* law 4: between the starts of others where a good peer lives */
};

/* Who is on another fork is backed off; while our own configuration is suspected it does not even cost points. */
void on_fork(struct policy *self, struct hearing *hearing)
{
	struct source *source = hearing_source(self, hearing);
	unsigned int points = forks_suspect_us(self) ? 0 : FORK_POINTS;

	if (hearing->report->second_hand || !source || !hearing->peer) {
		offence_suspect(self, hearing, points, true);
		return;
	}
	offence_debit(self, hearing, source, points);
	if (!source_has_good(self, source, hearing->peer))
		offence_back_off(self, hearing, source, self->settings.fork_max_s);
}

/* Law 4: somebody else is good there. */
static bool has_others(const struct policy *self, const struct hearing *hearing,
		       const struct source *source)
{
	return source_has_tenured(self, source, hearing->peer, hearing->at_ns) ||
	       source_has_good(self, source, hearing->peer);
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

	if (has_others(self, hearing, source))
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

/* Of an authenticated peer whose address nobody tells it is proof all the same; everything else is suspect. */
static void on_unproven(struct policy *self, struct hearing *hearing)
{
	if (!hearing->peer || hearing->report->second_hand) {
		offence_suspect(self, hearing, UNCONFIRMED, true);
		return;
	}
	offence_debit(self, hearing, hearing_source(self, hearing), hearing->rule->points);
	ban_peer(self, hearing);
}

/* The peer is banned now, and this source was banned for it. */
static bool is_its_ban(const struct peer *peer, const struct source *source, uint64_t at_ns)
{
	return ruling_is_live(&peer->ruling, at_ns) && peer->ruling.standing == STANDING_BANNED &&
	       peer->ruling.until_at == source->past.bans.end_at;
}

static void ban_source(struct policy *self, const struct hearing *hearing, struct source *source,
		       const struct ruling *whole, bool is_back)
{
	uint32_t alone_at = moment_end(after_s(hearing->at_ns, self->settings.ban_alone_s));
	struct ruling ruling = *whole;

	if (!is_back && ruling.until_at > alone_at)
		ruling.until_at = alone_at;
	if (whole->until_at > source->past.bans.end_at)
		source->past.bans.end_at = whole->until_at;
	refuse(self, hearing, &ruling);
}

void on_proof(struct policy *self, struct hearing *hearing)
{
	struct source *source = hearing_source(self, hearing);
	struct ruling ruling;
	bool is_back;

	if (hearing->rule->is_network && fork_is_late(self, hearing)) {
		hearing->rule_number = (uint8_t)evidence_fork();
		hearing->rule = evidence_at(evidence_fork());
		on_fork(self, hearing);
		return;
	}
	if (hearing->rule->is_network && forks_suspect_us(self)) {
		on_fork(self, hearing);
		return;
	}
	if (!is_proven(hearing, source)) {
		on_unproven(self, hearing);
		return;
	}
	is_back = is_its_ban(hearing_peer(self, hearing), source, hearing->at_ns);
	offence_debit(self, hearing, source, hearing->rule->points);
	ruling = ruling_for(hearing, STANDING_BANNED, ban_seconds(self, hearing, source));
	forget_merits(self, hearing, source);
	hearing_peer(self, hearing)->ruling = ruling;
	ban_source(self, hearing, source, &ruling, is_back);
	if (ruling.reason == REASON_IRRELEVANT_NETWORK)
		fork_banned(self, hearing, ruling.since_at);
}

/* Reports that say that the peer is there: not of a dial or handshake that failed, nor of an end. */
static bool is_there(const struct hearing *hearing)
{
	return hearing->report->event == REPORT_CONNECTED || hearing->rule->class == EVIDENCE_GOOD;
}

void ban_go_on(struct policy *self, const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);
	struct source *source = hearing_source(self, hearing);

	if (!peer || !source || !is_there(hearing) || !is_its_ban(peer, source, hearing->at_ns) ||
	    has_others(self, hearing, source))
		return;
	refuse(self, hearing, &peer->ruling);
}

static bool starts(const struct hearing *hearing)
{
	return (hearing->report->event == REPORT_CONNECTED ||
		hearing->report->event == REPORT_HANDSHAKE) &&
	       hearing->report->direction != DIRECTION_OUTBOUND;
}

void ban_pace(struct policy *self, const struct hearing *hearing)
{
	const struct source *source = hearing_source(self, hearing);
	struct ruling ruling;

	if (!source || !hearing->link || !starts(hearing) || !source->past.bans.level ||
	    !moment_is_within(source->past.bans.end_at, DAY_S, hearing->at_ns) ||
	    link_is_tenured(hearing->link, hearing->at_ns) ||
	    !source_has_tenured(self, source, hearing->peer, hearing->at_ns))
		return;
	ruling = ruling_for(hearing, STANDING_NEUTRAL, PACE_S);
	ruling.reason = REASON_SOURCE_PACE;
	refuse(self, hearing, &ruling);
}
