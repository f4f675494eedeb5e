/* SPDX-License-Identifier: BSD-2-Clause */
/* node: what the node says of itself, by which others are judged (laws 12 and 13). */
#include <errno.h>

#include "book.h"

int policy_node(struct policy *self, unsigned int service, const struct node_state *told,
		uint64_t now_ns, struct why *why)
{
	struct node_state *node;

	if (service >= SERVICES_MAX)
		return why_fill(why, -EINVAL, "service: %u is not one of 0 .. %d", service,
				SERVICES_MAX - 1);
	if (told->protocol_count > PROTOCOLS_MAX)
		return why_fill(why, -EINVAL, "protocols: %u are more than %d",
				told->protocol_count, PROTOCOLS_MAX);
	if (now_ns > self->now_ns)
		self->now_ns = now_ns;
	node = &self->nodes[service];
	if (told->has_digest)
		fork_ours(self, (int)service, told->digest);
	if (told->has_head) {
		node->head_slot = told->head_slot;
		node->has_head = true;
		self->node_heads_ns[service] = self->now_ns;
	}
	if (told->has_syncing) {
		node->syncing = told->syncing;
		node->has_syncing = true;
	}
	if (told->protocol_count) {
		memcpy(node->protocols, told->protocols, sizeof(node->protocols));
		node->protocol_count = told->protocol_count;
	}
	return 0;
}
