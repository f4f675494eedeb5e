/* SPDX-License-Identifier: BSD-2-Clause */
/* churn: the kernel's own evidence, connections that all end within seconds: who is backed off for it, and who is not. */
#include <errno.h>

#include "cuts.h"
#include "links.h"
#include "offence.h"
#include "places.h"
#include "protect.h"
#include "trust.h"

enum { AHEAD_S = 5 }; /* as of a report */

/* Somebody trusted or protected, or connected and in good order: the row is noted nowhere and costs nothing. */
static bool is_spared(const struct policy *self, const struct prefix *prefix)
{
	uint32_t number = place_find(self, prefix), above;
	const struct place *place = number ? place_at(self, number) : NULL;
	const struct source *source = place ? place_source(self, place) : NULL;

	if (prefix_is_protected(self, prefix, NULL))
		return true;
	if (place && place_is_trusted(self, place, self->now_ns))
		return true;
	if (source && source_has_good(self, source, 0))
		return true;
	above = place ? 0 : place_overruled_by(self, prefix, self->now_ns);
	return above && place_said(place_at(self, above))->standing == STANDING_TRUSTED;
}

/* What began before the refusal, or passes because the gate only observes, is no further row. */
static bool is_refused_already(const struct policy *self, const struct place *place, int service)
{
	const struct ruling *ruling = place_automatic(self, place);
	bool covers = service < 0 ? ruling->services == 0xff : ruling->services >> service & 1;

	if (!ruling_is_live(ruling, self->now_ns))
		return false;
	return covers && (ruling->standing == STANDING_BANNED || ruling->reason == REASON_CHURN);
}

static void take(struct policy *self, const struct prefix *prefix, struct hearing *hearing)
{
	struct source *source;

	hearing->place = place_obtain(self, prefix, CLAIM_NEWCOMER);
	if (!hearing->place) {
		self->counts.reports_ignored++;
		return;
	}
	source = place_know(self, hearing->place);
	moment_later(&source->past.seen_at, hearing->at_ns);
	if (!is_refused_already(self, place_at(self, hearing->place), hearing->report->service))
		on_churn(self, hearing);
	place_sync(self, hearing->place, self->now_ns);
	place_touch(self, hearing->place);
}

int policy_churn(struct policy *self, const struct source_key *source, int service,
		 uint32_t short_lived, uint64_t at_ns, struct why *why)
{
	uint64_t latest_ns = after_s(self->now_ns, AHEAD_S);
	const struct prefix prefix = source_prefix(source);
	const struct report report = {.service = service, .direction = DIRECTION_INBOUND};
	struct hearing hearing = {.report = &report,
				  .rule = evidence_at(evidence_churn()),
				  .rule_number = (uint8_t)evidence_churn(),
				  .at_ns = at_ns < latest_ns ? at_ns : latest_ns};

	if (service < -1 || service >= SERVICES_MAX)
		return why_fill(why, -EINVAL, "service: %d is not one of 0 .. %d", service,
				SERVICES_MAX - 1);
	if (!short_lived)
		return why_fill(why, -EINVAL, "short_lived: a row needs at least one connection");
	if (!is_spared(self, &prefix) && !cut_excuses(self, source, short_lived, hearing.at_ns))
		take(self, &prefix, &hearing);
	return 0;
}
