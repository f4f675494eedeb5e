/* SPDX-License-Identifier: BSD-2-Clause */
#include "refuse.h"

#include "places.h"
#include "protect.h"
#include "trust.h"

enum { ALL_SERVICES = 0xff };

static uint8_t services_of(const struct hearing *hearing)
{
	return hearing->report->service < 0 ? ALL_SERVICES
					    : (uint8_t)(1u << hearing->report->service);
}

static enum reason reason_of(const struct hearing *hearing)
{
	return hearing->report->reason != REASON_NONE ? hearing->report->reason
						      : hearing->rule->reason;
}

/* Two live refusals of one place are one record: the later end, its reason, and both masks; a ban beats a backoff. */
static struct ruling merge(const struct ruling *old, const struct ruling *new, uint64_t now_ns)
{
	struct ruling both = *new;
	bool old_bans = old->standing == STANDING_BANNED,
	     new_bans = new->standing == STANDING_BANNED;

	if (!ruling_is_live(old, now_ns) || (new_bans && !old_bans))
		return *new;
	if ((old_bans && !new_bans) || old->until_at > new->until_at)
		both = *old;
	both.services = old->services | new->services;
	return both;
}

/* Refuses the source unless law 2 or 5 forbids it, or it would be over already. */
void refuse(struct policy *self, const struct hearing *hearing, const struct ruling *ruling)
{
	struct place *place = place_at(self, hearing->place);
	const struct prefix prefix = place_prefix(self, place);
	struct ruling merged;

	if (!ruling_is_live(ruling, self->now_ns) || prefix_is_protected(self, &prefix, NULL) ||
	    place_is_trusted(self, place, self->now_ns))
		return;
	merged = merge(place_automatic(self, place), ruling, self->now_ns);
	place_refuse(self, hearing->place, &merged);
}

struct ruling ruling_for(const struct hearing *hearing, enum standing standing, uint32_t seconds)
{
	return (struct ruling){.until_at = moment_end(after_s(hearing->at_ns, seconds)),
			       .since_at = moment_of(hearing->at_ns),
			       .standing = (uint8_t)standing,
			       .reason = (uint8_t)reason_of(hearing),
			       .services = standing == STANDING_BANNED ? ALL_SERVICES
								       : services_of(hearing)};
}
