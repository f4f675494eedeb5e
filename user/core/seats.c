/* SPDX-License-Identifier: BSD-2-Clause */
#include "seats.h"

#include "book.h"

enum { IPV4_AT = 12, NETWORK_BYTES = 4 }; /* of ::ffff:a.b.c.d; of an IPv6 /32 */

uint32_t seat_of(const struct policy *self, const struct prefix *source)
{
	const uint8_t *bytes = source->addr.bytes;

	if (addr_is_ipv4(&source->addr))
		return (uint32_t)bytes[IPV4_AT] << 8 | bytes[IPV4_AT + 1];
	return SEATS_IPV4 + (uint32_t)(hash_bytes(&self->hash, bytes, NETWORK_BYTES) % SEATS_IPV6);
}

bool seat_is_tried(const struct policy *self, uint32_t seat)
{
	return self->seats->tried[seat / 8] >> seat % 8 & 1;
}

void seat_try(const struct policy *self, const struct prefix *source)
{
	uint32_t seat = seat_of(self, source);

	self->seats->tried[seat / 8] |= (uint8_t)(1u << seat % 8);
}
