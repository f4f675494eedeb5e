/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the gate's parser: the first two bytes say how much of the packet is seen, the rest is the packet. What is found
 * must agree with itself and with what the quick road says, and a reset can be built from every start that allows one.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <peergate/source.h>

#include "find.h"
#include "quic.h"
#include "quick.h"
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

/* Plain datagrams; in IPv4 they may say that they are shorter than their own header. */
static void agree_on_traffic(const uint8_t *ip, enum family family, enum found found,
			     const struct start *start)
{
	struct start quick;
	struct source_key key;

	quick_traffic(&quick, ip, start->network, family);
	if (found == FOUND_CUT && quick.ip_end && quick.ip_end < quick.header)
		return;
	assert(found == FOUND_TRAFFIC);
	source_key_of(&key, start->address);
	/* But for ::ffff:a.b.c.d, which no wire has. */
	assert((family == FAMILY_IPV6 && source_is_ipv4(start->address)) ||
	       watched_slot(&key) ==
		       quick_slot(ip + (family == FAMILY_IPV6 ? IPV6_SOURCE : IPV4_SOURCE),
				  family));
	assert(!memcmp(quick.address, start->address, sizeof(quick.address)) &&
	       quick.family == start->family && quick.transport == start->transport &&
	       quick.port == start->port && quick.source_port == start->source_port &&
	       quick.header == start->header && quick.datagram == start->datagram);
}

/* A long header: its IDs lie within what is seen, and the way out sees the same packet from the other side. */
static void read_long(const struct packet *packet, const struct start *start)
{
	static const __u64 secret[2] = {1, 2};
	struct start turned = *start;
	struct quic quic;

	quic_read(&quic, packet, start);
	if (quic.seen)
		assert(quic.type < QUIC_TYPES && quic_hash(secret, &quic.destination, 1, 2) &&
		       quic_hash(secret, &quic.source, 1, 2));
	if (quic.seen && start->answer)
		assert(!quic.token && quic.destination.size < INITIAL_ID_MIN);
	if (!find_turn(&turned, packet))
		return;
	assert(turned.port == start->source_port && turned.source_port == start->port);
	assert(find_turn(&turned, packet) && turned.port == start->port);
}

/* What the quick road tells of a packet is what the long one @found, in @start. */
static void agree(const struct packet *packet, enum sort sort, enum found found,
		  const struct start *start)
{
	const uint8_t *ip = packet->data + start->network;
	struct start quick;

	if (sort == SORT_QUIET)
		assert(found != FOUND_START && found != FOUND_HIDDEN && found != FOUND_LONG);
	if (sort == SORT_TRAFFIC_IPV4 || sort == SORT_TRAFFIC_IPV6)
		agree_on_traffic(ip, sort == SORT_TRAFFIC_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4, found,
				 start);
	if (sort != SORT_SYN_IPV4 && sort != SORT_SYN_IPV6)
		return;
	quick_syn(&quick, ip, start->network, sort == SORT_SYN_IPV6 ? FAMILY_IPV6 : FAMILY_IPV4);
	if (found != FOUND_START) /* IPv4 that says it is shorter than its own header */
		assert(found == FOUND_CUT && quick.ip_end && quick.ip_end < quick.header);
	else
		assert(!memcmp(quick.address, start->address, sizeof(quick.address)) &&
		       quick.family == start->family && quick.transport == start->transport &&
		       quick.port == start->port && quick.source_port == start->source_port &&
		       quick.ip_end == start->ip_end && quick.header == start->header &&
		       quick.header_size == start->header_size &&
		       quick.sequence == start->sequence && quick.resettable == start->resettable &&
		       quick.fragment == start->fragment && quick.has_ports == start->has_ports &&
		       quick.has_source == start->has_source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int bare = 0; bare < 2; bare++) {
		struct packet packet;
		struct start start = {0};
		enum found found;
		uint8_t *block;
		__u16 ethertype;
		size_t seen;

		if (size < 2)
			return 0;
		seen = ((size_t)data[0] << 8 | data[1]) % (size - 1);
		block = malloc(seen ? seen : 1);
		assert(block);
		memcpy(block, data + 2, seen);
		packet = (struct packet){.data = block, .end = block + seen};
		ethertype = seen && block[0] >> 4 == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
		found = bare ? find_network(&packet, &start, ethertype)
			     : find_ethernet(&packet, &start);
		agree(&packet,
		      bare ? quick_network(&packet, 0, ethertype) : quick_ethernet(&packet), found,
		      &start);
		if (start.transport == TRANSPORT_QUIC &&
		    (found == FOUND_START || found == FOUND_LONG))
			read_long(&packet, &start);
		check(settle(&start, found, (__u32)seen, (__u32)(size - 2)), &start, block, seen,
		      size - 2);
		free(block);
	}
	return 0;
}
