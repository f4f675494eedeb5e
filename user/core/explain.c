/* SPDX-License-Identifier: BSD-2-Clause */
/* explain: the account of an address, a prefix or a peer: every judgement in words and numbers, the weightiest first. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <peergate/words.h>

#include "details.h"
#include "evidence.h"
#include "explain_judge.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "protect.h"
#include "span.h"

static void add(struct account *ret, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct account *ret, const char *format, ...)
{
	va_list args;

	if (ret->whys == ACCOUNT_WHYS)
		return;
	va_start(args, format);
	vsnprintf(ret->why[ret->whys++], ACCOUNT_WHY_MAX, format, args);
	va_end(args);
}

static void add_said(const struct policy *self, struct account *ret, const struct place *place,
		     uint64_t now_ns)
{
	const struct prefix whole = place_prefix(self, place);
	const struct ruling *said = place_said(place);
	char prefix[ADDR_TEXT_MAX], end[SPAN_MAX + 16];

	if (!ruling_is_live(said, now_ns))
		return;
	prefix_text(&whole, prefix);
	if (said->standing == STANDING_TRUSTED)
		add(ret, "operator allowed %s", prefix);
	else
		add(ret, "operator banned %s for %s; it %s", prefix, reason_word(said->reason),
		    end_text(moment_ns(said->until_at), now_ns, end));
}

static void add_trust(struct account *ret, const struct place *place, uint64_t now_ns)
{
	char span[SPAN_MAX];

	uint64_t until_ns = moment_ns(place->trust_until_at);

	if (until_ns > now_ns)
		add(ret, "trusted for %s: a peer that the node trusts was here",
		    span_text(until_ns - now_ns, span));
}

static void add_services(struct account *ret, uint8_t services)
{
	if (services != 0xff)
		add(ret, "that holds for some services only (mask 0x%02x)", services);
}

static void add_ruling(struct account *ret, const char *whose, const struct ruling *ruling,
		       const struct past *past, uint64_t now_ns)
{
	bool is_ban = ruling->standing == STANDING_BANNED;
	char end[SPAN_MAX + 16];

	if (!ruling_is_live(ruling, now_ns))
		return;
	end_text(moment_ns(ruling->until_at), now_ns, end);
	if (past)
		add(ret, "%s%s for %s %s (bans so far: %u, backoffs: %u, for fullness: %u)", whose,
		    is_ban ? "ban" : "backoff", reason_word(ruling->reason), end, past->bans.level,
		    past->backoffs.level, past->capacity.level);
	else
		add(ret, "%s%s for %s %s", whose, is_ban ? "ban" : "backoff",
		    reason_word(ruling->reason), end);
	add_services(ret, ruling->services);
}

static void add_memo(struct account *ret, const struct memo *memo, uint64_t now_ns)
{
	const struct rule *rule = evidence_at(memo->rule - 1u);
	uint64_t first_ns = moment_ns(memo->first_at),
		 from_ns = first_ns < now_ns ? first_ns : now_ns;
	const char *sign = rule->class == EVIDENCE_GOOD ? "+" : "-";
	char span[SPAN_MAX], points[16] = "";

	if (memo->points)
		snprintf(points, sizeof(points), ", %s%u", sign, memo->points);
	add(ret, "%u %s in the last %s (%s%s%s)", memo->count,
	    memo->count == 1 ? rule->one : rule->many, span_text(now_ns - from_ns, span),
	    evidence_word(rule->class), points, memo->second_hand ? ", a follower's word" : "");
}

static void add_unseen(struct account *ret, const struct details *details, uint64_t now_ns)
{
	if (details->unseen && moment_is_within(details->unseen_at, DAY_S, now_ns))
		add(ret,
		    "%" PRIu32
		    " follower's report%s in the last day counted for the peer only: the "
		    "kernel saw no connection from that address at that time",
		    details->unseen, details->unseen == 1 ? "" : "s");
}

static void add_details(const struct policy *self, struct account *ret, const struct past *past,
			uint64_t now_ns)
{
	const struct details *details = details_of(self, past);

	for (int i = 0; details && i < MEMOS; i++) {
		const struct memo *memo = &details->memos[i];

		if (memo->rule && moment_is_within(memo->last_at, DAY_S, now_ns))
			add_memo(ret, memo, now_ns);
	}
	if (details)
		add_unseen(ret, details, now_ns);
	if (past->thinned)
		add(ret,
		    "what all of it was for is not known any more: there was no room for details");
}

static void add_score(const struct policy *self, struct account *ret, const struct past *past,
		      uint64_t now_ns)
{
	int penalty = ledger_penalty(&past->ledger, &self->settings, now_ns);

	ret->score = (int8_t)ledger_score(&past->ledger, &self->settings, now_ns);
	ret->standing = ledger_band(&past->ledger, &self->settings, now_ns);
	if (penalty)
		add(ret,
		    "penalties now -%d, halved each %" PRIu32 " s; with rewards the score is %d",
		    penalty, self->settings.penalty_half_life_s, ret->score);
	else if (ret->score)
		add(ret, "no penalties; the score is %d", ret->score);
}

static void add_source(const struct policy *self, struct account *ret, const struct source *source,
		       uint64_t now_ns)
{
	add_score(self, ret, &source->past, now_ns);
	add_details(self, ret, &source->past, now_ns);
	if (source->run)
		add(ret, "%" PRIu16 " failed connection%s since the last success here", source->run,
		    source->run == 1 ? "" : "s");
	if (source->peers)
		add(ret, "%u peer%s known here, %u connected", source->peers,
		    source->peers == 1 ? "" : "s", source->online);
	if (source_has_tenured(self, source, 0, now_ns))
		add(ret,
		    "a peer was good here for an hour within a day: bans end within %" PRIu32 " s",
		    self->settings.ban_handshake_s);
}

/* The verdict of one place, when it has a live one, is the one that decides for all below it. */
static bool decide(const struct policy *self, struct account *ret, const struct place *place,
		   uint64_t now_ns)
{
	struct decision held;

	if (!place_wants(self, place, now_ns, &held) || held.until_ns <= now_ns)
		return false;
	ret->known = true;
	ret->refused = held.standing != STANDING_TRUSTED;
	ret->reason = ret->refused ? held.reason : REASON_NONE;
	ret->until_ns = held.until_ns;
	if (held.standing == STANDING_TRUSTED || held.standing == STANDING_BANNED)
		ret->standing = held.standing;
	return true;
}

static uint32_t place_around(const struct policy *self, const struct prefix *prefix,
			     unsigned int length)
{
	struct prefix wider = prefix_cut(prefix, length);

	if (!prefix_is_source(&wider) && !self->lengths[length])
		return 0;
	return place_find(self, &wider);
}

/* Whether an automatic refusal does not count: somebody is trusted or protected here, or an operator has spoken. */
static bool is_overruled(const struct policy *self, const struct place *place, uint64_t now_ns)
{
	struct decision held;

	return !place_wants(self, place, now_ns, &held) ||
	       held.until_ns != moment_ns(place_automatic(self, place)->until_at);
}

static void add_place(const struct policy *self, struct account *ret, const struct place *place,
		      uint64_t now_ns)
{
	const struct source *source = place_source(self, place);

	add_said(self, ret, place, now_ns);
	add_trust(ret, place, now_ns);
	add_ruling(ret, is_overruled(self, place, now_ns) ? "overruled: " : "",
		   place_automatic(self, place), source ? &source->past : NULL, now_ns);
	explain_fork(self, place, now_ns, ret);
}

void policy_explain_prefix(const struct policy *self, const struct prefix *prefix, uint64_t now_ns,
			   struct account *ret)
{
	const struct source *source = NULL;
	const char *protection;
	bool is_decided = false;

	*ret = (struct account){0};
	if (prefix_is_protected(self, prefix, &protection))
		add(ret, "protected from reports: %s", protection);
	for (unsigned int length = prefix->length + 1u; length-- > 0;) {
		uint32_t number = place_around(self, prefix, length);
		const struct place *place = number ? place_at(self, number) : NULL;

		if (!place)
			continue;
		ret->known = true;
		add_place(self, ret, place, now_ns);
		if (place->has_source)
			source = place_source(self, place);
		is_decided = is_decided || decide(self, ret, place, now_ns);
	}
	if (source) {
		enum standing decided = ret->standing;

		add_source(self, ret, source, now_ns);
		if (decided == STANDING_TRUSTED || decided == STANDING_BANNED)
			ret->standing = decided;
	}
	if (!ret->known)
		add(ret, "nothing is known: a newcomer, with a score of 0");
}

void policy_explain_addr(const struct policy *self, const struct addr *addr, uint64_t now_ns,
			 struct account *ret)
{
	const struct prefix whole = {.addr = *addr, .length = 128};

	policy_explain_prefix(self, &whole, now_ns, ret);
}

static void add_links(const struct policy *self, struct account *ret, const struct peer *peer,
		      uint64_t now_ns)
{
	char prefix[ADDR_TEXT_MAX], span[SPAN_MAX];

	for (uint32_t at = peer->first_link; at; at = link_next_of_peer(self, at)) {
		const struct link *link = link_at(self, at);
		const struct prefix source = place_prefix(self, place_at(self, link->place));
		uint64_t seen_ns = moment_ns(link->seen_at);

		add(ret, "%s %s, last heard of %s ago", link->online ? "connected from" : "seen at",
		    prefix_text(&source, prefix),
		    span_text(now_ns > seen_ns ? now_ns - seen_ns : 0, span));
	}
}

int policy_explain_peer(const struct policy *self, const char *id, uint64_t now_ns,
			struct account *ret)
{
	uint32_t number = peer_find(self, id), link = number ? link_latest(self, number) : 0;
	const struct peer *peer = number ? peer_at(self, number) : NULL;
	struct account here = {0};
	struct prefix source;

	if (!peer)
		return -ENOENT;
	if (link) {
		source = place_prefix(self, place_at(self, link_at(self, link)->place));
		policy_explain_prefix(self, &source, now_ns, &here);
	}
	*ret = (struct account){.known = true,
				.refused = here.refused,
				.reason = here.reason,
				.until_ns = here.until_ns};
	if (peer->trusted)
		add(ret, "the node trusts this peer");
	add_ruling(ret, "the peer's own ", &peer->ruling, NULL, now_ns);
	explain_return(self, peer, now_ns, ret);
	add_score(self, ret, &peer->past, now_ns);
	explain_qualities(self, peer, now_ns, ret);
	if (peer->trusted)
		ret->standing = STANDING_TRUSTED;
	else if (ruling_is_live(&peer->ruling, now_ns) && peer->ruling.standing == STANDING_BANNED)
		ret->standing = STANDING_BANNED;
	add_links(self, ret, peer, now_ns);
	add_details(self, ret, &peer->past, now_ns);
	for (unsigned int i = 0; i < here.whys; i++)
		add(ret, "its source: %.180s", here.why[i]);
	return 0;
}
