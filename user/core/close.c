/* SPDX-License-Identifier: BSD-2-Clause */
/* close: whose live connections may be closed: nobody's who is trusted (law 2), nobody's where a good peer is (law 4). */
#include <errno.h>

#include "links.h"
#include "places.h"
#include "trust.h"

/* The operator's most specific word that covers all of @prefix. */
static bool is_allowed_whole(const struct policy *self, const struct prefix *prefix,
			     uint64_t now_ns)
{
	uint32_t number = place_find(self, prefix);

	if (!number || !ruling_is_live(place_said(place_at(self, number)), now_ns))
		number = place_overruled_by(self, prefix, now_ns);
	return number && place_said(place_at(self, number))->standing == STANDING_TRUSTED;
}

static bool has_good(const struct policy *self, const struct place *place, uint64_t now_ns)
{
	const struct source *source = place_source(self, place);

	return source &&
	       (source_has_tenured(self, source, 0, now_ns) || source_has_good(self, source, 0));
}

static bool forbids(const struct policy *self, const struct place *place,
		    const struct prefix *prefix, uint64_t now_ns, struct why *why)
{
	const struct prefix own = place_prefix(self, place);
	bool is_source = prefix_is_source(&own);
	char text[ADDR_TEXT_MAX];

	/* A wider prefix speaks by its operator's word only, which was heard. */
	if (!is_source && own.length <= prefix->length)
		return false;
	prefix_text(&own, text);
	if (place_is_trusted(self, place, now_ns))
		why_fill(why, -EPERM, "%s is trusted: its connections are not closed", text);
	else if (is_source && has_good(self, place, now_ns))
		why_fill(why, -EPERM,
			 "a good peer is at %s: its connections are not closed; they end with the "
			 "node's own disconnect",
			 text);
	else
		return false;
	return true;
}

/* A source is looked up; what is wider or finer takes a walk through the table. */
static const struct place *find_forbidding(const struct policy *self, const struct prefix *prefix,
					   uint64_t now_ns, struct why *why)
{
	bool is_source = prefix_is_source(prefix);
	uint32_t number = is_source ? place_find(self, prefix) : place_next(self, 0);

	for (; number; number = is_source ? 0 : place_next(self, number)) {
		const struct place *place = place_at(self, number);
		const struct prefix own = place_prefix(self, place);

		if (place->shelf && prefix_overlaps(&own, prefix) &&
		    forbids(self, place, prefix, now_ns, why))
			return place;
	}
	return NULL;
}

bool policy_may_close(const struct policy *self, const struct prefix *prefix, uint64_t now_ns,
		      struct why *why)
{
	char text[ADDR_TEXT_MAX];

	if (is_allowed_whole(self, prefix, now_ns)) {
		why_fill(why, -EPERM, "an operator allowed %s: its connections are not closed",
			 prefix_text(prefix, text));
		return false;
	}
	return !find_forbidding(self, prefix, now_ns, why);
}
