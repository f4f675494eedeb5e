/* SPDX-License-Identifier: BSD-2-Clause */
/* Draws from a Beta distribution: mean and variance as the formulas say, over the parameters that the rank uses. */
#include "tap.h"

#include "beta.h"

enum { DRAWS = 200000 };

/* Hundredths: .02 is the least that the rank has. */
static const struct {
	unsigned int a, b;
} rows[] = {
	{2, 2},	    {52, 152},	{102, 102}, {2, 202},	 {202, 2},
	{150, 300}, {500, 200}, {30, 4000}, {900, 6400},
};

static int is_near(double got, double want, double share)
{
	double apart = got > want ? got - want : want - got;

	return apart <= share * want;
}

static void means_and_variances_are_those_of_beta(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double a = rows[i].a / 100.0, b = rows[i].b / 100.0, sum = 0, squares = 0, mean;
		struct dice dice = {.state = i};

		for (int n = 0; n < DRAWS; n++) {
			double x = (double)beta_draw(&dice, rows[i].a * BETA_ONE / 100,
						     rows[i].b * BETA_ONE / 100) /
				   BETA_DRAWN_ONE;

			assert_true(x >= 0 && x <= 1);
			sum += x;
			squares += x * x;
		}
		mean = sum / DRAWS;
		if (!is_near(mean, a / (a + b), .03) ||
		    !is_near(squares / DRAWS - mean * mean,
			     a * b / ((a + b) * (a + b) * (a + b + 1)), .04))
			fail_msg("Beta(%g, %g): mean %g, variance %g", a, b, mean,
				 squares / DRAWS - mean * mean);
	}
}

static void a_seed_draws_the_same_again(void **state)
{
	struct dice one = {.state = 7}, two = {.state = 7}, other = {.state = 8};
	unsigned int alike = 0;

	(void)state;
	for (int n = 0; n < 1000; n++) {
		uint32_t drawn = beta_draw(&one, BETA_ONE, BETA_ONE);

		assert_int_equal(drawn, beta_draw(&two, BETA_ONE, BETA_ONE));
		alike += drawn == beta_draw(&other, BETA_ONE, BETA_ONE);
	}
	assert_true(alike < 10);
}

static void the_ends_of_the_parameters_are_drawn_from(void **state)
{
	static const uint32_t ends[] = {1, BETA_ONE - 1, BETA_ONE, 1 << 28};
	struct dice dice = {.state = 1};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(ends); k++) {
			for (int n = 0; n < 100; n++)
				assert_in_range(beta_draw(&dice, ends[i], ends[k]), 0,
						BETA_DRAWN_ONE);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_and_variances_are_those_of_beta),
		cmocka_unit_test(a_seed_draws_the_same_again),
		cmocka_unit_test(the_ends_of_the_parameters_are_drawn_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
