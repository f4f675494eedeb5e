/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* standing: the most specific live verdict on a source: a prefix within its /64, its own record, a prefix around it. Pure. */
#ifndef STANDING_H
#define STANDING_H

#include "question.h"

enum { PREFIX_TRIES = 4 };    /* shorter prefixes asked when the longest has no live verdict */
enum { SOURCE_BITS_V6 = 64 }; /* a longer prefix is more specific than its source's record */
enum { PREFIX_IPV4 = 96 };    /* every prefix of IPv4 sources is at least this long */
enum { EVERY_SERVICE = 0xff };

/* What a record says; @live 0: nothing now. */
struct saying {
	__u8 live, standing, reason;
	__u32 length; /* of the prefix that says it; 0 for a source's own */
};

/* Works for both kinds of record: live when it speaks now, for one of the services in @mask. */
#define SAYING(record, mask, now)                                                      \
	((struct saying){                                                              \
		.live = (record)->until > (now) && ((record)->services & (mask)) != 0, \
		.standing = (record)->standing,                                        \
		.reason = (record)->reason,                                            \
	})

/* What the longest prefix that says anything now says. ::/0 and the like are IPv6's and mean no IPv4 source. */
PURE struct saying prefix_says(const struct question *q, __u32 mask)
{
	__u32 least = is_ipv4_source(q->source) ? PREFIX_IPV4 : 0;
	struct prefix_key key = {.length = 128};
	struct saying nothing = {0};

	question_address(q, key.address);
	for (int i = 0; i <= PREFIX_TRIES; i++) {
		const struct prefix_record *found = look_prefix(&key);
		struct saying saying;

		if (!found || found->length < least)
			return nothing;
		saying = SAYING(found, mask, q->now);
		saying.length = found->length;
		if (saying.live || !saying.length)
			return saying;
		key.length = saying.length - 1;
	}
	return nothing;
}

/*
 * The most specific live verdict on a source: a prefix within its /64, its own record, a prefix around it.
 * @record: its own, or NULL.
 */
PURE struct saying source_says(const struct question *q, const struct record *record, __u32 mask)
{
	struct saying own = {0}, prefix;

	if (record)
		own = SAYING(record, mask, q->now);
	if (!q->settings->prefixes || (own.live && is_ipv4_source(q->source)))
		return own;
	prefix = prefix_says(q, mask);
	if (prefix.live && (!own.live || prefix.length > SOURCE_BITS_V6))
		return prefix;
	return own;
}

#endif
