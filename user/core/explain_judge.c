/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain_judge.h"

#include <inttypes.h>
#include <stdio.h>

#include "account.h"
#include "doubt.h"
#include "links.h"
#include "merit.h"
#include "places.h"
#include "span.h"

enum { TENTH = POINT / 10, DIGEST_TEXT = 2 * DIGEST_SIZE + 3 };

static void say_success(const struct policy *self, const struct peer *peer, int32_t worth,
			uint64_t now_ns, struct account *ret)
{
	const struct odds odds = quality_evidence(&peer->quality, &self->settings, now_ns);

	if (!odds.good_milli && !odds.bad_milli)
		return;
	account_add(ret,
		    "success adds %d.%d of %" PRIu32 ": %" PRIu32 ".%02" PRIu32
		    " for it and %" PRIu32 ".%02" PRIu32 " against, in contacts",
		    worth / POINT, worth / TENTH % 10, self->settings.reward_success,
		    odds.good_milli / 1000, odds.good_milli / 10 % 100, odds.bad_milli / 1000,
		    odds.bad_milli / 10 % 100);
}

static void say_latency(const struct policy *self, const struct peer *peer,
			const struct yardstick *yardstick, int32_t worth, struct account *ret)
{
	const struct quality *quality = &peer->quality;

	if (!quality->latency_us)
		return;
	if (!yardstick->latency_us)
		account_add(ret,
			    "latency %" PRIu32
			    " ms adds nothing: fewer than three networks to compare with",
			    quality->latency_us / 1000);
	else
		account_add(ret,
			    "latency adds %d.%d of %" PRIu32 ": %" PRIu32
			    " ms in %u answers, the networks' "
			    "median is %" PRIu32 " ms",
			    worth / POINT, worth / TENTH % 10, self->settings.reward_latency,
			    quality->latency_us / 1000, quality->answers,
			    yardstick->latency_us / 1000);
}

static void say_head(const struct policy *self, const struct peer *peer,
		     const struct yardstick *yardstick, int32_t worth, uint64_t now_ns,
		     struct account *ret)
{
	const struct quality *quality = &peer->quality;
	uint32_t now_s = seconds_of(now_ns);
	char ago[SPAN_MAX];

	if (!quality->head_slot)
		return;
	span_text((now_s > quality->head_s ? now_s - quality->head_s : 0) * NS_PER_S, ago);
	if (node_doubts_itself(self, peer->service))
		account_add(ret,
			    "head %" PRIu64 " weighs nothing: our own node is syncing or behind",
			    quality->head_slot);
	else if (!yardstick->has_head)
		account_add(ret,
			    "head %" PRIu64
			    " adds nothing: fewer than three networks to compare with",
			    quality->head_slot);
	else
		account_add(ret,
			    "head adds %d.%d of %" PRIu32 ": slot %" PRIu64
			    " told %s ago, the networks' "
			    "median is %" PRIu64,
			    worth / POINT, worth / TENTH % 10, self->settings.reward_head,
			    quality->head_slot, ago, yardstick->head_slot);
}

void explain_qualities(const struct policy *self, const struct peer *peer, uint64_t now_ns,
		       struct account *ret)
{
	const struct yardstick yardstick = merit_yardstick(self, peer->service);
	struct worth worth;

	merit_worth(self, peer, now_ns, &worth);
	say_success(self, peer, worth.success, now_ns, ret);
	say_latency(self, peer, &yardstick, worth.latency, ret);
	if (peer->quality.ours)
		account_add(ret, "protocols add %d.%d of %" PRIu32 ": it speaks %u of our %u",
			    worth.protocols / POINT, worth.protocols / TENTH % 10,
			    self->settings.reward_protocols, peer->quality.shared,
			    peer->quality.ours);
	say_head(self, peer, &yardstick, worth.head, now_ns, ret);
}

static const char *digest_text(bool is_told, const uint8_t digest[DIGEST_SIZE],
			       char text[DIGEST_TEXT])
{
	if (!is_told)
		return "not told";
	snprintf(text, DIGEST_TEXT, "0x%02x%02x%02x%02x", digest[0], digest[1], digest[2],
		 digest[3]);
	return text;
}

void explain_fork(const struct policy *self, const struct place *place, uint64_t now_ns,
		  struct account *ret)
{
	char theirs[DIGEST_TEXT], ours[DIGEST_TEXT];
	const struct ruling *automatic = place_automatic(self, place);
	const struct prefix prefix = place_prefix(self, place);
	const struct fork_record *record;

	if (!ruling_is_live(automatic, now_ns) || automatic->reason != REASON_IRRELEVANT_NETWORK)
		return;
	record = fork_find(self, &prefix);
	if (record)
		account_add(ret,
			    "their fork digest: %s, ours then: %s; when ours changes the ban ends "
			    "at once",
			    digest_text(record->has_theirs, record->theirs, theirs),
			    digest_text(record->has_ours, record->ours, ours));
}

void explain_return(const struct policy *self, const struct peer *peer, uint64_t now_ns,
		    struct account *ret)
{
	char end[SPAN_MAX + 16];

	if (ruling_is_live(&peer->ruling, now_ns) && peer->ruling.standing == STANDING_BANNED)
		account_add(ret,
			    "its address is free after %" PRIu32
			    " min; if it comes back there the ban goes on, and %s",
			    self->settings.ban_alone_s / MINUTE_S,
			    end_text(moment_ns(peer->ruling.until_at), now_ns, end));
}

void explain_cold(const struct policy *self, uint64_t now_ns, struct account *ret)
{
	uint64_t until_ns = after_s(self->started_ns, self->settings.cold_start_s);
	char end[SPAN_MAX + 16];

	if (policy_is_cold(self) && until_ns > now_ns)
		account_add(ret,
			    "cold start: suspect evidence takes no points, and the floor is open "
			    "however full the node is; it %s, or "
			    "when eight networks have given a status (so far %" PRIu32 ")",
			    end_text(until_ns, now_ns, end), self->networks.with_status);
}

void policy_doubts(const struct policy *self, uint64_t now_ns, struct account *ret)
{
	struct breaker_view view;

	*ret = (struct account){0};
	policy_breaker_see(self, now_ns, &view);
	if (view.open)
		account_add(ret, "breaker %s", view.why);
	if (forks_suspect_us(self))
		account_add(ret, "at least half of the networks whose handshakes ended in the last "
				 "ten minutes "
				 "are "
				 "of another network: check the node's own network and fork; "
				 "nobody is banned "
				 "for it meanwhile");
	for (int service = 0; service < SERVICES_MAX; service++) {
		if (node_doubts_itself(self, service))
			account_add(ret,
				    "service %d is syncing or over 64 slots behind the networks' "
				    "median: "
				    "useless answers and heads weigh nothing",
				    service);
	}
	explain_cold(self, now_ns, ret);
}
