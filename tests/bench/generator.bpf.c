/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * generator: writes a random source out of a set into the packet of a test run, then tail-calls the program under test, so
 * that no cache line is kept hot by one address. Programs with and without fragments do not mix in an array of programs.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TARGET(name)                                   \
	struct {                                       \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY); \
		__uint(max_entries, 1);                \
		__type(key, __u32);                    \
		__type(value, __u32);                  \
	} name SEC(".maps")

TARGET(target_frags);
TARGET(target_plain);
TARGET(target_tc);

/* Set before each run: sources are numbered from @first, @mask + 1 of them (a power of two). */
volatile __u32 first, mask, ipv6;

/* A number's address: an odd factor visits every address once, far from the one before. The same stands in refusal.c. */
static inline __attribute__((always_inline)) __u32 spread(__u32 number)
{
	return number * 2654435761u;
}

static inline __attribute__((always_inline)) int write_source(__u8 *data, __u8 *end)
{
	__u32 source = bpf_htonl(spread(first + (bpf_get_prandom_u32() & mask)));

	if (data + 38 > end)
		return 0;
	/* IPv4: the source stands at byte 12 of the header; IPv6: it starts at byte 8, and its /64 ends with these four. */
	*(__u32 *)(data + 26) = source;
	return 1;
}

SEC("xdp.frags")
int generate_frags(struct xdp_md *ctx)
{
	if (write_source((__u8 *)(long)ctx->data, (__u8 *)(long)ctx->data_end))
		bpf_tail_call(ctx, &target_frags, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int generate_plain(struct xdp_md *ctx)
{
	if (write_source((__u8 *)(long)ctx->data, (__u8 *)(long)ctx->data_end))
		bpf_tail_call(ctx, &target_plain, 0);
	return XDP_ABORTED;
}

SEC("tc")
int generate_tc(struct __sk_buff *skb)
{
	if (write_source((__u8 *)(long)skb->data, (__u8 *)(long)skb->data_end))
		bpf_tail_call(skb, &target_tc, 0);
	return TC_ACT_SHOT;
}

/* For live frames: the device that they leave by, and the sum of the IP header's words without source and checksum. */
volatile __u32 out, header_sum;

static inline __attribute__((always_inline)) int write_flood(__u8 *data, __u8 *end)
{
	__u32 sum;

	if (!write_source(data, end))
		return 0;
	sum = header_sum + *(__u16 *)(data + 26) + *(__u16 *)(data + 28);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	*(__u16 *)(data + 24) = ~sum;
	return 1;
}

SEC("xdp")
int flood_send(struct xdp_md *ctx)
{
	if (write_flood((__u8 *)(long)ctx->data, (__u8 *)(long)ctx->data_end))
		return bpf_redirect(out, 0);
	return XDP_ABORTED;
}

/* The same work, and nothing sent: what the generator itself costs. */
SEC("xdp")
int flood_keep(struct xdp_md *ctx)
{
	return write_flood((__u8 *)(long)ctx->data, (__u8 *)(long)ctx->data_end) ? XDP_DROP
										 : XDP_ABORTED;
}

/* What came over the wire and was dropped at once. */
volatile __u64 arrived;

SEC("xdp.frags")
int flood_drop(struct xdp_md *ctx __attribute__((unused)))
{
	arrived++;
	return XDP_DROP;
}

SEC("xdp.frags")
int empty_frags(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_DROP;
}

SEC("xdp")
int empty_plain(struct xdp_md *ctx __attribute__((unused)))
{
	return XDP_DROP;
}

SEC("tc")
int empty_tc(struct __sk_buff *skb __attribute__((unused)))
{
	return TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
