/* SPDX-License-Identifier: BSD-2-Clause */
#include "doubt.h"

enum {
	COLD_NETWORKS = 8,	/* POLICY, cold start */
	BEHIND_SLOTS = 64,	/* law 13: two epochs */
	HEAD_FRESH_S = 15 * 60, /* our own head is believed for so long, as others' are */
};

void doubt_settle(struct policy *self)
{
	if (!self->started_ns)
		self->started_ns = self->now_ns;
	if (self->now_ns >= after_s(self->started_ns, self->settings.cold_start_s) ||
	    self->networks.with_status >= COLD_NETWORKS)
		self->warm = true;
}

bool policy_is_cold(const struct policy *self)
{
	return !self->warm;
}

bool node_doubts_itself(const struct policy *self, int service)
{
	unsigned int slot = service < 0 ? 0 : (unsigned int)service;
	const struct node_state *node = &self->nodes[slot];
	uint64_t median;

	if (node->has_syncing && node->syncing)
		return true;
	return node->has_head && networks_head(self, service, &median) &&
	       is_within_s(self->node_heads_ns[slot], HEAD_FRESH_S, self->now_ns) &&
	       median > node->head_slot && median - node->head_slot > BEHIND_SLOTS;
}

bool suspicion_weighs(const struct policy *self, const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);
	int service =
		hearing->report->service >= 0 || !peer ? hearing->report->service : peer->service;

	if (policy_is_cold(self))
		return false;
	return !hearing->rule->is_useless || !node_doubts_itself(self, service);
}
