/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * egress: what leaves the gated ports of QUIC, by TCX or clsact: it remembers our own dials and answers, so that the front door knows
 * them again, and refuses dials to where the node may not dial. Nothing else is ever dropped here.
 *
 * Nearly all packets leave at the first questions. What cannot be parsed passes and is not remembered.
 */
#include <linux/pkt_cls.h>

#include "dial.bpf.h"
#include "flow.bpf.h"
#include "quick.h"

enum { EGRESS_PULL = 256 }; /* bytes made visible of a datagram whose headers are not */
#define PROOF_NS (1ULL * NS_PER_SECOND)

PURE void egress_packet(struct packet *ret, const struct __sk_buff *skb)
{
	ret->data = (const __u8 *)(long)skb->data;
	ret->end = (const __u8 *)(long)skb->data_end;
}

/* What is on the desk. What is known already is left as it is: it ends when it was to end. */
PURE void remember(void *map, struct desk *desk, const struct question *q, __u64 id)
{
	const struct quic_key *key = memory_key(desk, q, id);

	if (memory_look(map, key, q->now))
		return;
	bpf_map_update_elem(map, key, &desk->fresh, BPF_ANY);
	remember_slot(watched_slot_at(q->start), desk->fresh.until);
}

PURE void remember_handshake(struct desk *desk, const struct question *q, __u64 id, __u64 until)
{
	struct handshake *held = memory_handshake(desk, q);

	if (held && held->id == id) {
		held->answered_ns = q->now;
		return;
	}
	desk->handshake = (struct handshake){.until = until,
					     .id = id,
					     .answered_ns = q->now,
					     .size = desk->quic.destination.size};
	bpf_map_update_elem(&handshakes, &desk->flow_key, &desk->handshake, BPF_ANY);
}

/* We answer a caller who was judged: his ID and ours. A Retry's ID comes back before there is a connection. */
static __noinline int remember_answer(const struct question *q, struct desk *desk, __u64 ours,
				      __u64 theirs, const struct quic_memory *caller)
{
	__u64 until = caller->until;
	__u32 first = caller->first;

	desk->fresh = (struct quic_memory){
		.until = until, .is_ours = 1, .returned = desk->quic.type == QUIC_RETRY};
	remember(&answered, desk, q, ours);
	if (desk->quic.type == QUIC_RETRY)
		return 0;
	desk->fresh = (struct quic_memory){
		.until = until, .first = first, .size = desk->quic.source.size};
	remember(&answered, desk, q, theirs);
	remember_handshake(desk, q, ours, until);
	return 0;
}

/* A client's first Initial: padded, to an ID of eight bytes or more, that nobody gave us. */
PURE int is_own_dial(const struct start *start, const struct quic *quic)
{
	return quic->type == QUIC_INITIAL && quic->destination.size >= INITIAL_ID_MIN &&
	       start->datagram >= UDP_SIZE + INITIAL_MIN;
}

/*
 * A long header, on the desk, that leaves a gated port. Returns whether it starts a dial of our own; its ID is remembered, and
 * forgotten again when the dial is refused.
 */
int egress_long(const struct start *start)
{
	const struct settings *settings = look_settings();
	struct source_key source __attribute__((aligned(8)));
	struct question question = {0};
	struct desk *desk = memory_desk();
	struct quic_memory *found;
	__u64 ours, theirs;

	if (!start || !settings || !desk || !look_service(start))
		return 0;
	gate_question(&question, &source, start, settings);
	ours = memory_hash(&question, &desk->quic.source);
	found = memory_look(&dialled, memory_key(desk, &question, ours), question.now);
	if (found) {
		if (desk->quic.type != QUIC_INITIAL)
			return 0;
		found->until = question.now + ID_NS;
		remember_slot(watched_slot_at(start), found->until);
		return 0;
	}
	theirs = memory_hash(&question, &desk->quic.destination);
	found = memory_look(&callers, memory_key(desk, &question, theirs), question.now);
	if (found && found->judged)
		remember_answer(&question, desk, ours, theirs, found);
	if (found || !is_own_dial(start, &desk->quic))
		return 0;
	desk->fresh = (struct quic_memory){.until = question.now + ID_NS, .is_ours = 1};
	remember(&dialled, desk, &question, ours);
	return 1;
}

/* A dial of our own. Returns 0 to drop it; then desk->key is what was remembered of it. */
PURE int egress_may_dial(const struct desk *desk, const struct start *start)
{
	const struct settings *settings = look_settings();

	if (!settings || !dial_is_judged(settings, BY_CONNECTION) ||
	    gate_dial(start, BY_CONNECTION))
		return 1;
	bpf_map_delete_elem(&dialled, &desk->key);
	return 0;
}

/*
 * Whether our stack knows this client by now, by whom it sends to. Answers that no proof went before (RFC 9001, 5.7) go to the ID
 * of his first flight, and stateless resets to no ID twice: so an ID that was never in clear, twice in a row, came in packets
 * that only he could write. And of what goes to his first ID nothing is new once our last long header has been out for
 * PROOF_NS: what is repeated before a proof starts with a long header (RFC 9002, 6.2.1).
 */
PURE int is_proof(const struct question *q, struct desk *desk, struct handshake *handshake,
		  struct quic_id *aim)
{
	struct quic_memory *theirs;
	__u64 aimed;

	if (handshake->size < 4 || handshake->size > QUIC_ID_MAX)
		return 0;
	aim->size = handshake->size;
	aimed = memory_hash(q, aim);
	theirs = memory_look(&answered, memory_key(desk, q, aimed), q->now);
	if (theirs && !theirs->is_ours)
		return q->now > handshake->answered_ns + PROOF_NS;
	if (handshake->aimed == aimed)
		return 1;
	handshake->aimed = aimed;
	return 0;
}

/* A short header to a source that is watched. @aim: the ID that it goes to, of unknown size. Returns whether it proves the client's address: @ret_id is his connection's. */
int egress_traffic(const struct start *start, struct quic_id *aim, struct outcome *ret)
{
	const struct settings *settings = look_settings();
	struct source_key source __attribute__((aligned(8)));
	struct question question = {0};
	struct desk *desk = memory_desk();
	const struct service *service;
	struct handshake *handshake;

	if (!start || !aim || !ret || !settings || !desk)
		return 0;
	service = look_service(start);
	if (!service)
		return 0;
	gate_question(&question, &source, start, settings);
	ret->service = service->id;
	ret->now = question.now;
	handshake = memory_handshake(desk, &question);
	if (handshake && handshake->second && !handshake->proven &&
	    is_proof(&question, desk, handshake, aim)) {
		ret->proven = handshake->id;
		return 1;
	}
	flow_seen(desk, &question);
	return 0;
}

PURE int egress_judge_traffic(const struct packet *packet, struct start *start)
{
	const __u8 *bytes = packet_at(packet, start->header + UDP_SIZE + 1, QUIC_ID_MAX);
	struct outcome outcome = {0};
	struct quic_id aim = {0};

	if (!bytes || !find_turn(start, packet))
		return TC_ACT_UNSPEC;
	if (!is_watched(watched_slot_at(start)))
		return TC_ACT_UNSPEC;
	quic_read_id(&aim, bytes, 0);
	if (egress_traffic(start, &aim, &outcome))
		gate_proven(start, outcome.proven, outcome.service, outcome.now);
	return TC_ACT_UNSPEC;
}

PURE enum found egress_find(const struct packet *packet, struct start *ret, __u16 ethertype,
			    int bare)
{
	start_clear(ret);
	return bare ? find_network(packet, ret, ethertype) : find_ethernet(packet, ret);
}

static __noinline int egress_any(struct __sk_buff *skb, int bare)
{
	__u16 ethertype = bytes_swap16(skb->protocol);
	struct packet packet;
	struct start start;
	struct desk *desk = memory_desk();
	enum found found;

	egress_packet(&packet, skb);
	found = egress_find(&packet, &start, ethertype, bare);
	if (found == FOUND_SHORT && packet.data + skb->len > packet.end &&
	    !bpf_skb_pull_data(skb, skb->len < EGRESS_PULL ? skb->len : EGRESS_PULL)) {
		egress_packet(&packet, skb);
		found = egress_find(&packet, &start, ethertype, bare);
	}
	if (start.transport != TRANSPORT_QUIC || !desk)
		return TC_ACT_UNSPEC;
	if (found == FOUND_TRAFFIC)
		return egress_judge_traffic(&packet, &start);
	if (found != FOUND_START && found != FOUND_LONG)
		return TC_ACT_UNSPEC;
	quic_read(&desk->quic, &packet, &start);
	if (!desk->quic.seen || !find_turn(&start, &packet))
		return TC_ACT_UNSPEC;
	if (egress_long(&start) && !egress_may_dial(desk, &start))
		return TC_ACT_SHOT;
	return TC_ACT_UNSPEC;
}

static __noinline int egress_watched(struct __sk_buff *skb, enum family family, int bare)
{
	__u32 network = bare ? 0 : ETHERNET_SIZE;
	struct packet packet;
	struct start start;
	const __u8 *ip;

	egress_packet(&packet, skb);
	ip = packet_at(&packet, network, IPV6_SIZE + UDP_SIZE);
	if (!ip)
		return TC_ACT_UNSPEC;
	quick_traffic(&start, ip, network, family);
	return egress_judge_traffic(&packet, &start);
}

PURE int egress_quick_traffic(struct __sk_buff *skb, const struct packet *packet,
			      enum family family, int bare)
{
	const __u8 *ip = packet->data + (bare ? 0 : ETHERNET_SIZE);

	if (!is_watched(quick_slot(
		    ip + (family == FAMILY_IPV6 ? IPV6_DESTINATION : IPV4_DESTINATION), family)))
		return TC_ACT_UNSPEC;
	return egress_watched(skb, family, bare);
}

PURE int egress(struct __sk_buff *skb, int bare)
{
	struct packet packet;
	enum sort sort;

	egress_packet(&packet, skb);
	sort = bare ? quick_network(&packet, 0, bytes_swap16(skb->protocol))
		    : quick_ethernet(&packet);
	if (sort == SORT_TRAFFIC_IPV4)
		return egress_quick_traffic(skb, &packet, FAMILY_IPV4, bare);
	if (sort == SORT_TRAFFIC_IPV6)
		return egress_quick_traffic(skb, &packet, FAMILY_IPV6, bare);
	return sort == SORT_OTHER ? egress_any(skb, bare) : TC_ACT_UNSPEC;
}

SEC("tc")
int gate_egress(struct __sk_buff *skb)
{
	return egress(skb, 0);
}

SEC("tc")
int gate_egress_bare(struct __sk_buff *skb)
{
	return egress(skb, 1);
}
