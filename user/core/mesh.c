/* SPDX-License-Identifier: BSD-2-Clause */
/* mesh: who is really here: connected at the protocol level. */
#include <stdio.h>

#include "book.h"
#include "links.h"
#include "questions.h"

static void see(const struct policy *self, uint32_t number, uint64_t now_ns, struct mate *ret)
{
	const struct peer *peer = peer_at(self, number);
	uint32_t link = link_latest(self, number);

	*ret = (struct mate){
		.peer = peer->id,
		.direction = peer->direction,
		.score = (int8_t)ledger_score(&peer->past.ledger, &self->settings, now_ns),
		.standing = ledger_band(&peer->past.ledger, &self->settings, now_ns)};
	if (link) {
		ret->has_addr = true;
		ret->source = place_at(self, link_at(self, link)->place)->prefix;
		ret->since_ns = link_at(self, link)->since_ns;
	}
	snprintf(ret->why, sizeof(ret->why), "connected");
}

size_t policy_mesh(const struct policy *self, int service, size_t want, uint64_t now_ns,
		   struct mate *ret, size_t max)
{
	size_t count = 0;

	for (uint32_t at = self->online.newest; at && count < max && (!want || count < want);
	     at = peer_at(self, at)->online_link.older) {
		const struct peer *peer = peer_at(self, at);

		if (peer->established &&
		    (service < 0 || peer->service < 0 || peer->service == service))
			see(self, at, now_ns, &ret[count++]);
	}
	return count;
}

size_t policy_prune(const struct policy *self, int service, size_t want, uint64_t now_ns,
		    struct mate *ret, size_t max)
{
	size_t count = 0;

	for (uint32_t at = self->online.newest; at && count < max && count < want;
	     at = peer_at(self, at)->online_link.older) {
		const struct peer *peer = peer_at(self, at);

		if (!peer->trusted && peer->direction == DIRECTION_INBOUND &&
		    (service < 0 || peer->service < 0 || peer->service == service))
			see(self, at, now_ns, &ret[count++]);
	}
	return count;
}
