/* SPDX-License-Identifier: BSD-2-Clause */
/* gate_kill: whose connections are to end, and the way to end TCP ones where the kernel has no bpf_sock_destroy. */
#ifndef GATE_KILL_H
#define GATE_KILL_H

#include "gate_state.h"

/* One prefix, or (@prefix NULL) some sources. */
struct quarry {
	const struct prefix *prefix;
	const struct source_key *sources;
	unsigned int count;
	uint8_t services; /* bit n */
};

bool quarry_has(const struct quarry *self, const struct addr *addr);

/*
 * Asks sock_diag for all connections of the namespace that @socket belongs to, and then for the end of those meant
 * (SOCK_DESTROY); @cookie names the namespace in `listeners`. Adds to @closed. -EPERM: without CAP_NET_ADMIN;
 * -EOPNOTSUPP: a kernel without CONFIG_INET_DIAG_DESTROY.
 */
int kill_by_diag(const struct gate *self, int socket, uint64_t cookie, const struct quarry *quarry,
		 uint32_t *closed);

#endif
