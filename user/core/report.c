/* SPDX-License-Identifier: BSD-2-Clause */
/* report: takes a report in: checks it, finds who and where, notes connections, and has it judged. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "ban.h"
#include "cuts.h"
#include "details.h"
#include "forks.h"
#include "judge.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "trust.h"

/* How far ahead of the last tick a report may claim to be: ticks come each second. */
enum { AHEAD_S = 5, SHORT_SESSION_S = 2 * MINUTE_S, TOUCH_S = 8 };

static int check_peer(const struct report *report, struct why *why)
{
	size_t length = strnlen(report->peer, sizeof(report->peer));

	if (length == sizeof(report->peer))
		return why_fill(why, -EINVAL, "peer: longer than %d letters", PEER_ID_MAX - 1);
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)report->peer[i]))
			return why_fill(why, -EINVAL,
					"peer: a peer ID has letters and digits only");
	}
	if (!length && !report->has_addr)
		return why_fill(why, -EINVAL, "peer: a report needs a peer or an address");
	return 0;
}

static int check(const struct report *report, struct why *why)
{
	int error = check_peer(report, why);

	if (error)
		return error;
	if ((unsigned int)report->direction > DIRECTION_OUTBOUND)
		return why_fill(why, -EINVAL, "direction: %d is neither inbound nor outbound",
				(int)report->direction);
	if (report->service < -1 || report->service >= SERVICES_MAX)
		return why_fill(why, -EINVAL, "service: %d is not one of 0 .. %d", report->service,
				SERVICES_MAX - 1);
	if (isnan(report->score))
		return why_fill(why, -EINVAL, "score: not a number");
	if (report->protocol_count > PROTOCOLS_MAX)
		return why_fill(why, -EINVAL, "protocols: %u are more than %d",
				report->protocol_count, PROTOCOLS_MAX);
	return 0;
}

/* The source where the report happened: the address told, else the one the peer is connected from; false: nobody knows. */
static bool find_source(const struct policy *self, const struct hearing *hearing,
			struct prefix *ret)
{
	const struct report *report = hearing->report;
	struct source_key key;
	uint32_t link;

	if (report->has_addr) {
		key = addr_source(&report->addr);
		*ret = source_prefix(&key);
		return true;
	}
	link = hearing->peer ? link_latest(self, hearing->peer) : 0;
	if (!link || !link_at(self, link)->online)
		return false;
	*ret = place_prefix(self, place_at(self, link_at(self, link)->place));
	return true;
}

/* A remote peer writes part of a log: what the kernel did not see there at that time was not there. */
static bool is_unseen(const struct policy *self, const struct hearing *hearing,
		      const struct prefix *prefix)
{
	const struct source_key key = addr_source(&prefix->addr);

	return hearing->report->second_hand && self->output.saw &&
	       !self->output.saw(self->output.context, &key, hearing->report->service,
				 hearing->at_ns);
}

static void count_unseen(struct policy *self, struct past *past, uint64_t at_ns)
{
	struct details *details = details_want(self, past, at_ns);

	if (!moment_is_within(details->unseen_at, DAY_S, at_ns))
		details->unseen = 0;
	if (details->unseen < UINT32_MAX)
		details->unseen++;
	moment_later(&details->unseen_at, at_ns);
}

/* For accounts only; of a source that is not known nothing is kept: names are free. */
static void note_unseen(struct policy *self, const struct hearing *hearing,
			const struct prefix *prefix)
{
	uint32_t number = place_find(self, prefix);
	struct source *source = number ? place_source(self, place_at(self, number)) : NULL;

	self->counts.uncorroborated++;
	if (hearing->peer)
		count_unseen(self, &peer_at(self, hearing->peer)->past, hearing->at_ns);
	if (source)
		count_unseen(self, &source->past, hearing->at_ns);
}

/* Peer and source of a report: memory is slow, and both are waited for at the same time. */
struct parties {
	struct peer_look peer;
	struct place_look place;
};

static void look_up(const struct policy *self, const struct report *report, struct parties *ret)
{
	const struct source_key key = addr_source(&report->addr);

	ret->peer.id = report->peer;
	ret->place.prefix = source_prefix(&key);
	peer_look_begin(self, &ret->peer);
	place_look_begin(self, &ret->place);
	peer_look_fetch(self, &ret->peer);
	place_look_fetch(self, &ret->place);
	peer_look_end(self, &ret->peer);
	if (ret->peer.number && peer_first_link(self, ret->peer.number))
		pool_fetch(&self->links, peer_first_link(self, ret->peer.number));
	place_look_end(self, &ret->place);
}

static uint32_t find_place(struct policy *self, struct hearing *hearing, uint32_t found)
{
	enum claim claim = hearing->rule->class == EVIDENCE_PROOF ? CLAIM_VERDICT : CLAIM_NEWCOMER;
	struct prefix prefix;

	if (!find_source(self, hearing, &prefix))
		return 0;
	hearing->is_unseen = is_unseen(self, hearing, &prefix);
	if (!hearing->is_unseen)
		return found ? found : place_obtain(self, &prefix, claim);
	note_unseen(self, hearing, &prefix);
	return 0;
}

/* Whether it was last heard of so long ago that it moves to the young end of its shelf: the order need not be finer. */
static bool note_seen(struct past *past, uint64_t at_ns)
{
	uint32_t at = moment_of(at_ns);
	bool is_due = !past->seen_at || at > moment_after(past->seen_at, TOUCH_S);

	if (at > past->seen_at)
		past->seen_at = at;
	return is_due;
}

static void find_parties(struct policy *self, struct hearing *hearing)
{
	struct source *source = NULL;
	struct parties parties;

	look_up(self, hearing->report, &parties);
	hearing->peer = parties.peer.number;
	if (!hearing->peer && hearing->report->peer[0])
		hearing->peer = peer_obtain(self, hearing->report->peer,
					    hearing->report->has_addr ? &parties.place.key : NULL);
	hearing->place =
		find_place(self, hearing, hearing->report->has_addr ? parties.place.number : 0);
	if (hearing->place) {
		source = place_know(self, hearing->place);
		hearing->moves_place = note_seen(&source->past, hearing->at_ns);
	}
	if (hearing->peer)
		hearing->moves_peer =
			note_seen(&peer_at(self, hearing->peer)->past, hearing->at_ns);
	if (hearing->peer && source)
		hearing->link = link_obtain(self, hearing->peer, hearing->place, hearing->at_ns);
}

static void set_online(struct policy *self, uint32_t number, bool online)
{
	struct peer *peer = peer_at(self, number);

	if (peer->online == online)
		return;
	peer->online = online;
	peer_shelve(self, number);
}

static void on_connected(struct policy *self, const struct hearing *hearing)
{
	struct peer *peer = peer_at(self, hearing->peer);

	peer->connection++;
	peer->established = peer->leaving = false;
	if (hearing->report->direction != DIRECTION_UNKNOWN)
		peer->direction = hearing->report->direction;
	peer->service = (int8_t)hearing->report->service;
	quality_reconnect(&peer->quality);
	set_online(self, hearing->peer, true);
	if (hearing->link)
		link_connect(self, hearing->link, hearing->at_ns);
}

/*
 * A session that ended within two minutes though nothing failed and nobody was full counts against the peer in the rank: a
 * dial there is likely to be lost again.
 */
static void note_short(struct policy *self, struct peer *peer, const struct link *link,
		       uint64_t at_ns)
{
	uint32_t at = moment_of(at_ns);

	if (!breaker_is_open(self) && link->online &&
	    at < moment_after(link->since_at, SHORT_SESSION_S) &&
	    peer->failure_at < link->since_at && peer->past.capacity.end_at <= at)
		quality_bad(&peer->quality, &self->settings, EVIDENCE_SHORT_MILLI, at_ns);
}

/* With an address that connection is over, without one all of the peer's; none where the kernel saw nothing. */
static void on_disconnected(struct policy *self, const struct hearing *hearing)
{
	struct peer *peer = peer_at(self, hearing->peer);
	bool online = false;

	for (uint32_t at = peer->first_link; at; at = link_next_of_peer(self, at)) {
		struct link *link = link_at(self, at);

		if ((hearing->link && link == hearing->link) ||
		    (!hearing->report->has_addr && !hearing->is_unseen)) {
			note_short(self, peer, link, hearing->at_ns);
			link_disconnect(self, link, hearing->at_ns);
			place_sync(self, link->place, self->now_ns);
		}
		online = online || link->online;
	}
	peer->connection++;
	peer->established = peer->established && online;
	set_online(self, hearing->peer, online);
}

/* A client that never says "connected" says at least that a handshake went well. */
static bool connects(const struct policy *self, const struct hearing *hearing)
{
	return hearing->report->event == REPORT_CONNECTED ||
	       (hearing->report->event == REPORT_HANDSHAKE &&
		hearing->report->result == RESULT_OK && !peer_at(self, hearing->peer)->online);
}

/* The node itself has, or had, this peer there: not a line of a log, nor a dial that may have failed. */
static void vouch(struct policy *self, const struct hearing *hearing)
{
	bool is_there =
		hearing->report->event == REPORT_CONNECTED || hearing->rule->class == EVIDENCE_GOOD;

	if (!is_there || !hearing->link || hearing->report->second_hand)
		return;
	hearing->link->vouched_at = moment_of(hearing->at_ns);
	trust_renew(self, hearing->peer, hearing->place, hearing->at_ns);
}

static void note_connection(struct policy *self, const struct hearing *hearing)
{
	if (!hearing->peer)
		return;
	vouch(self, hearing);
	if (connects(self, hearing))
		on_connected(self, hearing);
	else if (hearing->report->event == REPORT_DISCONNECTED)
		on_disconnected(self, hearing);
	else if (hearing->link)
		link_age(hearing->link, hearing->at_ns);
	if (hearing->report->event == REPORT_GOODBYE)
		peer_at(self, hearing->peer)->leaving = peer_at(self, hearing->peer)->online;
}

int policy_report(struct policy *self, const struct report *report, uint64_t at_ns, struct why *why)
{
	uint64_t latest_ns = after_s(self->now_ns, AHEAD_S);
	struct hearing hearing = {.report = report, .at_ns = at_ns < latest_ns ? at_ns : latest_ns};
	int error = check(report, why), rule;

	if (error)
		return error;
	rule = evidence_rule(report, why);
	if (rule < 0)
		return rule;
	hearing.rule = evidence_at((unsigned int)rule);
	hearing.rule_number = (uint8_t)rule;
	self->counts.reports++;
	find_parties(self, &hearing);
	/* Only the node itself knows where it is: a line of a log can be forged. */
	if (report->has_our_digest && !report->second_hand)
		fork_ours(self, report->service, report->our_digest);
	if (!hearing.peer && !hearing.place) {
		self->counts.reports_ignored++;
		return 0;
	}
	note_connection(self, &hearing);
	cut_hear(self, &hearing);
	ban_go_on(self, &hearing);
	ban_pace(self, &hearing);
	judge(self, &hearing);
	if (hearing.place) {
		place_sync(self, hearing.place, self->now_ns);
		if (hearing.moves_place)
			place_touch(self, hearing.place);
	}
	if (hearing.peer)
		peer_note(self, hearing.peer, hearing.moves_peer);
	return 0;
}
