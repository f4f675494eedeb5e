/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dial: may the node dial this destination? Pure.
 *
 * A question about a dial is one about a start whose source is the destination: @start->address and @start->source_port are
 * theirs, @start->port is ours (0: not known), the service is SERVICE_NONE. In this order: ports that are always free;
 * the operator's trust, which is how an exception is said; bans; ranges. None of it needs a lease: these are the operator's own
 * settings and bans, and they hold when the daemon is silent.
 */
#ifndef DIAL_H
#define DIAL_H

#include <peergate/ranges.h>

#include "standing.h"

/* What is dialled: a datagram is no connection, so it is not asked whether its receiver is banned. */
enum dialled_by { BY_CONNECTION, BY_DATAGRAM };

/* Whether any question is to be asked at all. */
PURE int dial_is_judged(const struct settings *settings, enum dialled_by by)
{
	return settings->dial != REACH_OFF || (by == BY_CONNECTION && settings->dial_banned);
}

/* The reason for which a normalised address is out of reach; REASON_NONE: it is not. */
PURE __u8 dial_out_of_reach(const struct settings *settings, const __u8 address[16])
{
	enum range range = RANGE_OPEN;

	if (settings->dial != REACH_OFF)
		range = range_of(address);
	if (range == RANGE_OPEN || (__u32)range > (__u32)settings->dial)
		return REASON_NONE;
	return range == RANGE_PRIVATE ? REASON_PRIVATE : REASON_BOGON;
}

/* Ports that are never refused, whatever the address: DNS, the execution client. */
PURE int dial_port_is_free(const struct settings *settings, __u16 port)
{
	for (int i = 0; i < DIAL_PORTS_MAX; i++)
		if (settings->dial_ports[i] == port)
			return port != 0;
	return 0;
}

/*
 * Its own record as far as it concerns dials: a backoff is for who dials us (their node asks too often, ours is full), so it
 * neither refuses a dial nor hides a ban of the prefix around it.
 */
PURE const struct record *dial_record(const struct source_key *key)
{
	const struct record *record = look_source(key);

	if (record && record->standing != STANDING_BANNED && record->standing != STANDING_TRUSTED)
		return NULL;
	return record;
}

/* A dial by a connection (TCP, the first Initial of QUIC) or a datagram. Observing is the caller's. */
PURE struct judgement dial_judge(const struct question *q, enum dialled_by by)
{
	int asks_bans = by == BY_CONNECTION && q->settings->dial_banned;
	__u8 address[16] __attribute__((aligned(8))), reason;
	struct saying saying;

	question_address(q, address);
	reason = dial_out_of_reach(q->settings, address);
	if (reason == REASON_NONE && !asks_bans)
		return judge_pass(CAUSE_ADMITTED);
	if (dial_port_is_free(q->settings, q->start->source_port))
		return judge_pass(CAUSE_ADMITTED);
	saying = source_says(q, dial_record(q->source), EVERY_SERVICE);
	if (saying.live && saying.standing == STANDING_TRUSTED)
		return judge_pass(CAUSE_TRUST);
	if (asks_bans && saying.live && saying.standing == STANDING_BANNED)
		return judge_refuse(saying.reason);
	if (reason != REASON_NONE)
		return judge_refuse(reason);
	return judge_pass(CAUSE_ADMITTED);
}

#endif
