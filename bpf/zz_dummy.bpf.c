/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "maps.bpf.h"
#include <bpf/bpf_tracing.h>
static __attribute__((always_inline)) int touch(void)
{
	__u32 zero = 0;
	struct settings *s = bpf_map_lookup_elem(&settings, &zero);
	return s ? s->abi : 0;
}
SEC("tc") int gate_egress(struct __sk_buff *skb __attribute__((unused))) { touch(); return -1; }
SEC("tc") int gate_egress_bare(struct __sk_buff *skb __attribute__((unused))) { touch(); return -1; }
SEC("sockops") int gate_sockops(struct bpf_sock_ops *s __attribute__((unused))) { touch(); return 1; }
SEC("cgroup/connect4") int gate_connect4(struct bpf_sock_addr *s __attribute__((unused))) { touch(); return 1; }
SEC("cgroup/connect6") int gate_connect6(struct bpf_sock_addr *s __attribute__((unused))) { touch(); return 1; }
SEC("cgroup/sendmsg4") int gate_sendmsg4(struct bpf_sock_addr *s __attribute__((unused))) { touch(); return 1; }
SEC("cgroup/sendmsg6") int gate_sendmsg6(struct bpf_sock_addr *s __attribute__((unused))) { touch(); return 1; }
struct seq_file;
struct bpf_iter_meta { struct seq_file *seq; } __attribute__((preserve_access_index));
struct bpf_iter__tcp { struct bpf_iter_meta *meta; void *sk_common; } __attribute__((preserve_access_index));
struct bpf_iter__bpf_map_elem { struct bpf_iter_meta *meta; void *map; void *key; void *value; } __attribute__((preserve_access_index));
SEC("iter/tcp") int gate_census(struct bpf_iter__tcp *ctx __attribute__((unused))) { touch(); return 0; }
SEC("iter/bpf_map_elem") int gate_flows(struct bpf_iter__bpf_map_elem *ctx) { touch(); struct flow *f = ctx->value; if (f) f->census = 0; return 0; }
SEC("iter/bpf_map_elem") int gate_settle(struct bpf_iter__bpf_map_elem *ctx) { touch(); struct witness *f = ctx->value; if (f) f->live[1].census = 0; return 0; }
SEC("iter/bpf_map_elem") int gate_settle_crowds(struct bpf_iter__bpf_map_elem *ctx) { touch(); struct crowd *f = ctx->value; if (f) f->live[1].census = 0; return 0; }
SEC("iter/tcp") int gate_kill(struct bpf_iter__tcp *ctx __attribute__((unused))) { touch(); return 0; }
