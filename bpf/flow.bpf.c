/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flow: what follows when a client has proved his address. */
#include "flow.bpf.h"

/* Another connection of the same ports: the former one ended when it was last seen. */
static __noinline int flow_replaced(const struct flow_key *key, struct flow *flow)
{
	struct sight sight;

	flow_sight(&sight, key, flow, flow->seen_ns);
	flow->opened_ns = 0;
	return note_end(&sight);
}

static __noinline int flow_opened(const struct flow_key *key, const struct flow *flow)
{
	struct sight sight;

	flow_sight(&sight, key, flow, flow->opened_ns);
	witness_opened(&sight);
	return 0;
}

int gate_proven(const struct start *start, __u64 id, __u32 service, __u64 now)
{
	const struct settings *settings = look_settings();
	struct question question = {.start = start};
	struct flow *flow;
	struct desk *desk = memory_desk();
	struct handshake *handshake;
	struct flow_key *key;

	if (!start || !settings || !desk)
		return 0;
	key = memory_flow_key(desk, &question);
	handshake = bpf_map_lookup_elem(&handshakes, key);
	if (handshake && handshake->id == id)
		handshake->proven = 1;
	flow = flow_look(key);
	if (flow && flow->id == id)
		return 0;
	if (flow)
		flow_replaced(key, flow);
	desk->flow = (struct flow){
		.opened_ns = now,
		.seen_ns = now,
		.id = id,
		.census = witness_epoch(),
		.service = service,
	};
	if (bpf_map_update_elem(&flows, key, &desk->flow, BPF_ANY))
		return 0;
	flow_opened(key, &desk->flow);
	watch(watched_slot_at(start), now + settings->short_ns + WATCHED_SPARE_NS);
	return 0;
}
