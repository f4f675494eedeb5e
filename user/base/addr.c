/* SPDX-License-Identifier: BSD-2-Clause */
#include <peergate/addr.h>

#include <arpa/inet.h>
#include <errno.h>
#include <peergate/source.h>
#include <stdio.h>
#include <string.h>

enum { BITS = 128, BITS_BEFORE_IPV4 = 96, SOURCE_BITS_IPV6 = 64 };

bool addr_is_ipv4(const struct addr *self)
{
	return source_is_ipv4(self->bytes);
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

const char *addr_text(const struct addr *self, char buffer[ADDR_TEXT_MAX])
{
	if (addr_is_ipv4(self))
		inet_ntop(AF_INET, self->bytes + 12, buffer, ADDR_TEXT_MAX);
	else
		inet_ntop(AF_INET6, self->bytes, buffer, ADDR_TEXT_MAX);
	return buffer;
}

const char *prefix_text(const struct prefix *self, char buffer[ADDR_TEXT_MAX])
{
	bool ipv4 = addr_is_ipv4(&self->addr) && self->length >= BITS_BEFORE_IPV4;
	size_t used;

	addr_text(&self->addr, buffer);
	used = strlen(buffer);
	snprintf(buffer + used, ADDR_TEXT_MAX - used, "/%d",
		 ipv4 ? self->length - BITS_BEFORE_IPV4 : self->length);
	return buffer;
}

struct source_key addr_source(const struct addr *self)
{
	struct source_key key;

	source_key_of(&key, self->bytes);
	return key;
}

bool key_is_ipv4(const struct source_key *key)
{
	static const uint8_t mark[4] = {0, 0, 0xff, 0xff};

	return !memcmp(key->address, mark, sizeof(mark));
}

struct prefix source_prefix(const struct source_key *key)
{
	struct prefix prefix = {.length = SOURCE_BITS_IPV6};

	if (key_is_ipv4(key)) {
		memcpy(prefix.addr.bytes + 8, key->address, 8);
		prefix.length = BITS;
	} else {
		memcpy(prefix.addr.bytes, key->address, 8);
	}
	return prefix;
}

bool prefix_is_source(const struct prefix *self)
{
	return self->length == (addr_is_ipv4(&self->addr) ? BITS : SOURCE_BITS_IPV6);
}

/* Sets the bits from @length on to 0; whether any of them was 1. */
static bool clear_host_bits(struct addr *addr, unsigned int length)
{
	bool any = false;

	for (unsigned int i = 0; i < sizeof(addr->bytes); i++) {
		unsigned int first = i * 8;
		uint8_t keep = length >= first + 8 ? 0xff
			       : length <= first   ? 0
						   : 0xff << (8 - (length - first));

		any |= addr->bytes[i] & (uint8_t)~keep;
		addr->bytes[i] &= keep;
	}
	return any;
}

bool prefix_contains(const struct prefix *self, const struct addr *addr)
{
	struct addr cut = *addr;

	/* As a source ::/64 lives in another key than IPv4, though IPv4 is written inside of it. */
	if (addr_is_ipv4(addr) && !addr_is_ipv4(&self->addr) && prefix_is_source(self))
		return false;
	clear_host_bits(&cut, self->length);
	return addr_equal(&cut, &self->addr);
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return a->length <= b->length ? prefix_contains(a, &b->addr) : prefix_contains(b, &a->addr);
}

/* A bare IPv4 or IPv6 address, carriers resolved. @text ends with NUL. */
static bool read_bare(struct addr *ret, const char *text)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		const uint8_t *b = (const uint8_t *)&v4;

		source_put_ipv4(ret->bytes, b[0], b[1], b[2], b[3]);
		return true;
	}
	if (inet_pton(AF_INET6, text, ret->bytes) != 1)
		return false;
	source_normalise(ret->bytes);
	return true;
}

static bool read_number(unsigned int *ret, const char *text, unsigned int max)
{
	unsigned int value = 0;

	if (!*text || strlen(text) > 5)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (*text - '0');
	}
	if (value > max)
		return false;
	*ret = value;
	return true;
}

static int not_an_address(struct why *why, const char *text)
{
	return why_fill(why, -EINVAL,
			"\"%.80s\" is no address: write 192.0.2.7, 2001:db8::1, a CIDR, host:port "
			"or a multiaddr "
			"such as /ip4/192.0.2.7/tcp/4001",
			text);
}

/* The next part of a multiaddr: what lies between two slashes, into @part. */
static bool next_part(const char **at, char *part, size_t size)
{
	size_t length;

	if (**at != '/')
		return false;
	length = strcspn(++*at, "/");
	if (!length || length >= size)
		return false;
	memcpy(part, *at, length);
	part[length] = '\0';
	*at += length;
	return true;
}

/* The transport part behind the address, and its port. */
static bool read_transport(struct endpoint *ret, const char **at)
{
	char part[16];
	unsigned int port;

	if (!next_part(at, part, sizeof(part)))
		return false;
	if (strcmp(part, "tcp") != 0 && strcmp(part, "udp") != 0)
		return false;
	ret->has_transport = true;
	ret->transport = part[0] == 't' ? TRANSPORT_TCP : TRANSPORT_QUIC;
	if (!next_part(at, part, sizeof(part)) || !read_number(&port, part, 65535))
		return false;
	ret->port = port;
	return true;
}

/*
 * /ip4/A[/tcp/P …][/p2p/ID]. What stands between (quic-v1, ws, certhash …) does not matter here, but p2p-circuit does:
 * then the address is a relay's, not the peer's.
 */
static int read_multiaddr(struct endpoint *ret, const char *text, struct why *why)
{
	const char *at = text;
	char part[sizeof(ret->peer)];
	bool ip4;

	if (!next_part(&at, part, sizeof(part)) ||
	    (strcmp(part, "ip4") != 0 && strcmp(part, "ip6") != 0))
		return why_fill(why, -EINVAL,
				"\"%.80s\" does not begin with /ip4/ or /ip6/: only addresses can "
				"be judged",
				text);
	ip4 = part[2] == '4';
	if (!next_part(&at, part, sizeof(part)) || ip4 == !!strchr(part, ':') ||
	    !read_bare(&ret->addr, part))
		return not_an_address(why, text);
	if (*at && strncmp(at, "/p2p/", 5) != 0 && !read_transport(ret, &at))
		return not_an_address(why, text);
	while (*at) {
		if (!next_part(&at, part, sizeof(part)))
			return not_an_address(why, text);
		if (!strcmp(part, "p2p-circuit"))
			return why_fill(
				why, -EINVAL,
				"\"%.80s\" goes through a relay: the address is not the peer's own",
				text);
		if (!strcmp(part, "p2p") && !next_part(&at, ret->peer, sizeof(ret->peer)))
			return not_an_address(why, text);
	}
	return 0;
}

/* [v6]:port, [v6] or v4:port. */
static bool read_with_port(struct endpoint *ret, const char *text)
{
	char host[64];
	const char *colon = text[0] == '[' ? strstr(text, "]") : strchr(text, ':');
	size_t skip = text[0] == '[', length;
	unsigned int port = 0;

	if (!colon)
		return false;
	length = (size_t)(colon - text) - skip;
	if (!length || length >= sizeof(host))
		return false;
	memcpy(host, text + skip, length);
	host[length] = '\0';
	if (!!strchr(host, ':') != (bool)skip || !read_bare(&ret->addr, host))
		return false;
	colon += skip;
	if (*colon && (*colon != ':' || !read_number(&port, colon + 1, 65535)))
		return false;
	ret->port = port;
	return true;
}

int endpoint_parse(struct endpoint *ret, const char *text, size_t length, struct why *why)
{
	struct endpoint read = {0};
	char copy[512];
	int error = 0;

	if (length >= sizeof(copy) || memchr(text, '\0', length))
		return why_fill(why, -EINVAL,
				"an address of %zu bytes, or with a NUL in it, is none", length);
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (copy[0] == '/')
		error = read_multiaddr(&read, copy, why);
	else if (!read_bare(&read.addr, copy) && !read_with_port(&read, copy))
		error = not_an_address(why, copy);
	if (!error)
		*ret = read;
	return error;
}

/*
 * Where the prefix of an address ends once its carrier gave way to the IPv4 inside: @bits moved by as much as the IPv4
 * moved. -1: the prefix cuts the carrier's other parts, and no source is judged by those. 0: not a carrier's prefix.
 */
static int carried_bits(const uint8_t original[16], unsigned int bits)
{
	if (source_is_nat64(original) || source_is_ipv4(original))
		return bits >= BITS_BEFORE_IPV4 ? (int)bits : 0;
	if (original[0] == 0x20 && original[1] == 0x02 && bits >= 16)
		return bits <= 48 ? (int)bits + 80 : -1; /* 6to4: the IPv4 stands at bits 16..47 */
	if (original[0] == 0x20 && original[1] == 0x01 && !original[2] && !original[3] &&
	    bits >= 32)
		return bits == BITS ? BITS : -1; /* Teredo: it is the last 32 bits, turned */
	return 0;
}

/* ADDR/LENGTH in either family. */
static int read_cidr(struct prefix *ret, const char *text, const char *slash, struct why *why)
{
	char host[64], meant[ADDR_TEXT_MAX];
	struct prefix prefix;
	uint8_t original[16];
	unsigned int bits;
	bool ipv4;

	if ((size_t)(slash - text) >= sizeof(host))
		return not_an_address(why, text);
	memcpy(host, text, slash - text);
	host[slash - text] = '\0';
	if (!read_bare(&prefix.addr, host))
		return not_an_address(why, text);
	ipv4 = !strchr(host, ':');
	if (!read_number(&bits, slash + 1, ipv4 ? 32 : BITS))
		return why_fill(why, -EINVAL,
				"\"%.80s\": the length after the slash must be 0 to %d", text,
				ipv4 ? 32 : BITS);
	prefix.length = ipv4 ? bits + BITS_BEFORE_IPV4 : bits;
	if (!ipv4) {
		int carried;

		inet_pton(AF_INET6, host, original);
		carried = carried_bits(original, bits);
		if (carried < 0)
			return why_fill(why, -EINVAL,
					"\"%.80s\": such addresses are judged by the IPv4 inside; "
					"name that IPv4 prefix",
					text);
		if (carried)
			prefix.length = carried;
		else
			memcpy(prefix.addr.bytes, original, sizeof(original));
	}
	if (clear_host_bits(&prefix.addr, prefix.length))
		return why_fill(why, -EINVAL,
				"\"%.80s\" has bits set behind its length: did you mean %s?", text,
				prefix_text(&prefix, meant));
	*ret = prefix;
	return 0;
}

int prefix_parse(struct prefix *ret, bool *ret_widened, const char *text, struct why *why)
{
	const char *slash = text[0] == '/' ? NULL : strchr(text, '/');
	struct endpoint endpoint = {0};
	struct source_key key;
	bool widened = false;
	int error;

	if (slash) {
		error = read_cidr(ret, text, slash, why);
		if (error)
			return error;
	} else {
		error = endpoint_parse(&endpoint, text, strlen(text), why);
		if (error)
			return error;
		widened = !addr_is_ipv4(&endpoint.addr);
		key = addr_source(&endpoint.addr);
		*ret = source_prefix(&key);
	}
	if (ret_widened)
		*ret_widened = widened;
	return 0;
}
