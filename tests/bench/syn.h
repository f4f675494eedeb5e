/* SPDX-License-Identifier: BSD-2-Clause */
/* syn: what benchmarks share that run the gate's pinned TC program on SYNs (BPF_PROG_TEST_RUN) until one is refused. */
#ifndef BENCH_SYN_H
#define BENCH_SYN_H

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GATED_PORT = 13000 };

struct syn {
	struct ethhdr ether;
	struct iphdr ip;
	struct tcphdr tcp;
} __attribute__((packed));

/* From @from (network order), to the gated port of 192.0.2.10. */
static inline struct syn syn_from(uint32_t from)
{
	return (struct syn){
		.ether = {.h_proto = htons(ETH_P_IP)},
		.ip = {.version = 4,
		       .ihl = 5,
		       .tot_len = htons(sizeof(struct iphdr) + sizeof(struct tcphdr)),
		       .ttl = 64,
		       .protocol = IPPROTO_TCP,
		       .saddr = from,
		       .daddr = htonl(0xc000020a)},
		.tcp = {.source = htons(40000), .dest = htons(GATED_PORT), .doff = 5, .syn = 1},
	};
}

/* Ends the program when it cannot be run. */
static inline bool syn_is_refused(int program, struct syn *syn)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = syn, .data_size_in = sizeof(*syn),
		    .repeat = 1);

	if (bpf_prog_test_run_opts(program, &opts)) {
		fprintf(stderr, "bench: BPF_PROG_TEST_RUN: %s\n", strerror(errno));
		exit(1);
	}
	return opts.retval == TC_ACT_SHOT;
}

#endif
