/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the gate's parser: the first two bytes say how much of the packet is seen, the rest is the packet. What is found
 * must agree with itself, and a reset can be built from every start that allows one.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <peergate/source.h>

#include "find.h"
#include "reset.h"
#include "settle.h"

static void build(const struct start *start, const uint8_t *bytes)
{
	struct reset reset;

	if (start->family == FAMILY_IPV6)
		reset_ipv6(&reset, start, bytes + start->network);
	else
		reset_ipv4(&reset, start, bytes + start->network);
	assert(reset_fold(reset_sum(reset.bytes + reset.tcp, TCP_SIZE) + reset.pseudo_sum) ==
	       0xffff);
}

static void check(enum found found, struct start *start, const uint8_t *bytes, size_t seen,
		  size_t size)
{
	struct source_key key;

	assert(found != FOUND_SHORT);
	if (found == FOUND_HIDDEN || found == FOUND_START) {
		assert(start->has_source);
		source_normalise(start->address);
		source_key_of(&key, start->address);
	}
	if (found != FOUND_START)
		return;
	assert(start->has_ports && start->header < size);
	assert(start->payload <= size);
	if (is_resettable(start)) {
		assert(start->header + TCP_SIZE <= seen);
		build(start, bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int bare = 0; bare < 2; bare++) {
		struct packet packet;
		struct start start = {0};
		enum found found;
		uint8_t *block;
		size_t seen;

		if (size < 2)
			return 0;
		seen = ((size_t)data[0] << 8 | data[1]) % (size - 1);
		block = malloc(seen ? seen : 1);
		assert(block);
		memcpy(block, data + 2, seen);
		packet = (struct packet){.data = block, .end = block + seen};
		found = bare ? find_network(&packet, &start,
					    seen && block[0] >> 4 == 6 ? ETHERTYPE_IPV6
								       : ETHERTYPE_IPV4)
			     : find_ethernet(&packet, &start);
		check(settle(&start, found, (__u32)seen, (__u32)(size - 2)), &start, block, seen,
		      size - 2);
		free(block);
	}
	return 0;
}
