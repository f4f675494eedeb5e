/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 14 on random histories: where a good peer authenticates anew, its score is; where it only knocks, or somebody else
 * announces it, nothing is.
 */
#include "law_facts.h"

/* An address that nobody has had yet: 198.60.0.0/16 and up. */
static struct addr fresh_addr(const struct history *self)
{
	struct addr addr = source_addr(0);

	addr.bytes[13] = 60;
	addr.bytes[14] = (uint8_t)(self->count >> 8);
	addr.bytes[15] = (uint8_t)self->count;
	return addr;
}

static int score_of(const struct history *self, const char *peer)
{
	struct account account = {.score = 0};

	policy_explain_peer(self->stage.policy, peer, self->stage.now_ns, &account);
	return account.score;
}

static int score_at(const struct history *self, const struct addr *addr)
{
	struct account account;

	policy_explain_addr(self->stage.policy, addr, self->stage.now_ns, &account);
	return account.score;
}

static void say_at(struct history *self, const char *peer, const struct addr *addr,
		   enum report_event event, enum report_result result)
{
	struct report report = {.has_addr = true,
				.addr = *addr,
				.service = -1,
				.direction = DIRECTION_INBOUND,
				.event = event,
				.result = result};

	snprintf(report.peer, sizeof(report.peer), "%s", peer);
	assert_int_equal(policy_report(self->stage.policy, &report, self->stage.now_ns, NULL), 0);
}

/* A candidate's addresses are only announced: asking about them leaves no trace. */
static void announce(struct history *self, const char *peer, const struct addr *addr)
{
	struct candidate candidate = {.addr_count = 1, .addrs = {*addr}};
	struct account account;
	struct ranked ranked;

	snprintf(candidate.peer, sizeof(candidate.peer), "%s", peer);
	policy_rank(self->stage.policy, &candidate, 1, 1, -1, self->seed, self->stage.now_ns,
		    &ranked);
	policy_explain_addr(self->stage.policy, addr, self->stage.now_ns, &account);
	HOLDS(self, !account.known && !account.refused, "an announced address is in the book");
}

static void a_good_peer_moves(struct history *self)
{
	char peer[PEER_ID_MAX];
	const struct addr addr = fresh_addr(self);
	int score;

	if (self->count % 10)
		return;
	peer_name(draw(self, PEERS), peer);
	score = score_of(self, peer);
	announce(self, peer, &addr);
	say_at(self, peer, &addr, REPORT_CONNECTED, RESULT_NONE);
	HOLDS(self, score_at(self, &addr) <= 0, "a knock alone is worth %d", score_at(self, &addr));
	if (score < 3)
		return;
	say_at(self, peer, &addr, REPORT_HANDSHAKE, RESULT_OK);
	score = score_of(self, peer); /* a new connection makes old measures count for less */
	HOLDS(self, score_at(self, &addr) >= score - 1, "%s has %d, its new source %d", peer, score,
	      score_at(self, &addr));
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 84, [STEP_NODE] = 4, [STEP_WAIT] = 12},
	.proofs = 2,
	.goods = 85,
	.strangers = 5,
	.wait_ns = 120 * S,
	.peers_max = 64,
	.sources_max = 128,
};

static void law_14_a_good_peers_score_moves_with_it(void **state)
{
	static const struct law law = {.shape = &shape, .after = a_good_peer_moves};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_14_a_good_peers_score_moves_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
