/* SPDX-License-Identifier: BSD-2-Clause */
/* account_evidence: score, standing and what they are made of. */
#include <inttypes.h>
#include <stdio.h>

#include <peergate/words.h>

#include "account.h"
#include "details.h"
#include "evidence.h"
#include "span.h"

enum { MILLI = 1000, AHEAD_MIN = 24 * 60 };

static void add_score(const struct policy *self, struct account *ret, const struct past *past,
		      uint64_t now_ns)
{
	int penalty = ledger_penalty(&past->ledger, &self->settings, now_ns);
	char half[SPAN_MAX];

	ret->score = (int8_t)ledger_score(&past->ledger, &self->settings, now_ns);
	if (penalty)
		account_add(ret,
			    "penalties now -%d, halved each %" PRIu32
			    " s; with rewards the score is %d",
			    penalty, self->settings.penalty_half_life_s, ret->score);
	else if (ret->score)
		account_add(ret, "no penalties; the score is %d, rewards halve each %s", ret->score,
			    span_text(self->settings.reward_half_life_s * NS_PER_S, half));
}

/* The moment when the band changes by itself: to the minute, then to the second; 0: not within a day. */
static uint64_t next_change(const struct policy *self, const struct past *past, uint64_t now_ns)
{
	enum standing band = ledger_band(&past->ledger, &self->settings, now_ns);
	uint64_t at_ns = now_ns;

	for (int minute = 0; minute < AHEAD_MIN; minute++) {
		uint64_t next_ns = after_s(at_ns, MINUTE_S);

		if (ledger_band(&past->ledger, &self->settings, next_ns) != band)
			break;
		at_ns = next_ns;
	}
	for (int second = 0; second < MINUTE_S; second++) {
		at_ns = after_s(at_ns, 1);
		if (ledger_band(&past->ledger, &self->settings, at_ns) != band)
			return at_ns;
	}
	return 0;
}

static void add_band(const struct policy *self, struct account *ret, const struct past *past,
		     uint64_t now_ns)
{
	static const char *const words[STANDINGS] = {
		[STANDING_GOOD] = "standing good: since a score of 25, until it falls below 20",
		[STANDING_NEUTRAL] =
			"standing neutral: poor from a score of -5 down, good from 25 up",
		[STANDING_POOR] = "standing poor: since a score of -5, until it is above -2",
		[STANDING_DISCOURAGED] =
			"standing discouraged: since penalties of 20, until they are below 15",
	};
	uint64_t change_ns = next_change(self, past, now_ns);
	char span[SPAN_MAX];

	account_add(ret, "%s", words[ret->standing]);
	if (change_ns)
		account_add(ret, "without further evidence it is %s in %s",
			    standing_word(ledger_band(&past->ledger, &self->settings, change_ns)),
			    span_text(change_ns - now_ns, span));
}

void account_standing(const struct policy *self, struct account *ret, const struct past *past,
		      uint64_t now_ns)
{
	ret->standing = ledger_band(&past->ledger, &self->settings, now_ns);
	add_score(self, ret, past, now_ns);
	add_band(self, ret, past, now_ns);
}

/* Points fade from the moment of each; counted together they weigh at most what they would if all were as old as the last. */
static void add_memo(const struct policy *self, struct account *ret, const struct memo *memo,
		     uint64_t now_ns)
{
	const struct rule *rule = evidence_at(memo->rule - 1u);
	uint64_t first_ns = moment_ns(memo->first_at), last_ns = moment_ns(memo->last_at);
	uint64_t age_s = now_ns > last_ns ? (now_ns - last_ns) / NS_PER_S : 0;
	char span[SPAN_MAX], age[SPAN_MAX], within[SPAN_MAX + 16] = "", points[32] = "";

	if (memo->points)
		snprintf(points, sizeof(points), ", -%u, now -%d", memo->points,
			 ledger_fade(memo->points * MILLI, age_s,
				     self->settings.penalty_half_life_s) /
				 MILLI);
	if (memo->count > 1)
		snprintf(within, sizeof(within), " in %s, last",
			 span_short(now_ns > first_ns ? now_ns - first_ns : 0, span));
	account_add(ret, "%u %s%s %s ago (%s%s%s)", memo->count,
		    memo->count == 1 ? rule->one : rule->many, within,
		    span_short(age_s * NS_PER_S, age), evidence_word(rule->class), points,
		    memo->second_hand ? ", follower" : "");
}

static void add_unseen(struct account *ret, const struct details *details, uint64_t now_ns)
{
	if (!details->unseen || !moment_is_within(details->unseen_at, DAY_S, now_ns))
		return;
	account_add(ret,
		    "%" PRIu32
		    " follower's report%s in a day counted for the peer only: the kernel "
		    "saw no connection then",
		    details->unseen, details->unseen == 1 ? "" : "s");
}

void account_evidence(const struct policy *self, struct account *ret, const struct past *past,
		      uint64_t now_ns)
{
	const struct details *details = details_of(self, past);

	for (int i = 0; details && i < MEMOS; i++) {
		const struct memo *memo = &details->memos[i];

		if (memo->rule && moment_is_within(memo->last_at, DAY_S, now_ns))
			add_memo(self, ret, memo, now_ns);
	}
	if (details)
		add_unseen(ret, details, now_ns);
	if (past->thinned)
		account_add(ret, "what all of it was for is not known any more: there was no room "
				 "for details");
}
