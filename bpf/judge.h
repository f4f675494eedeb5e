/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* judge: the order of questions, from the source of a start to a verdict. Pure. */
#ifndef JUDGE_H
#define JUDGE_H

#include "pace.h"
#include "question.h"
#include "room.h"
#include "siphash.h"
#include "standing.h"

enum {
	LEAK_EPOCH_SHIFT = 35
}; /* the draw of a source and port holds for 2^35 ns, 34 s: longer than a SYN is repeated */

/* A source and port that has no token leaks through by this draw, the same for every repeat of a SYN. */
PURE int leaks(const struct question *q)
{
	__u64 source, draw;

	__builtin_memcpy(&source, q->source->address, sizeof(source));
	draw = hash_pair(q->settings->hash_key, source,
			 (__u64)q->start->source_port << 48 | q->now >> LEAK_EPOCH_SHIFT);
	return (draw & 0xffff) < q->settings->leak;
}

/* Question 6. */
PURE int is_within_pace(const struct question *q, const struct rate *rate)
{
	struct pace *pace;

	if (!rate->interval_ns)
		return 1;
	pace = look_pace(q->source);
	if (!pace) {
		struct pace fresh = {.bucket.next = q->now + rate->interval_ns};

		keep_pace(q->source, &fresh);
		return 1;
	}
	return bucket_take(&pace->bucket, rate, q->now);
}

/* Question 2: a trusted source is only paced, so that a neighbour behind its NAT does not flood through it. */
PURE struct judgement judge_trusted(const struct question *q, const struct limits *limits)
{
	struct rate rate = rate_times(&limits->pace, TRUSTED_PACE_FACTOR);

	if (!q->leased || q->start->transport == TRANSPORT_QUIC || is_within_pace(q, &rate) ||
	    leaks(q))
		return judge_pass(CAUSE_TRUST);
	return judge_refuse(REASON_SOURCE_PACE);
}

PURE struct judgement judge_refused(const struct saying *saying)
{
	struct judgement judgement = judge_refuse(saying->reason);

	judgement.firm = saying->standing == STANDING_BANNED;
	return judgement;
}

/* A start on a gated port. */
PURE struct judgement judge(const struct question *q)
{
	const struct limits *limits = &q->settings->services[q->service % SERVICES_MAX];
	enum cause cause = CAUSE_ADMITTED;
	const struct record *record;
	struct saying saying;

	if (q->start->answer)
		return judge_pass(CAUSE_ANSWER);
	record = look_source(q->source);
	saying = source_says(q, record, 1U << (q->service % SERVICES_MAX));
	if (saying.live && saying.standing == STANDING_TRUSTED)
		return judge_trusted(q, limits);
	if (saying.live)
		return judge_refused(&saying);
	if (!q->leased)
		return judge_pass(CAUSE_NO_LEASE);
	/* Until the gate remembers our own dials, an Initial may be the answer to one: bans only. */
	if (q->start->transport == TRANSPORT_QUIC)
		return judge_pass(CAUSE_ADMITTED);
	if (is_source_full(q, limits))
		return judge_refuse(REASON_SOURCE_FULL);
	if (!is_within_pace(q, &limits->pace)) {
		if (!leaks(q))
			return judge_refuse(REASON_SOURCE_PACE);
		cause = CAUSE_LEAKED;
	}
	return judge_floor(q, limits, record, cause);
}

/* A packet that hides its ports behind more headers than any honest one has: refused to who is refused anywhere. */
PURE struct judgement judge_hidden(const struct question *q)
{
	struct saying saying = source_says(q, look_source(q->source), EVERY_SERVICE);

	if (saying.live && saying.standing != STANDING_TRUSTED)
		return judge_refuse(REASON_HIDDEN);
	return judge_pass(CAUSE_UNPARSED);
}

#endif
