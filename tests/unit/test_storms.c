/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The storms as the kernel sees them: when each peer connected and for how long (tests/data/prysm/timings), through the
 * kernel's own witness.h, the daemon's churn and the policy, and no log. Who must be refused is, at its fifth short
 * connection; nobody else is, not for a moment.
 */
#include "storm.h"

/* --- what must be --- */

/* With something alive at the fifth, it is given the time to last, and a census is once a second. */
static void check_must(const struct knocker *at)
{
	uint64_t most_ns = at->fifth_alone ? 0 : SHORT_S * S + 2 * S;

	expect_true(at->addr, at->fifth_ns > 0);
	expect_true(at->addr, at->refused_ns >= at->fifth_ns);
	expect_true(at->addr, at->refused_ns <= at->fifth_ns + most_ns);
}

static void check(const struct knocker *at)
{
	if (at->due == DUE_MUST)
		check_must(at);
	else if (at->due == DUE_NEVER)
		expect_true(at->addr, !at->refused_ns && !at->refused);
	else if (at->due == DUE_SPARED)
		expect_true(at->addr,
			    at->last_lasting_ns &&
				    (!at->refused_ns || at->refused_ns > at->last_lasting_ns));
}

static void the_storms_are_refused_and_the_good_never(void **state)
{
	(void)state;
	for (int enforces = 0; enforces < 2; enforces++) {
		struct storm *storm = storm_new(enforces);
		unsigned int must = 0, never = 0;

		storm_run(storm);
		for (unsigned int i = 0; i < storm->source_count; i++) {
			const struct knocker *at = &storm->sources[i];

			check(at);
			must += at->due == DUE_MUST;
			never += at->due == DUE_NEVER;
			if (enforces)
				print_message("# %s: %u connects, %u of them refused; %s\n",
					      at->addr, at->connects + at->refused, at->refused,
					      at->what);
		}
		assert_true(must >= 14 && never >= 14);
		storm_free(storm);
	}
}

/* Nobody's standing suffers beyond a backoff, and each ends. */
static void churn_bans_nobody_in_a_storm(void **state)
{
	struct storm *storm = storm_new(false);

	(void)state;
	storm_run(storm);
	for (unsigned int i = 0; i < storm->play->count; i++) {
		const struct decision *held = &storm->play->held[i];

		assert_int_not_equal(held->standing, STANDING_BANNED);
		assert_true(held->until_ns <= storm->play->now + 12 * HOUR);
	}
	storm_free(storm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_storms_are_refused_and_the_good_never),
		cmocka_unit_test(churn_bans_nobody_in_a_storm),
	};

	return cmocka_run_group_tests_name("storms", tests, NULL, NULL);
}
