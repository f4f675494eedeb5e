/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 11 on random histories: the same reports, clock, key and seed give the same decisions, byte for byte: twice in this
 * program, in one without sanitizers and with optimisation, and however often somebody looks.
 */
#include <libgen.h>

#include "law_facts.h"

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 62,
		    [STEP_CHURN] = 5,
		    [STEP_OPERATOR] = 4,
		    [STEP_NODE] = 4,
		    [STEP_CAPACITY] = 4,
		    [STEP_PROTECT] = 2,
		    [STEP_WAIT] = 19},
	.proofs = 12,
	.goods = 30,
	.strangers = 20,
	.jumps = 8,
	.second_hand = 30,
	.wait_ns = 30 * S,
	.peers_max = 24,
	.sources_max = 32,
	.is_cold = true,
};

static const struct law plain = {.shape = &shape};

static uint64_t digest_of(uint64_t seed)
{
	return law_live(&plain, seed, false).all;
}

static void law_11_the_same_calls_give_the_same_decisions(void **state)
{
	unsigned int different = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds() / 2; seed++) {
		uint64_t digest = digest_of(seed);

		expect_true("twice the same", digest == digest_of(seed));
		different += digest != digest_of(seed + 1);
	}
	assert_int_equal(different, seeds() / 2);
}

/* Another key of the hash: other jitter, hence other decisions; the history is the same. */
static void law_11_the_key_counts(void **state)
{
	unsigned int different = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		static struct history history;
		uint64_t digests[2];

		for (int key = 0; key < 2; key++) {
			struct report report = {.peer = "Bad",
						.has_addr = true,
						.addr = source_addr(1),
						.service = -1,
						.event = REPORT_RESPONSE,
						.result = RESULT_INVALID};

			law_open(&history, &plain, seed + (uint64_t)key);
			policy_report(history.stage.policy, &report, history.stage.now_ns, NULL);
			digests[key] = history.stage.digest;
			law_close(&history);
		}
		different += digests[0] != digests[1];
	}
	assert_in_range(different, 90, 100);
}

static void ask_much(struct history *self)
{
	struct step looks = {.source = self->count % SOURCES};
	uint64_t dice = self->dice;
	struct peer_view views[8];
	struct breaker_view breaker;
	struct policy_counts counts;
	uint64_t at = 0;

	take_question(self, &looks);
	policy_count(self->stage.policy, &counts);
	policy_breaker_see(self->stage.policy, self->stage.now_ns, &breaker);
	do
		policy_peers(self->stage.policy, self->stage.now_ns, at, views, 8, &at);
	while (at);
	self->dice = dice;
}

static void law_11_looking_changes_nothing(void **state)
{
	static const struct law looked_at = {.shape = &shape, .after = ask_much};

	(void)state;
	for (uint64_t seed = 1; seed <= seeds() / 4; seed++)
		assert_int_equal(law_live(&looked_at, seed, false).all, digest_of(seed));
}

/* The same program built plainly lies beside this one, in plain/; it prints its digests. */
static void law_11_another_build_decides_the_same(void **state)
{
	char path[512], command[600];
	unsigned long long digest;
	FILE *other;

	(void)state;
	snprintf(path, sizeof(path), "%s", program_invocation_name);
	snprintf(command, sizeof(command), "%s/plain/law_11 digests", dirname(path));
	other = popen(command, "r");
	assert_non_null(other);
	for (uint64_t seed = 1; seed <= seeds() / 2; seed++) {
		assert_int_equal(fscanf(other, "%llx", &digest), 1);
		assert_int_equal(digest, digest_of(seed));
	}
	assert_int_equal(pclose(other), 0);
}

static int print_digests(void)
{
	for (uint64_t seed = 1; seed <= seeds() / 2; seed++)
		printf("%llx\n", (unsigned long long)digest_of(seed));
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_11_the_same_calls_give_the_same_decisions),
		cmocka_unit_test(law_11_the_key_counts),
		cmocka_unit_test(law_11_looking_changes_nothing),
		cmocka_unit_test(law_11_another_build_decides_the_same),
	};

	if (argc > 1 && !strcmp(argv[1], "digests"))
		return print_digests();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
