/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * addr: an address, a prefix, an endpoint, as people, logs and libp2p write them. IPv4 is held as ::ffff:a.b.c.d, so
 * there is one code path; IPv4 inside a carrier (see source.h) becomes that IPv4.
 */
#ifndef PEERGATE_ADDR_H
#define PEERGATE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "why.h"

struct addr {
	uint8_t bytes[16];
};

/* @length counts in the 128-bit address: IPv4 a.b.c.d/24 is 120. Host bits are 0. */
struct prefix {
	struct addr addr;
	uint8_t length;
};

/* What a text that names one address says. @port 0: none. @peer: the multiaddr's /p2p/ part, "" without. */
struct endpoint {
	struct addr addr;
	uint16_t port;
	bool has_transport;
	enum transport transport;
	char peer[128];
};

enum {
	ADDR_TEXT_MAX = 64
}; /* the longest text of an address or prefix, with its NUL: 39 + "/128" + spare */

bool addr_is_ipv4(const struct addr *self);
bool addr_equal(const struct addr *a, const struct addr *b);

/*
 * Reads one address: IPv4, IPv6 (also in brackets), host:port, or a multiaddr (/ip4/…/tcp/…, /ip6/…/udp/…/quic-v1,
 * /p2p/ID at the end). Names (/dns4) are none: -EINVAL, with the sentence in @why. @text need not end at @length.
 */
int endpoint_parse(struct endpoint *ret, const char *text, size_t length, struct why *why);

/*
 * Reads what a verb is given: an endpoint's address or a CIDR. IPv4 alone is a /32; IPv6 alone is its /64, and
 * @ret_widened says so. A host bit set in a CIDR: -EINVAL, the sentence names the prefix that was perhaps meant.
 */
int prefix_parse(struct prefix *ret, bool *ret_widened, const char *text, struct why *why);

/* Text into @buffer, which is returned: "192.0.2.7", "2001:db8::1"; prefixes always with their length, as families write it. */
const char *addr_text(const struct addr *self, char buffer[ADDR_TEXT_MAX]);
const char *prefix_text(const struct prefix *self, char buffer[ADDR_TEXT_MAX]);

/* The source that @addr belongs to (IPv4 /32, IPv6 /64) as key and as prefix. */
struct source_key addr_source(const struct addr *self);
bool key_is_ipv4(const struct source_key *key);
struct prefix source_prefix(const struct source_key *key);

/* Whether @prefix is exactly one source (IPv4 /32 or IPv6 /64): then it lives in `sources`, else in `prefixes`. */
bool prefix_is_source(const struct prefix *self);
bool prefix_contains(const struct prefix *self, const struct addr *addr);
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);

#endif
