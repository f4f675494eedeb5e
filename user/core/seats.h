/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seats: a count for each network (IPv4 /16, IPv6 /32), for the time of one question: so many of one batch, so many of the
 * mesh. Scratch: who counts takes all of it back. An IPv4 network has a slot of its own; IPv6 ones share theirs by a keyed
 * hash, so that two of them are taken for one once in 196,608 pairs.
 */
#ifndef SEATS_H
#define SEATS_H

#include <stdint.h>

#include <peergate/addr.h>

enum { SEATS_IPV4 = 1 << 16, SEATS_IPV6 = 3 << 16, SEATS = SEATS_IPV4 + SEATS_IPV6 };

struct policy;

struct seats {
	uint32_t taken[SEATS + 1];
	uint8_t tried
		[SEATS /
		 8]; /* no scratch: a bit for each network where anybody was ever met or dialled */
};

/* The slot of the network of @source. */
uint32_t seat_of(const struct policy *self, const struct prefix *source);

/* The slot of those whose address nobody knows. */
static inline uint32_t seat_nowhere(void)
{
	return SEATS;
}

/* Whether anybody of that network was ever met or dialled. */
bool seat_is_tried(const struct policy *self, uint32_t seat);
void seat_try(const struct policy *self, const struct prefix *source);

#endif
