/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * contacts: how the node's first contacts go, those to peers that it had never met: what the rank expects of the next one.
 * Decayed as a peer's own evidence is, six hours.
 */
#ifndef CONTACTS_H
#define CONTACTS_H

#include <stdbool.h>
#include <stdint.h>

struct hearing;
struct policy;

struct contacts {
	int32_t good, bad; /* millionths of a contact, as of @at_ns */
	uint64_t at_ns;
};

/* Counts the hearing when it is of a dial to a peer never met; before anything of it is written to the peer. */
void contact_note(struct policy *self, const struct hearing *hearing, bool is_good);

/* The share of them that succeeds, in 1/65536; a half while none is known. */
uint32_t contacts_success(const struct policy *self, uint64_t now_ns);

#endif
