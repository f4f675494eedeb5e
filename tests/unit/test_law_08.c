/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 8 on random histories: newcomers always have a chance in the order of dialling, whatever the others have earned. (At
 * the gate they have their tokens: tests/packet.) And what the kernel needs for it: a /56 is known while a source in it is.
 */
#include "law_facts.h"

enum { NEWCOMERS = 8, KNOWN = 20, CANDIDATES = NEWCOMERS + KNOWN, ORDERS = 60, WANT = 6 };

/* Networks that nobody has had: 3fff:f00::/32 and up. */
static void draw_candidates(struct history *self, struct candidate *ret)
{
	for (unsigned int i = 0; i < CANDIDATES; i++) {
		unsigned int peer = 12 + i;

		ret[i] = (struct candidate){.addr_count = 1};
		if (i < KNOWN) {
			peer_name(peer, ret[i].peer);
			ret[i].addrs[0] = source_addr(home_of(peer));
			continue;
		}
		snprintf(ret[i].peer, PEER_ID_MAX, "New%u", i);
		ret[i].addrs[0] = source_addr(2);
		ret[i].addrs[0].bytes[2] = 0x0f;
		ret[i].addrs[0].bytes[3] = (uint8_t)i;
	}
	(void)self;
}

static void newcomers_have_a_chance(struct history *self)
{
	struct candidate candidates[CANDIDATES];
	struct ranked ranked[CANDIDATES];
	unsigned int dialled[CANDIDATES] = {0};

	if (self->count % 100)
		return;
	draw_candidates(self, candidates);
	for (uint64_t seed = 1; seed <= ORDERS; seed++) {
		size_t count = policy_rank(self->stage.policy, candidates, CANDIDATES, WANT, -1,
					   seed, self->stage.now_ns, ranked);

		HOLDS(self, count <= WANT, "%zu of %d wanted are to be dialled", count, WANT);
		for (size_t i = 0; i < count; i++)
			dialled[ranked[i].candidate]++;
	}
	for (unsigned int i = KNOWN; i < CANDIDATES; i++)
		HOLDS(self, dialled[i] > 0, "newcomer %u is in none of %d orders", i - KNOWN,
		      ORDERS);
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 86, [STEP_CAPACITY] = 2, [STEP_WAIT] = 12},
	.proofs = 2,
	.goods = 80,
	.strangers = 5,
	.wait_ns = 120 * S,
	.peers_max = 64,
	.sources_max = 128,
};

static void law_08_newcomers_always_have_a_chance(void **state)
{
	static const struct law law = {.shape = &shape, .after = newcomers_have_a_chance};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_08_newcomers_always_have_a_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
