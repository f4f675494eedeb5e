/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guard: whom a ban must not lock out: this host's own addresses, its default gateways, and who is logged in by SSH at
 * this moment. A slip of the operator's hand would else end his session.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stddef.h>
#include <stdint.h>

#include <peergate/addr.h>
#include <peergate/why.h>

enum { GUARD_MAX = 512, GUARD_PORTS_MAX = 8, GUARD_WIDEST_V4 = 8, GUARD_WIDEST_V6 = 16 };

enum guard_kind { GUARD_OWN, GUARD_GATEWAY, GUARD_SSH };

struct guard {
	struct {
		struct addr addr;
		enum guard_kind kind;
	} entries[GUARD_MAX];
	size_t count;
	uint16_t ssh_ports[GUARD_PORTS_MAX]; /* where sshd serves; 22 always */
	unsigned int ssh_port_count;
	uint64_t read_ns; /* when the tables were read, boot time */
};

/* Finds the ports of sshd, which needs root; to be called once, before privileges go. */
void guard_init(struct guard *self);

/* Reads the host's addresses, routes and sockets anew. What cannot be read adds nothing. */
void guard_refresh(struct guard *self, uint64_t now_ns);

/* -EPERM, with the reason in @why: @prefix is wider than /8 (IPv4) or /16 (IPv6), or holds one of the entries. */
int guard_check(const struct guard *self, const struct prefix *prefix, struct why *why);

/*
 * The entries as prefixes of one source each, but for ::1 and its like, which the policy spares by itself; @ret has room for
 * GUARD_MAX. Returns how many.
 */
size_t guard_prefixes(const struct guard *self, struct prefix *ret);

/* Adds one entry; dropped when the guard is full or has it. */
void guard_add(struct guard *self, const struct addr *addr, enum guard_kind kind);

#endif
