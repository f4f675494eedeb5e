/* SPDX-License-Identifier: BSD-2-Clause */
/* explain_dial: what the dial door does with an address, in the words of gate_explain; the same questions as bpf/dial.h asks. */
#ifndef EXPLAIN_DIAL_H
#define EXPLAIN_DIAL_H

#include <jansson.h>
#include <peergate/abi.h>
#include <peergate/addr.h>

#include "engine.h"
#include "policy.h"

/*
 * {"verdict", "reason"}: what `enforce` would do to a dial of the node to @addr, on a port that is not free. @account: what the
 * policy says of it. A new reference; NULL without memory.
 */
json_t *explain_dial(const struct settings *settings, const struct addr *addr,
		     const struct account *account);

/*
 * Whether @addr is out of the node's reach, as the key `dial` says it: the reason, or REASON_NONE. @port: 0 when it is not
 * known. Bans are not asked for: the policy knows them.
 */
enum reason dial_refusal(const struct engine *engine, const struct addr *addr, uint16_t port,
			 uint64_t now_ns);

#endif
