/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flow: a QUIC connection that came in, from the proof of its client's address on: seen alive, lasting, replaced by another. */
#ifndef FLOW_BPF_H
#define FLOW_BPF_H

#include "memory.bpf.h"
#include "witness.bpf.h"

PURE void flow_sight(struct sight *ret, const struct flow_key *key, const struct flow *flow,
		     __u64 now)
{
	*ret = (struct sight){
		.life = {.opened_ns = flow->opened_ns,
			 .service = flow->service,
			 .lasted = flow->lasted,
			 .late = flow->late,
			 .counted = flow->census && flow->census == witness_epoch()},
		.now_ns = now,
		.transport = TRANSPORT_QUIC,
	};
	__builtin_memcpy(ret->address, key->address, sizeof(ret->address));
	sight_remote(ret);
}

PURE struct flow *flow_look(const struct flow_key *key)
{
	struct flow *flow = bpf_map_lookup_elem(&flows, key);

	return flow && flow->opened_ns ? flow : NULL;
}

/* A packet of these ports passed, in or out. */
PURE void flow_seen(struct desk *desk, const struct question *q)
{
	struct sight sight;
	struct flow *flow = flow_look(memory_flow_key(desk, q));

	if (!flow)
		return;
	flow->seen_ns = q->now;
	if (flow->lasted || q->now < flow->opened_ns + q->settings->short_ns)
		return;
	flow_sight(&sight, &desk->flow_key, flow, q->now);
	note_lasted(&sight);
	flow->lasted = 1;
}

#endif
