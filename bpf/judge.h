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

/*
 * A dial of QUIC is an Initial or two, and repeats of them until an answer comes: they share one verdict and one token. No
 * more than this, or who repeats one ID for ever would pay once. Lost answers cost an honest client another token.
 */
enum { REPEATS_MAX = 4 };

/* A source and port (and of QUIC an ID) that has no token leaks through by this draw, the same for every repeat. */
PURE int leaks(const struct question *q, __u32 unit)
{
	__u64 source, draw;

	__builtin_memcpy(&source, q->source->address, sizeof(source));
	draw = hash_pair(q->settings->hash_key, source,
			 ((__u64)q->start->source_port << 48 | q->now >> LEAK_EPOCH_SHIFT) ^
				 (__u64)unit << 16);
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
PURE struct judgement judge_trusted(const struct question *q, const struct limits *limits,
				    __u32 unit)
{
	struct rate rate = rate_times(&limits->pace, TRUSTED_PACE_FACTOR);

	if (is_within_pace(q, &rate) || leaks(q, unit))
		return judge_pass(CAUSE_TRUST);
	return judge_refuse(REASON_SOURCE_PACE);
}

PURE struct judgement judge_refused(const struct saying *saying)
{
	struct judgement judgement = judge_refuse(saying->reason);

	judgement.firm = saying->standing == STANDING_BANNED;
	return judgement;
}

/* Questions 5 to 7. */
PURE struct judgement judge_room(const struct question *q, const struct limits *limits,
				 const struct record *record, __u32 unit)
{
	enum cause cause = CAUSE_ADMITTED;

	if (is_source_full(q, limits))
		return judge_refuse(REASON_SOURCE_FULL);
	if (!is_within_pace(q, &limits->pace)) {
		if (!leaks(q, unit))
			return judge_refuse(REASON_SOURCE_PACE);
		cause = CAUSE_LEAKED;
	}
	return judge_floor(q, limits, record, cause);
}

/* Whether this Initial was judged before, and how. Who is trusted by now is not held to what he was refused before. */
PURE int judged_before(const struct question *q, __u32 unit, int trusted, struct judgement *ret)
{
	struct pace *pace = unit ? look_pace(q->source) : NULL;

	if (!pace || pace->initial != unit || pace->repeats >= REPEATS_MAX)
		return 0;
	if (trusted && pace->verdict != VERDICT_PASS)
		return 0;
	pace->repeats++;
	*ret = pace->verdict == VERDICT_PASS ? judge_pass(pace->cause) : judge_refuse(pace->reason);
	return 1;
}

PURE void keep_verdict(const struct question *q, __u32 unit, const struct judgement *judgement)
{
	struct pace *pace = look_pace(q->source), fresh = {0};
	struct pace *into = pace ? pace : &fresh;

	into->initial = unit;
	into->verdict = judgement->verdict;
	into->cause = judgement->cause;
	into->reason = judgement->reason;
	into->repeats = 0;
	if (!pace)
		keep_pace(q->source, &fresh);
}

/* What an Initial goes to: the same dial's have the same. 0: not seen, or no Initial. */
PURE __u32 unit_of(const struct question *q)
{
	if (!q->to)
		return 0;
	return (__u32)quic_hash(q->settings->hash_key, q->to, q->start->source_port,
				q->start->port) |
	       1;
}

/* What changes with each start: of QUIC the unit is source and ID. */
PURE struct judgement judge_each(const struct question *q, const struct limits *limits,
				 const struct record *record, int trusted)
{
	__u32 unit = unit_of(q);
	struct judgement judgement;

	if (judged_before(q, unit, trusted, &judgement))
		return judgement;
	judgement = trusted ? judge_trusted(q, limits, unit) : judge_room(q, limits, record, unit);
	if (unit)
		keep_verdict(q, unit, &judgement);
	return judgement;
}

/* What leaves here is not seen: an Initial may be the answer to a dial of ours, so nothing but bans holds. */
PURE int may_answer(const struct question *q)
{
	return q->start->transport == TRANSPORT_QUIC && !look_remembers(q->ifindex);
}

/* A start on a gated port. */
PURE struct judgement judge(const struct question *q)
{
	const struct limits *limits = &q->settings->services[q->service % SERVICES_MAX];
	int quic = q->start->transport == TRANSPORT_QUIC;
	const struct record *record;
	struct saying saying;

	if (q->answer)
		return judge_pass(CAUSE_ANSWER);
	record = look_source(q->source);
	saying = source_says(q, record, 1U << (q->service % SERVICES_MAX));
	if (saying.live && saying.standing == STANDING_TRUSTED) {
		if (!q->leased || may_answer(q))
			return judge_pass(CAUSE_TRUST);
		return judge_each(q, limits, record, 1);
	}
	if (saying.live)
		return judge_refused(&saying);
	if (quic && q->settings->closing && look_closure(q->source, q->now))
		return judge_refuse(REASON_CLOSING);
	if (!q->leased)
		return judge_pass(CAUSE_NO_LEASE);
	if (may_answer(q))
		return judge_pass(CAUSE_ADMITTED);
	return judge_each(q, limits, record, 0);
}

/* A packet of a QUIC connection, which is judged for nothing but that: the source's connections are being closed. */
PURE int is_closing(const struct question *q)
{
	struct saying saying;

	if (!q->settings->closing || !look_closure(q->source, q->now))
		return 0;
	saying = source_says(q, look_source(q->source), 1U << (q->service % SERVICES_MAX));
	return !saying.live || saying.standing != STANDING_TRUSTED;
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
