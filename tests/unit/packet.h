/* SPDX-License-Identifier: BSD-2-Clause */
/* packet: bytes through the gate's pure headers, as a door sends them, without a kernel. */
#ifndef TEST_PACKET_H
#define TEST_PACKET_H

#include "find.h"
#include "settle.h"

/* What a door would find in @size bytes of which it sees the first @seen. */
static inline enum found look_at(const uint8_t *bytes, size_t seen, size_t size, struct start *ret)
{
	struct packet packet = {.data = bytes, .end = bytes + seen};

	*ret = (struct start){0};
	return settle(ret, find_ethernet(&packet, ret), (__u32)seen, (__u32)size);
}

#endif
