/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 9 on random histories: a quota of outbound links, max(8, 10 % of the target), is never pruned; nor is a trusted peer,
 * nor who came less than 90 s ago. Whom we have dialled is not told to go for being suspect.
 */
#include "law_facts.h"

enum { GRACE_S = 90, QUOTA = 8, MATES_MAX = 2 * PEERS };

/* The target, as capacity says it; below 80, ten in a hundred are less than eight. */
static unsigned int quota(unsigned int max)
{
	return max / 10 > QUOTA ? max / 10 : QUOTA;
}

static unsigned int count_outbound(const struct mate *mates, size_t count)
{
	unsigned int outbound = 0;

	for (size_t i = 0; i < count; i++)
		outbound += mates[i].direction == DIRECTION_OUTBOUND;
	return outbound;
}

/* Everybody who is connected by our dial, by the book: a peer once, however many addresses it has. */
static unsigned int count_dialled(const struct history *self)
{
	bool is_dialled[PEERS] = {false};
	struct peer_view views[16];
	unsigned int peer, count = 0;
	uint64_t at = 0;

	do {
		size_t page = policy_peers(self->stage.policy, self->stage.now_ns, at, views,
					   ARRAY_SIZE(views), &at);

		for (size_t i = 0; i < page; i++) {
			if (views[i].connected && views[i].direction == DIRECTION_OUTBOUND &&
			    sscanf(views[i].peer, "Peer%u", &peer) == 1)
				is_dialled[peer] = true;
		}
	} while (at);
	for (peer = 0; peer < PEERS; peer++)
		count += is_dialled[peer];
	return count;
}

struct prunes {
	unsigned int max;
	unsigned int let_go, outbound;
};

static struct prunes all;

static void tell_capacity(struct history *self)
{
	struct prunes *own = self->own;
	struct capacity told = {.max = draw(self, 2) ? 40 : 120};
	int8_t floor;

	told.connected = told.max;
	own->max = told.max;
	for (unsigned int service = 0; service < 2; service++)
		policy_capacity(self->stage.policy, service, &told, self->stage.now_ns, &floor,
				NULL);
}

static void check_one(struct history *self, const struct mate *mate)
{
	HOLDS(self, mate->standing != STANDING_TRUSTED, "a trusted peer is to go");
	HOLDS(self, self->stage.now_ns >= mate->since_ns + GRACE_S * S, "%s is to go after %llu s",
	      mate->peer, (unsigned long long)((self->stage.now_ns - mate->since_ns) / S));
}

static void the_quota_stays(struct history *self)
{
	struct prunes *own = self->own;
	struct mate gone[MATES_MAX];
	unsigned int outbound, leaving;
	size_t pruned;

	if (self->count % 20)
		return;
	tell_capacity(self);
	pruned = policy_prune(self->stage.policy, -1, 1 + draw(self, PEERS), self->stage.now_ns,
			      gone, MATES_MAX);
	for (size_t i = 0; i < pruned; i++)
		check_one(self, &gone[i]);
	outbound = count_dialled(self);
	leaving = count_outbound(gone, pruned);
	own->let_go += (unsigned int)pruned;
	own->outbound += leaving;
	HOLDS(self, !leaving || outbound >= quota(own->max) + leaving,
	      "of %u outbound links %u are to go, the quota is %u", outbound, leaving,
	      quota(own->max));
}

static void sum_up(struct history *self)
{
	const struct prunes *own = self->own;

	all.let_go += own->let_go;
	all.outbound += own->outbound;
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 88, [STEP_WAIT] = 12},
	.proofs = 1,
	.goods = 85,
	.strangers = 5,
	.wait_ns = 60 * S,
	.peers_max = 64,
};

static void law_09_the_outbound_quota_is_never_pruned(void **state)
{
	static const struct law law = {.shape = &shape,
				       .own_size = sizeof(struct prunes),
				       .after = the_quota_stays,
				       .end = sum_up};

	(void)state;
	law_try(&law);
	if (!getenv("SEED")) /* the quota is a bound, no immunity */
		assert_true(all.let_go > seeds() && all.outbound > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_09_the_outbound_quota_is_never_pruned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
