/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * census_maps: the census's look at what lies in maps. User space reads a batch of keys and runs one of these programs on them
 * (BPF_PROG_TEST_RUN, which whoever holds the descriptors may do without any capability): the packet is CENSUS_KEYS_OFFSET bytes that
 * mean nothing, then keys side by side. Not iterators over map elements: a hardened kernel (6.18, locked down) forbids those and no other.
 */
#include "census.bpf.h"
#include "flow.bpf.h"
#include "watched.bpf.h"

/* The stacks' idle timeout is 30 s (quic-go, quinn), and who wants to stay pings twice in it. */
enum { FLOW_QUIET_S = 20, FLOW_SILENT_S = 32 };

/* The next key of the packet, on the stack; 0 at its end. */
static __always_inline int next_key(const struct __sk_buff *packet, __u32 number, void *ret,
				    __u32 size)
{
	const char *data = (const char *)(long)packet->data;
	const char *end = (const char *)(long)packet->data_end;
	const char *key = data + CENSUS_KEYS_OFFSET + number * size;

	if (key + size > end)
		return 0;
	__builtin_memcpy(ret, key, size);
	return 1;
}

static __always_inline void end_flow(struct flow *flow, struct sight *sight)
{
	sight->now_ns = flow->seen_ns;
	flow->opened_ns = 0;
	note_end(sight);
}

/*
 * Whether it is over. QUIC closes in secret, and of an old flow only a sample of the packets is seen: what was silent for a while is
 * watched, and over when it says nothing for longer than any stack keeps a silent connection.
 */
static __always_inline int is_over(struct flow *flow, const struct sight *sight)
{
	__u32 now_s = sight->now_ns / NS_PER_SECOND, seen_s = flow->seen_ns / NS_PER_SECOND;

	if (now_s < seen_s + FLOW_QUIET_S) {
		flow->doubted_s = 0;
		return 0;
	}
	if (!flow->doubted_s || seen_s >= flow->doubted_s)
		flow->doubted_s = now_s;
	if (now_s > flow->doubted_s + FLOW_SILENT_S)
		return 1;
	watch(watched_slot(&sight->source),
	      (flow->doubted_s + FLOW_SILENT_S) * (__u64)NS_PER_SECOND);
	return 0;
}

static __always_inline void count_flow(struct census *census_, struct flow *flow,
				       struct sight *sight, __u32 epoch)
{
	if (is_over(flow, sight)) {
		end_flow(flow, sight);
		return;
	}
	if (flow->census != epoch) {
		flow->census = epoch;
		note_count(sight);
		__sync_fetch_and_add(&census_->flows, 1);
	}
	sight->now_ns = flow->seen_ns;
	look_at_age(sight, &flow->lasted);
}

/*
 * Each of these a function apart: the verifier checks it once, not once a key. Kernels to 6.1 take a key for a look-up from the stack, and not
 * from what a function was given. One whose @opened_ns is 0 has ended already.
 */
int census_flow(const struct flow_key *key)
{
	struct flow_key own;
	struct sight sight;
	struct flow *flow;
	struct census *census_ = look_census();
	__u32 epoch = witness_epoch();

	if (!key || !census_ || !epoch)
		return 0;
	own = *key;
	flow = flow_look(&own);
	if (!flow)
		return 0;
	flow_sight(&sight, &own, flow, bpf_ktime_get_boot_ns());
	count_flow(census_, flow, &sight, epoch);
	return 0;
}

/* One service of a record. Returns how many were counted as living and are not. */
static __always_inline __u32 settle_one(struct census *census_, struct live *live, __u32 epoch)
{
	__s32 error = 0;

	if (epoch)
		error = live_settle(live);
	else
		live_clear(live);
	if (error > 0)
		__sync_fetch_and_add(&census_->healed, error);
	else if (error < 0)
		__sync_fetch_and_add(&census_->missed, -error);
	return error > 0 ? error : 0;
}

int census_record(const struct source_key *key)
{
	struct source_key own __attribute__((aligned(8)));
	struct witness *record;
	struct census *census_ = look_census();
	__u32 epoch = witness_epoch(), dead = 0;

	if (!key || !census_)
		return 0;
	own = *key;
	record = bpf_map_lookup_elem(&witness, &own);
	if (!record)
		return 0;
#pragma unroll
	for (int i = 0; i < SERVICES_MAX; i++)
		dead += settle_one(census_, &record->live[i], epoch);
	if (dead)
		__sync_fetch_and_add(&record->ended_unknown, dead);
	return 0;
}

int census_crowd(const struct crowd_key *key)
{
	struct crowd_key own;
	__u32 epoch = witness_epoch();
	struct crowd *crowd;

	if (!key)
		return 0;
	own = *key;
	crowd = bpf_map_lookup_elem(&crowds, &own);
	if (!crowd)
		return 0;
#pragma unroll
	for (int i = 0; i < SERVICES_MAX; i++) {
		if (epoch)
			live_settle(&crowd->live[i]);
		else
			live_clear(&crowd->live[i]);
	}
	return 0;
}

SEC("tc") int gate_flows(struct __sk_buff *packet)
{
	struct flow_key key;

	for (__u32 i = 0; i < CENSUS_KEYS_MAX && next_key(packet, i, &key, sizeof(key)); i++)
		census_flow(&key);
	return 0;
}

SEC("tc") int gate_settle(struct __sk_buff *packet)
{
	struct source_key key __attribute__((aligned(8)));

	for (__u32 i = 0; i < CENSUS_KEYS_MAX && next_key(packet, i, &key, sizeof(key)); i++)
		census_record(&key);
	return 0;
}

SEC("tc") int gate_settle_crowds(struct __sk_buff *packet)
{
	struct crowd_key key;

	for (__u32 i = 0; i < CENSUS_KEYS_MAX && next_key(packet, i, &key, sizeof(key)); i++)
		census_crowd(&key);
	return 0;
}
