/* SPDX-License-Identifier: BSD-2-Clause */
#include "account.h"

#include <stdarg.h>
#include <stdio.h>

#include <peergate/words.h>

#include "explain_judge.h"
#include "places.h"
#include "span.h"

void account_add(struct account *self, const char *format, ...)
{
	va_list args;

	if (self->whys == ACCOUNT_WHYS)
		return;
	va_start(args, format);
	vsnprintf(self->why[self->whys++], ACCOUNT_WHY_MAX, format, args);
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
		account_add(ret, "operator allowed %s", prefix);
	else
		account_add(ret, "operator banned %s for %s; it %s", prefix,
			    reason_word(said->reason),
			    end_text(moment_ns(said->until_at), now_ns, end));
}

static void add_trust(struct account *ret, const struct place *place, uint64_t now_ns)
{
	uint64_t until_ns = moment_ns(place->trust_until_at);
	char span[SPAN_MAX];

	if (until_ns > now_ns)
		account_add(ret, "trusted for %s: a peer that the node trusts was here",
			    span_text(until_ns - now_ns, span));
}

void account_ruling(struct account *ret, const char *whose, const struct ruling *ruling,
		    const struct past *past, uint64_t now_ns)
{
	bool is_ban = ruling->standing == STANDING_BANNED;
	char end[SPAN_MAX + 16];

	if (!ruling_is_live(ruling, now_ns))
		return;
	end_text(moment_ns(ruling->until_at), now_ns, end);
	if (past)
		account_add(ret, "%s%s for %s %s (steps: ban %u, backoff %u, fullness %u)", whose,
			    is_ban ? "ban" : "backoff", reason_word(ruling->reason), end,
			    past->bans.level, past->backoffs.level, past->capacity.level);
	else
		account_add(ret, "%s%s for %s %s", whose, is_ban ? "ban" : "backoff",
			    reason_word(ruling->reason), end);
	if (ruling->services != 0xff)
		account_add(ret, "that holds for some services only (mask 0x%02x)",
			    ruling->services);
}

/* Whether an automatic refusal does not count: somebody is trusted or protected here, or an operator has spoken. */
static bool is_overruled(const struct policy *self, const struct place *place, uint64_t now_ns)
{
	struct decision held;

	return !place_wants(self, place, now_ns, &held) ||
	       held.until_ns != moment_ns(place_automatic(self, place)->until_at);
}

void account_place(const struct policy *self, struct account *ret, const struct place *place,
		   uint64_t now_ns)
{
	const struct source *source = place_source(self, place);

	add_said(self, ret, place, now_ns);
	add_trust(ret, place, now_ns);
	account_ruling(ret, is_overruled(self, place, now_ns) ? "overruled: " : "",
		       place_automatic(self, place), source ? &source->past : NULL, now_ns);
	explain_fork(self, place, now_ns, ret);
}
