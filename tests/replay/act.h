/* SPDX-License-Identifier: BSD-2-Clause */
/* act: what a line does or asks, on a stage. */
#ifndef REPLAY_ACT_H
#define REPLAY_ACT_H

#include "parse.h"
#include "stage.h"

enum { CANDIDATES_MAX = 256 };

/* A replay as it plays. */
struct theatre {
	struct stage stage;
	bool is_open; /* the policy is there: settings are fixed */
	bool is_cold; /* it has only begun */
	struct policy_settings settings;
	uint64_t seed;
	uint32_t candidate_count;
	struct candidate candidates[CANDIDATES_MAX];
};

void theatre_init(struct theatre *self);
void theatre_release(struct theatre *self);

/* Moves the clock to @ns after the beginning; never back. */
int theatre_advance(struct theatre *self, uint64_t ns, struct why *why);

/*
 * One action in words. @self NULL: only reads it. 0; 1: an expectation does not hold, @why says what is so instead;
 * -EINVAL: no such action, or the policy did not take it.
 */
int act(struct theatre *self, const char *text, struct why *why);

/* Whether the text is an expectation. */
bool act_is_expectation(const char *text);

/* Reports; act_report.c. */
int act_report(struct theatre *self, const struct words *words, struct why *why);
int act_join(struct theatre *self, const struct words *words, struct why *why);
int act_leave(struct theatre *self, const struct words *words, struct why *why);
int act_fail(struct theatre *self, const struct words *words, struct why *why);

/* As act(), for the words behind "expect"; expect*.c. */
int expect(struct theatre *self, const struct words *words, const char *text, struct why *why);
int expect_floor(struct theatre *self, const struct words *words, const char *text,
		 struct why *why);
int expect_breaker(struct theatre *self, const struct words *words, const char *text,
		   struct why *why);
int expect_doubts(struct theatre *self, const struct words *words, const char *text,
		  struct why *why);
int expect_rank(struct theatre *self, const struct words *words, const char *text, struct why *why);
int expect_mates(struct theatre *self, const struct words *words, const char *text,
		 struct why *why);

/* Whether a sentence of the account has these words; whether the word at @at, NAME<=N, holds of @value (@is_real false: only read). */
int find_words(const struct account *account, const char *words, bool wanted, struct why *why);
int expect_value(const struct words *words, unsigned int at, const char *name, int64_t value,
		 bool is_real, struct why *why);

/* An expectation that fails: fills @why, returns 1. */
int differs(struct why *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
