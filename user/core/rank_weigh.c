/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rank_weigh: what one candidate is worth: theta x q. Theta, the chance that a dial gives a link, is drawn from the Beta of what
 * is known; q is what such a link was worth. docs/POLICY.md has the formula and its constants.
 */
#include <peergate/ranges.h>

#include "admit.h"
#include "beta.h"
#include "contacts.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "rank.h"

enum {
	GROUP = 32,	       /* candidates whose memory is fetched at the same time */
	ADDRS_FETCH = 2,       /* of each; most have one or two */
	LEAST = BETA_ONE / 50, /* .02: a Beta needs something of both */
	MILLI = 1000,
	QUALITY_PRIOR = 350000,	    /* .35, worth … */
	QUALITY_PRIOR_MILLI = 4000, /* … four contacts */
	MILLION = 1000000,
};

/* What is looked up of a group. */
struct group_look {
	struct peer_look peers[GROUP];
	struct place_look places[GROUP * ADDRS_FETCH];
};

static struct prefix source_of(const struct addr *addr)
{
	const struct source_key key = addr_source(addr);

	return source_prefix(&key);
}

bool rank_is_private(const struct candidate *candidate, unsigned int addr)
{
	return range_of(candidate->addrs[addr].bytes) == RANGE_PRIVATE;
}

/* A digest filters when ours is known and it is not; without a service, when it is no service's. */
static bool is_wrong_fork(const struct ranking *self, const struct candidate *candidate)
{
	bool is_known = false;

	for (int service = 0; candidate->has_digest && service < SERVICES_MAX; service++) {
		const struct node_state *node = &self->policy->nodes[service];

		if (!node->has_digest || (self->service >= 0 && self->service != service))
			continue;
		if (!memcmp(node->digest, candidate->digest, sizeof(node->digest)))
			return false;
		is_known = true;
	}
	return is_known;
}

static uint32_t odds_of(unsigned int milli)
{
	return (uint32_t)((uint64_t)milli * BETA_ONE / MILLI);
}

/* What a link with the peer was worth, in millionths: all that a score can be rewarded for is one. */
static uint64_t quality_of(const struct ranking *self, const struct peer *peer)
{
	struct worth worth;

	quality_worth(&peer->quality, &self->yardstick, &self->policy->settings, self->now_ns,
		      &worth);
	return QUALITY_PRIOR + (uint64_t)worth_sum(&worth) * (MILLION - QUALITY_PRIOR) / REWARD_MAX;
}

/* In millionths. */
static uint32_t key_of(const struct ranking *self, const struct peer *peer, uint64_t identity)
{
	struct odds odds = {0};
	struct dice dice = {.state = identity ^ self->seed * UINT64_C(0x9e3779b97f4a7c15)};
	uint64_t n, quality, theta;

	if (peer)
		odds = quality_evidence(&peer->quality, &self->policy->settings, self->now_ns);
	n = (uint64_t)odds.good_milli + odds.bad_milli;
	quality = (n ? quality_of(self, peer) * n : 0) +
		  (uint64_t)QUALITY_PRIOR * QUALITY_PRIOR_MILLI;
	theta = beta_draw(&dice, 2 * self->success + odds_of(odds.good_milli) + LEAST,
			  2 * (BETA_ONE - self->success) + odds_of(odds.bad_milli) + LEAST);
	return (uint32_t)(theta * (quality / (n + QUALITY_PRIOR_MILLI)) >> 30);
}

static bool is_anchor(const struct ranking *self, const struct peer *peer)
{
	if (peer->direction != DIRECTION_OUTBOUND)
		return false;
	for (uint32_t at = peer->first_link; at; at = link_next_of_peer(self->policy, at)) {
		if (link_is_tenured(link_at(self->policy, at), self->now_ns))
			return true;
	}
	return false;
}

/* Somebody met before is not dialled for the first time, whatever came of it. */
static enum rank_why why_known(const struct ranking *self, const struct peer *peer)
{
	if (!peer || (!peer->past.tried && !peer->failure_at))
		return RANK_NEWCOMER;
	return is_anchor(self, peer) ? RANK_ANCHOR : RANK_KNOWN;
}

/* RANK_KNOWN: it may be dialled there. */
static enum rank_why why_not_there(const struct ranking *self, uint32_t peer, uint32_t place,
				   const struct prefix *source, bool is_private)
{
	const struct knock knock = {.peer = peer,
				    .place = place,
				    .has_source = true,
				    .is_dial = true,
				    .source = *source,
				    .service = self->service};
	struct admit_answer answer = admit(self->policy, &knock, self->now_ns);
	const struct source *known =
		place ? place_source(self->policy, place_at(self->policy, place)) : NULL;

	if (ground_refuses(answer.ground))
		return RANK_REFUSED;
	if (known && known->online && !is_private && answer.ground == GROUND_NOTHING_AGAINST)
		return RANK_LIVE;
	return RANK_KNOWN;
}

/* The first address that may be dialled, a public one before a private one; else why none may. */
static enum rank_why choose_addr(const struct ranking *self, const struct candidate *candidate,
				 uint32_t peer, const struct place_look *looks, uint8_t *ret_addr)
{
	enum rank_why why = RANK_NO_ADDRESS;

	for (unsigned int i = 0; i < candidate->addr_count && i < CANDIDATE_ADDRS; i++) {
		const struct prefix source =
			i < ADDRS_FETCH ? looks[i].prefix : source_of(&candidate->addrs[i]);
		uint32_t place =
			i < ADDRS_FETCH ? looks[i].number : place_find(self->policy, &source);
		bool is_private = rank_is_private(candidate, i);
		enum rank_why here = why_not_there(self, peer, place, &source, is_private);

		if (here == RANK_KNOWN && !is_private) {
			*ret_addr = (uint8_t)i;
			return RANK_KNOWN;
		}
		if (here < why) {
			*ret_addr = (uint8_t)i;
			why = here;
		}
	}
	return why;
}

static void weigh(const struct ranking *self, size_t i, const struct peer_look *look,
		  const struct place_look *places)
{
	const struct candidate *candidate = &self->candidates[i];
	const struct peer *peer = look->number ? peer_at(self->policy, look->number) : NULL;
	struct ranked *ret = &self->ret[i];
	uint64_t identity = candidate->peer[0]	    ? look->hash
			    : candidate->addr_count ? places[0].hash
						    : (uint64_t)i;

	*ret = (struct ranked){.candidate = (uint32_t)i, .order = identity};
	if (peer && peer->online)
		ret->why = RANK_LIVE;
	else if (!(peer && peer->trusted) && is_wrong_fork(self, candidate))
		ret->why = RANK_WRONG_FORK;
	else
		ret->why = choose_addr(self, candidate, look->number, places, &ret->addr);
	if (!rank_why_dials(ret->why))
		return;
	ret->why = why_known(self, peer);
	ret->key = key_of(self, peer, identity);
}

/* The link that tells whether dials failed, and how long the peer was good. */
static void fetch_links(const struct ranking *self, const struct peer_look *looks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t link =
			looks[i].number ? peer_first_link(self->policy, looks[i].number) : 0;

		if (link)
			pool_fetch(&self->policy->links, link);
	}
}

static void weigh_group(const struct ranking *self, size_t from, size_t count)
{
	size_t first[GROUP], places = 0;
	struct group_look look;

	for (size_t i = 0; i < count; i++) {
		const struct candidate *candidate = &self->candidates[from + i];

		look.peers[i].id = candidate->peer;
		first[i] = places;
		for (unsigned int addr = 0; addr < ADDRS_FETCH && addr < candidate->addr_count;
		     addr++)
			look.places[places++].prefix = source_of(&candidate->addrs[addr]);
	}
	peers_find(self->policy, look.peers, count);
	places_find(self->policy, look.places, places);
	fetch_links(self, look.peers, count);
	for (size_t i = 0; i < count; i++)
		weigh(self, from + i, &look.peers[i], &look.places[first[i]]);
}

void rank_weigh(const struct ranking *self)
{
	for (size_t from = 0; from < self->count; from += GROUP)
		weigh_group(self, from, self->count - from < GROUP ? self->count - from : GROUP);
}
