/* SPDX-License-Identifier: BSD-2-Clause */
#include "admit.h"

#include "book.h"
#include "capacity.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "protect.h"
#include "retry.h"
#include "sites.h"

struct guest {
	const struct policy *policy;
	const struct knock *knock;
	const struct peer *peer;     /* NULL: not in the book */
	const struct place *place;   /* the same */
	const struct source *source; /* the same */
	uint64_t now_ns;
	bool is_ours; /* the peer is connected, and we had dialled it */
	bool is_here; /* the peer is connected from this source already */
};

/* A rule fills the answer and says that it is one, or leaves the question to the next. */
typedef bool guest_rule(const struct guest *guest, struct admit_answer *ret);

static bool covers(const struct guest *guest, const struct ruling *ruling)
{
	int service = guest->knock->service;

	return ruling_is_live(ruling, guest->now_ns) &&
	       (service < 0 || ruling->services >> service & 1);
}

static bool refused_by(enum ground ground, const struct ruling *ruling, struct admit_answer *ret)
{
	*ret = (struct admit_answer){.ground = ground,
				     .reason = ruling->reason,
				     .until_ns = moment_ns(ruling->until_at),
				     .ruling = ruling};
	return true;
}

static bool allowed_by(enum ground ground, struct admit_answer *ret)
{
	*ret = (struct admit_answer){.ground = ground, .reason = REASON_NONE};
	return true;
}

static bool operator_spoke(const struct guest *guest, struct admit_answer *ret)
{
	const struct ruling *said = guest->place ? place_said(guest->place) : NULL;
	uint32_t above;

	if (!guest->knock->has_source)
		return false;
	if (!said || !ruling_is_live(said, guest->now_ns)) {
		above = place_overruled_by(guest->policy, &guest->knock->source, guest->now_ns);
		if (!above)
			return false;
		said = place_said(place_at(guest->policy, above));
	}
	return said->standing == STANDING_TRUSTED ? allowed_by(GROUND_ALLOWED, ret)
						  : refused_by(GROUND_BANNED, said, ret);
}

static bool is_trusted(const struct guest *guest, struct admit_answer *ret)
{
	if ((guest->peer && guest->peer->trusted) ||
	    (guest->place && guest->place->trust_until_at > moment_of(guest->now_ns)))
		return allowed_by(GROUND_TRUSTED, ret);
	return false;
}

/* That they are full, or rate-limit us, is a reason not to dial them: they may come to us. */
static bool is_for_dials_only(const struct ruling *ruling)
{
	return ruling->standing != STANDING_BANNED &&
	       (ruling->reason == REASON_TOO_MANY_PEERS || ruling->reason == REASON_RATE_LIMITED ||
		ruling->reason == REASON_CLIENT_SHUTDOWN);
}

static bool peer_is_refused(const struct guest *guest, struct admit_answer *ret)
{
	const struct ruling *ruling = guest->peer ? &guest->peer->ruling : NULL;

	if (!ruling || !covers(guest, ruling))
		return false;
	if (ruling->standing != STANDING_BANNED &&
	    (guest->is_ours || (!guest->knock->is_dial && is_for_dials_only(ruling))))
		return false;
	return refused_by(GROUND_PEER, ruling, ret);
}

/* The source's own record, else that of its /56: the only wider one that is automatic. */
static const struct ruling *ruling_at(const struct guest *guest)
{
	const struct policy *policy = guest->policy;
	struct prefix fold;
	uint32_t number;

	if (guest->place && covers(guest, place_automatic(policy, guest->place)))
		return place_automatic(policy, guest->place);
	if (!policy->lengths[FOLD_LENGTH])
		return NULL;
	fold = prefix_cut(&guest->knock->source, FOLD_LENGTH);
	number = place_find(policy, &fold);
	if (!number || !covers(guest, place_automatic(policy, place_at(policy, number))))
		return NULL;
	return place_automatic(policy, place_at(policy, number));
}

static bool source_is_refused(const struct guest *guest, struct admit_answer *ret)
{
	const struct ruling *ruling = guest->knock->has_source ? ruling_at(guest) : NULL;

	if (!ruling || (guest->is_ours && ruling->standing != STANDING_BANNED) ||
	    prefix_is_protected(guest->policy, &guest->knock->source, NULL))
		return false;
	return refused_by(GROUND_SOURCE, ruling, ret);
}

static bool is_own_dial(const struct guest *guest, struct admit_answer *ret)
{
	return guest->is_ours && allowed_by(GROUND_OWN_DIAL, ret);
}

static const struct link *link_here(const struct guest *guest)
{
	if (!guest->peer || !guest->knock->place)
		return NULL;
	return link_find(guest->policy, guest->knock->peer, guest->knock->place);
}

static bool dials_failed(const struct guest *guest, struct admit_answer *ret)
{
	const struct link *link = link_here(guest);
	uint64_t until_ns;

	if (!guest->knock->is_dial || !guest->peer)
		return false;
	until_ns = dial_until(guest->peer->dial, guest->now_ns);
	if (link && dial_until(link->dial, guest->now_ns) > until_ns)
		until_ns = dial_until(link->dial, guest->now_ns);
	if (!until_ns)
		return false;
	*ret = (struct admit_answer){
		.ground = GROUND_DIAL, .reason = REASON_IO_ERROR, .until_ns = until_ns};
	return true;
}

/* Whoever was good for an hour, anywhere, or has ever succeeded here, is no stranger. */
static bool is_stranger(const struct guest *guest)
{
	if (!guest->peer)
		return true;
	for (uint32_t at = guest->peer->first_link; at; at = link_next_of_peer(guest->policy, at)) {
		const struct link *link = link_at(guest->policy, at);

		if (link_is_tenured(link, guest->now_ns) ||
		    (link->place == guest->knock->place && link->good))
			return false;
	}
	return true;
}

/* A source keeps sixteen peers apart, a provider's NAT has fifty: who is known and was good last is nobody new. */
static bool is_new_identity(const struct guest *guest)
{
	const struct peer *peer = guest->peer;

	return is_stranger(guest) &&
	       !(peer && peer->past.tried && peer->success_at > peer->failure_at);
}

/* Law 4: where a good peer lives nobody's bad neighbours ban the address; their next identity is refused by name. */
static bool is_next_identity(const struct guest *guest, struct admit_answer *ret)
{
	const struct ladder *bans = guest->source ? &guest->source->past.bans : NULL;

	if (!bans || !bans->level || !moment_is_within(bans->end_at, DAY_S, guest->now_ns) ||
	    !is_new_identity(guest) ||
	    !source_has_tenured(guest->policy, guest->source, guest->knock->peer, guest->now_ns))
		return false;
	*ret = (struct admit_answer){.ground = GROUND_IDENTITY,
				     .reason = REASON_BAD_SCORE,
				     .until_ns = moment_ns(moment_after(bans->end_at, DAY_S))};
	return true;
}

static uint32_t count_others(const struct guest *guest)
{
	uint32_t count = 0;

	for (uint32_t at = guest->source ? guest->source->first_link : 0; at;
	     at = link_at(guest->policy, at)->next) {
		const struct peer *peer = link_peer(guest->policy, at);

		count += link_at(guest->policy, at)->online && peer != guest->peer &&
			 (guest->knock->service < 0 || peer->service < 0 ||
			  peer->service == guest->knock->service);
	}
	return count;
}

static bool is_one_too_many(const struct guest *guest, struct admit_answer *ret)
{
	if (guest->is_here || !count_others(guest) || !is_stranger(guest) ||
	    !capacity_is_contested(guest->policy, guest->knock->service, guest->now_ns) ||
	    prefix_is_protected(guest->policy, &guest->knock->source, NULL))
		return false;
	*ret = (struct admit_answer){.ground = GROUND_LIVING, .reason = REASON_SOURCE_FULL};
	return true;
}

/* The gate lets newcomers in by a token of theirs; they are not sent away behind it. */
static bool is_newcomer(const struct guest *guest)
{
	if (guest->source && guest->source->past.known)
		return false;
	return !guest->knock->has_source || !neighbours_known(guest->policy, &guest->knock->source);
}

static bool is_below_floor(const struct guest *guest, struct admit_answer *ret)
{
	int floor = capacity_floor(guest->policy, guest->knock->service, guest->now_ns);
	bool is_known_peer = guest->peer && (guest->peer->past.tried || !guest->source);
	const struct past *past = is_known_peer	  ? &guest->peer->past
				  : guest->source ? &guest->source->past
						  : NULL;
	int score;

	if (floor == FLOOR_OPEN || guest->is_here || (is_newcomer(guest) && !is_known_peer))
		return false;
	score = past ? ledger_score(&past->ledger, &guest->policy->settings, guest->now_ns) : 0;
	if (score >= floor)
		return false;
	*ret = (struct admit_answer){
		.ground = GROUND_FLOOR, .reason = REASON_NODE_FULL, .score = score, .floor = floor};
	return true;
}

struct admit_answer admit(const struct policy *self, const struct knock *knock, uint64_t now_ns)
{
	static guest_rule *const always[] = {operator_spoke,	is_trusted,  peer_is_refused,
					     source_is_refused, is_own_dial, dials_failed};
	static guest_rule *const at_the_door[] = {is_next_identity, is_one_too_many,
						  is_below_floor};
	struct guest guest = {.policy = self, .knock = knock, .now_ns = now_ns};
	struct admit_answer answer = {.ground = GROUND_NOTHING_AGAINST};
	const struct link *link;

	guest.peer = knock->peer ? peer_at(self, knock->peer) : NULL;
	guest.place = knock->place ? place_at(self, knock->place) : NULL;
	guest.source = guest.place ? place_source(self, guest.place) : NULL;
	link = link_here(&guest);
	guest.is_ours =
		guest.peer && guest.peer->online && guest.peer->direction == DIRECTION_OUTBOUND;
	guest.is_here = link && link->online;
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		if (always[i](&guest, &answer))
			return answer;
	}
	for (size_t i = 0; !knock->is_dial && i < sizeof(at_the_door) / sizeof(at_the_door[0]);
	     i++) {
		if (at_the_door[i](&guest, &answer))
			return answer;
	}
	return answer;
}

struct knock admit_knock(const struct policy *self, const struct admission *question)
{
	struct knock knock = {.has_source = question->has_addr,
			      .is_dial = question->direction == DIRECTION_OUTBOUND,
			      .service = question->service};
	struct source_key key;

	if (question->peer[0])
		knock.peer = peer_find(self, question->peer);
	if (!question->has_addr)
		return knock;
	key = addr_source(&question->addr);
	knock.source = source_prefix(&key);
	knock.place = place_find(self, &knock.source);
	return knock;
}
