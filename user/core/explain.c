/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain: the account of an address, a prefix or a peer: what was decided, what the standing is and when it changes, what each
 * door would do now, and the evidence behind all that. In words and numbers, the weightiest first; see account.h for its parts.
 */
#include <errno.h>
#include <inttypes.h>

#include "account.h"
#include "explain_judge.h"
#include "links.h"
#include "peers.h"
#include "places.h"
#include "protect.h"
#include "span.h"

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

/* What was decided there and around it; returns what is known of the source, or NULL. */
static const struct source *tell_places(const struct policy *self, const struct prefix *prefix,
					uint64_t now_ns, struct account *ret)
{
	const struct source *source = NULL;
	bool is_decided = false;

	for (unsigned int length = prefix->length + 1u; length-- > 0;) {
		uint32_t number = place_around(self, prefix, length);
		const struct place *place = number ? place_at(self, number) : NULL;

		if (!place)
			continue;
		ret->known = true;
		account_place(self, ret, place, now_ns);
		if (place->has_source)
			source = place_source(self, place);
		is_decided = is_decided || decide(self, ret, place, now_ns);
	}
	return source;
}

/* The score's standing, unless a verdict has given another. */
static void tell_standing(const struct policy *self, const struct past *past, uint64_t now_ns,
			  struct account *ret)
{
	enum standing decided = ret->standing;

	account_standing(self, ret, past, now_ns);
	if (decided == STANDING_TRUSTED || decided == STANDING_BANNED)
		ret->standing = decided;
}

static void tell_source(const struct policy *self, const struct source *source, uint64_t now_ns,
			struct account *ret)
{
	if (source->run)
		account_add(ret, "%" PRIu16 " failed connection%s since the last success here",
			    source->run, source->run == 1 ? "" : "s");
	if (source->peers)
		account_add(ret, "%u peer%s known here, %u connected", source->peers,
			    source->peers == 1 ? "" : "s", source->online);
	if (source_has_tenured(self, source, 0, now_ns))
		account_add(
			ret,
			"a peer was good here for an hour within a day: bans end within %" PRIu32
			" s",
			self->settings.ban_handshake_s);
}

/* @is_whole: for itself; else what a peer's account needs of its source, without the doors and the evidence. */
static void tell_prefix(const struct policy *self, const struct prefix *prefix, uint64_t now_ns,
			bool is_whole, struct account *ret)
{
	struct prefix source_prefix = prefix_cut(prefix, addr_is_ipv4(&prefix->addr) ? 128 : 64);
	const struct source *source;
	const char *protection;

	*ret = (struct account){0};
	if (prefix_is_protected(self, prefix, &protection))
		account_add(ret, "protected from reports: %s", protection);
	source = tell_places(self, prefix, now_ns, ret);
	if (source)
		tell_standing(self, &source->past, now_ns, ret);
	if (!ret->known)
		account_add(ret, "nothing is known: a newcomer, with a score of 0");
	if (is_whole && prefix->length >= source_prefix.length) {
		account_ingress(self, ret, &source_prefix, now_ns);
		account_admit(self, ret, 0, &source_prefix, now_ns);
	}
	if (source && is_whole)
		account_evidence(self, ret, &source->past, now_ns);
	if (source)
		tell_source(self, source, now_ns, ret);
}

void policy_explain_prefix(const struct policy *self, const struct prefix *prefix, uint64_t now_ns,
			   struct account *ret)
{
	tell_prefix(self, prefix, now_ns, true, ret);
	account_weather(self, ret, now_ns);
}

void policy_explain_addr(const struct policy *self, const struct addr *addr, uint64_t now_ns,
			 struct account *ret)
{
	const struct prefix whole = {.addr = *addr, .length = 128};

	policy_explain_prefix(self, &whole, now_ns, ret);
}

static void tell_links(const struct policy *self, const struct peer *peer, uint64_t now_ns,
		       struct account *ret)
{
	char prefix[ADDR_TEXT_MAX], span[SPAN_MAX];

	for (uint32_t at = peer->first_link; at; at = link_next_of_peer(self, at)) {
		const struct link *link = link_at(self, at);
		const struct prefix source = place_prefix(self, place_at(self, link->place));
		uint64_t seen_ns = moment_ns(link->seen_at);

		account_add(ret, "%s %s, last heard of %s ago%s",
			    link->online ? "connected from" : "seen at",
			    prefix_text(&source, prefix),
			    span_text(now_ns > seen_ns ? now_ns - seen_ns : 0, span),
			    link_is_tenured(link, now_ns) ? "; good there for an hour" : "");
	}
}

static void tell_peer(const struct policy *self, uint32_t number, const struct prefix *source,
		      uint64_t now_ns, struct account *ret)
{
	const struct peer *peer = peer_at(self, number);

	if (peer->trusted) {
		account_add(ret, "the node trusts this peer");
		ret->standing = STANDING_TRUSTED;
	} else if (ruling_is_live(&peer->ruling, now_ns) &&
		   peer->ruling.standing == STANDING_BANNED) {
		ret->standing = STANDING_BANNED;
	}
	account_ruling(ret, "the peer's own ", &peer->ruling, NULL, now_ns);
	explain_return(self, peer, now_ns, ret);
	tell_standing(self, &peer->past, now_ns, ret);
	account_admit(self, ret, number, source, now_ns);
	account_mesh(self, ret, number, now_ns);
	account_evidence(self, ret, &peer->past, now_ns);
	explain_qualities(self, peer, now_ns, ret);
	tell_links(self, peer, now_ns, ret);
}

int policy_explain_peer(const struct policy *self, const char *id, uint64_t now_ns,
			struct account *ret)
{
	uint32_t number = peer_find(self, id), link = number ? link_latest(self, number) : 0;
	struct account here = {0};
	struct prefix source;

	if (!number)
		return -ENOENT;
	if (link) {
		source = place_prefix(self, place_at(self, link_at(self, link)->place));
		tell_prefix(self, &source, now_ns, false, &here);
	}
	*ret = (struct account){.known = true,
				.refused = here.refused,
				.reason = here.reason,
				.until_ns = here.until_ns};
	tell_peer(self, number, link ? &source : NULL, now_ns, ret);
	for (unsigned int i = 0; i < here.whys; i++)
		account_add(ret, "its source: %.180s", here.why[i]);
	account_weather(self, ret, now_ns);
	return 0;
}
