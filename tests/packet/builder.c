/* SPDX-License-Identifier: BSD-2-Clause */
#include "builder.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

enum { TAG = 0x8100, SERVICE_TAG = 0x88a8, INITIAL = 0xc3, INITIAL_PAYLOAD = 1200 };

static void put(struct frame *self, const void *bytes, size_t size)
{
	assert(self->size + size <= FRAME_MAX);
	memcpy(self->bytes + self->size, bytes, size);
	self->size += size;
}

static void put8(struct frame *self, unsigned int value)
{
	put(self, &(uint8_t){value}, 1);
}

static void put16(struct frame *self, unsigned int value)
{
	put(self, &(uint16_t){htons(value)}, 2);
}

static void put32(struct frame *self, uint32_t value)
{
	put(self, &(uint32_t){htonl(value)}, 4);
}

static void put_many(struct frame *self, unsigned int value, size_t count)
{
	while (count--)
		put8(self, value);
}

static void set16(struct frame *self, size_t at, unsigned int value)
{
	self->bytes[at] = value >> 8;
	self->bytes[at + 1] = value;
}

/*
 * The kernel's test run reads an ethertype from bytes 12 and 13 even of a packet without an Ethernet header; there lie
 * the source's first bytes in IPv4, its fifth and sixth in IPv6. So these say what they are.
 */
const char *honest_source(enum family family, int bare)
{
	if (family == FAMILY_IPV6)
		return bare ? "2001:db8:86dd:7::1" : "2001:db8:0:7::1";
	return bare ? "8.0.2.7" : "192.0.2.7";
}

static void put_ethernet(struct frame *self, const struct shape *shape)
{
	uint16_t ethertype = shape->family == FAMILY_IPV6 ? 0x86dd : 0x0800;

	put8(self, shape->mac ? 0x00 : 0x02);
	put(self, "\x00\x00\x00\x00\x01", 5);
	put(self, "\x02\x00\x00\x00\x00\x02", 6);
	for (int tag = shape->tags; tag > 0; tag--) {
		put16(self, tag > 1 ? SERVICE_TAG : shape->tag ? shape->tag : TAG);
		put16(self, 5);
	}
	put16(self, shape->ethertype ? shape->ethertype : ethertype);
}

static unsigned int protocol_of(const struct shape *shape)
{
	if (shape->protocol)
		return shape->protocol;
	return shape->transport == TRANSPORT_QUIC ? IPPROTO_UDP : IPPROTO_TCP;
}

/* Ours: as long as an honest source. */
static const char *own_address(enum family family, int bare)
{
	if (family == FAMILY_IPV6)
		return bare ? "2001:db8:86dd::1" : "2001:db8:ffff::1";
	return bare ? "8.0.0.1" : "198.51.100.1";
}

static void put_address(struct frame *self, enum family family, const char *text, uint8_t *ret)
{
	int size = family == FAMILY_IPV6 ? 16 : 4;

	memset(ret, 0, 10);
	memset(ret + 10, 0xff, 2);
	assert(inet_pton(size == 16 ? AF_INET6 : AF_INET, text, ret + 16 - size) == 1);
	put(self, ret + 16 - size, size);
}

static void put_addresses(struct frame *self, const struct shape *shape)
{
	const char *theirs =
		shape->source ? shape->source : honest_source(shape->family, shape->bare);
	const char *ours = own_address(shape->family, shape->bare && shape->out);
	uint8_t own[16];

	if (shape->out)
		put_address(self, shape->family, ours, own);
	put_address(self, shape->family, theirs, self->source);
	if (!shape->out)
		put_address(self, shape->family, ours, own);
}

static void put_ipv4(struct frame *self, const struct shape *shape)
{
	unsigned int words = 5 + shape->options / 4;

	put8(self, (shape->ip_version ? shape->ip_version : 4) << 4 |
			   (shape->ip_words ? shape->ip_words - 1u : words));
	put8(self, 0);
	put16(self, 0);
	put16(self, 0x1234);
	put16(self, shape->fragment);
	put8(self, 57);
	put8(self, protocol_of(shape));
	put16(self, 0);
	put_addresses(self, shape);
	put_many(self, 1, shape->options);
}

/* h hop-by-hop, r routing, d destination, a authentication, f first fragment, l later fragment, w all in one fragment, e ESP. */
static unsigned int header_number(char header)
{
	switch (header) {
	case 'h':
		return 0;
	case 'r':
		return 43;
	case 'd':
		return 60;
	case 'a':
		return 51;
	case 'e':
		return 50;
	default:
		return 44;
	}
}

static void put_header(struct frame *self, const struct shape *shape, const char *header)
{
	static const uint16_t words[] = {['f'] = 0x0001, ['l'] = 0x0051, ['w'] = 0x0000};

	put8(self, header[1] ? header_number(header[1]) : protocol_of(shape));
	if (header_number(*header) == 44) {
		put8(self, 0);
		put16(self, words[(unsigned char)*header]);
		put32(self, 0x12345678);
		return;
	}
	put8(self, *header == 'a' ? 2 * shape->header_words : shape->header_words);
	put_many(self, 0, 6 + 8 * shape->header_words);
}

static void put_ipv6(struct frame *self, const struct shape *shape)
{
	const char *headers = shape->headers ? shape->headers : "";

	put32(self, (shape->ip_version ? (uint32_t)shape->ip_version : 6) << 28);
	put16(self, 0);
	put8(self, *headers ? header_number(*headers) : protocol_of(shape));
	put8(self, 57);
	put_addresses(self, shape);
	for (; *headers; headers++)
		put_header(self, shape, headers);
}

static void put_tcp(struct frame *self, const struct shape *shape)
{
	unsigned int words = shape->tcp_words ? shape->tcp_words - 1u : 5;

	put32(self, 0xfffffff0); /* the sequence number wraps */
	put32(self, 0);
	put8(self, words << 4);
	put8(self, shape->flags ? shape->flags : SYN);
	put16(self, 64240);
	put32(self, 0);
	put_many(self, 1, words > 5 ? (words - 5) * 4 : 0);
	put_many(self, 'x', shape->payload);
}

static void put_token(struct frame *self, const struct shape *shape)
{
	static const uint32_t prefix[] = {0, 0x40000000, 0x80000000};

	if (!shape->token_wide)
		put8(self, shape->token);
	else if (shape->token_wide == 1)
		put16(self, 0x4000 | shape->token);
	else if (shape->token_wide == 2)
		put32(self, prefix[2] | shape->token);
	else {
		put32(self, 0xc0000000);
		put32(self, shape->token);
	}
	put_many(self, 't', shape->token);
}

static void put_ids(struct frame *self, const struct shape *shape)
{
	unsigned int id = shape->id ? shape->id - 1u : 8;

	put8(self, shape->to ? strlen(shape->to) : id);
	if (shape->to)
		put(self, shape->to, strlen(shape->to));
	else
		put_many(self, 0xd1, id);
	put8(self, shape->from ? strlen(shape->from) : 4);
	if (shape->from)
		put(self, shape->from, strlen(shape->from));
	else
		put_many(self, 0x51, 4);
}

static void put_udp(struct frame *self, const struct shape *shape)
{
	unsigned int first = shape->quic ? shape->quic : INITIAL;
	unsigned int size = shape->payload ? shape->payload - 1u : INITIAL_PAYLOAD;
	size_t end = self->size + 4 + size;

	put16(self, shape->udp_length == SAYS_ZERO ? 0 : 8 + size + shape->udp_length);
	put16(self, 0);
	put8(self, first);
	if (first & 0x80) {
		put32(self, shape->version ? shape->version : 1);
		put_ids(self, shape);
		put_token(self, shape);
	} else if (shape->to) {
		put(self, shape->to, strlen(shape->to));
	}
	while (self->size < end)
		put8(self, 0xee);
	self->size = end;
}

static void put_lengths(struct frame *self, const struct shape *shape)
{
	int whole = (int)(self->size - self->network) + shape->ip_length;

	if (shape->ip_length == SAYS_ZERO)
		return;
	if (shape->family == FAMILY_IPV6)
		set16(self, self->network + 4, whole - 40);
	else
		set16(self, self->network + 2, whole);
}

static void put_ipv4_checksum(struct frame *self)
{
	uint8_t *ip = self->bytes + self->network;
	uint32_t sum = 0;

	for (unsigned int i = 0; i < (ip[0] & 15u) * 4; i += 2)
		sum += (uint32_t)ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	set16(self, self->network + 10, ~(sum + (sum >> 16)));
}

static void put_ports(struct frame *self, const struct shape *shape)
{
	unsigned int theirs = shape->source_port ? shape->source_port : THEIR_PORT;
	unsigned int ours = shape->port ? shape->port : OWN_PORT;

	put16(self, shape->out ? ours : theirs);
	put16(self, shape->out ? theirs : ours);
}

void frame_build(struct frame *ret, const struct shape *shape)
{
	ret->size = 0;
	if (!shape->bare)
		put_ethernet(ret, shape);
	ret->network = ret->size;
	if (shape->family == FAMILY_IPV6)
		put_ipv6(ret, shape);
	else
		put_ipv4(ret, shape);
	ret->header = ret->size;
	put_ports(ret, shape);
	if (shape->transport == TRANSPORT_QUIC)
		put_udp(ret, shape);
	else
		put_tcp(ret, shape);
	if (shape->keep)
		ret->size = ret->header + shape->keep;
	put_lengths(ret, shape);
	if (shape->family == FAMILY_IPV4)
		put_ipv4_checksum(ret);
	put_many(ret, 0, shape->padding);
}
