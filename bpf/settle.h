/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * settle: holds what was found against the whole packet's length, as Linux will. Pure.
 *
 * A packet that says it is longer than it is will be dropped by Linux: FOUND_CUT. No honest start is fragmented
 * (RFC 9000, 14), so a first fragment that is too short to tell is a start.
 */
#ifndef SETTLE_H
#define SETTLE_H

#include "transport.h"

enum { INITIAL_MIN = 1200 }; /* a client pads its Initials to this (RFC 9000, 14.1) */

PURE enum found settle_tcp(struct start *self, __u32 end)
{
	if (self->header_size < TCP_SIZE)
		return FOUND_CUT;
	if (self->fragment) {
		self->resettable = 0;
		return FOUND_START;
	}
	if (self->header + self->header_size > end)
		return FOUND_CUT;
	self->payload = end - self->header - self->header_size;
	return FOUND_START;
}

PURE enum found settle_quic(const struct start *self, __u32 end)
{
	__u32 size = self->datagram;

	if (self->fragment)
		return !size || size >= UDP_SIZE + INITIAL_MIN ? FOUND_START : FOUND_NOTHING;
	if (!size)
		size = end - self->header;
	if (size < UDP_SIZE || self->header + size > end)
		return FOUND_CUT;
	return size >= UDP_SIZE + INITIAL_MIN ? FOUND_START : FOUND_LONG;
}

/* All of the packet was seen and it ended too early, or nobody can show us more (@seen < @length). */
PURE enum found settle_short(const struct start *self, __u32 end, __u32 seen, __u32 length)
{
	if (self->fragment && self->has_ports)
		return FOUND_START;
	if (self->has_source && (self->fragment || seen < length))
		return FOUND_HIDDEN;
	/* A datagram of a few bytes is whole, and no Initial. */
	if (self->has_ports && self->transport == TRANSPORT_QUIC && end >= self->header + UDP_SIZE)
		return FOUND_NOTHING;
	return FOUND_CUT;
}

/*
 * The last word on what find.h @found in the @seen first bytes of a packet of @length bytes: everything but
 * FOUND_SHORT. For a TCP start the payload is filled in.
 */
PURE enum found settle(struct start *self, enum found found, __u32 seen, __u32 length)
{
	__u32 end = self->ip_end ? self->ip_end : length;

	if (found != FOUND_START && found != FOUND_SHORT)
		return found;
	if (end > length)
		return FOUND_CUT;
	if (found == FOUND_SHORT)
		return settle_short(self, end, seen, length);
	if (self->header >= end)
		return FOUND_CUT;
	return self->transport == TRANSPORT_TCP ? settle_tcp(self, end) : settle_quic(self, end);
}

#endif
