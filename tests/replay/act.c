/* SPDX-License-Identifier: BSD-2-Clause */
#include "act.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

enum { WARM_S = 600 }; /* POLICY: five minutes are a cold start */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void theatre_init(struct theatre *self)
{
	*self = (struct theatre){.seed = 1};
	policy_settings_default(&self->settings);
	self->settings.peers_max = self->settings.sources_max = 4096;
}

void theatre_release(struct theatre *self)
{
	if (self->is_open)
		stage_close(&self->stage);
	self->is_open = false;
}

static int open_stage(struct theatre *self, struct why *why)
{
	int error = 0;

	if (!self->is_open)
		error = stage_open(&self->stage, &self->settings, self->seed,
				   (self->is_cold ? 0 : WARM_S) * STAGE_S, why);
	self->is_open = !error;
	return error;
}

int theatre_advance(struct theatre *self, uint64_t ns, struct why *why)
{
	int error = open_stage(self, why);
	uint64_t to_ns = self->stage.start_ns + ns;

	if (error)
		return error;
	if (to_ns < self->stage.now_ns)
		return why_fill(why, -EINVAL, "the line before is %llu ms later: time goes on only",
				(unsigned long long)(self->stage.now_ns - to_ns) / 1000000);
	stage_wait(&self->stage, to_ns - self->stage.now_ns);
	return 0;
}

int differs(struct why *why, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(why->sentence, sizeof(why->sentence), format, list);
	va_end(list);
	return 1;
}

static int act_node(struct theatre *self, const struct words *words, struct why *why)
{
	struct node_state told;
	unsigned int service;
	int error = parse_node(&told, &service, words, 1, why);

	if (error || !self)
		return error;
	return policy_node(self->stage.policy, service, &told, self->stage.now_ns, why);
}

/* The numbers of NAME=VALUE words, by name; others are refused. */
struct number {
	const char *name;
	int64_t value, least, most;
};

static int take_numbers(struct number *numbers, size_t count, const struct words *words,
			unsigned int from, struct why *why)
{
	for (; from < words->count; from++) {
		struct term term;
		size_t i = 0;
		int error;

		if (!term_parse(&term, words->at[from]) || term.compare != COMPARE_EQUAL)
			return why_fill(why, -EINVAL, "\"%.40s\" is no NAME=VALUE",
					words->at[from]);
		while (i < count && strcmp(numbers[i].name, term.name))
			i++;
		if (i == count)
			return why_fill(why, -EINVAL, "\"%s\" is not known here", term.name);
		error = number_parse(&numbers[i].value, term.value, term.name, numbers[i].least,
				     numbers[i].most, why);
		if (error)
			return error;
	}
	return 0;
}

static int act_capacity(struct theatre *self, const struct words *words, struct why *why)
{
	struct number numbers[] = {{"service", 0, 0, UINT8_MAX},
				   {"max", 0, 0, UINT32_MAX},
				   {"connected", 0, 0, UINT32_MAX},
				   {"inbound_max", 0, 0, UINT32_MAX}};
	int error = take_numbers(numbers, COUNT(numbers), words, 1, why);
	const struct capacity told = {.max = (uint32_t)numbers[1].value,
				      .connected = (uint32_t)numbers[2].value,
				      .inbound_max = (uint32_t)numbers[3].value};
	int8_t floor;

	if (error || !self)
		return error;
	return policy_capacity(self->stage.policy, (unsigned int)numbers[0].value, &told,
			       self->stage.now_ns, &floor, why);
}

static int parse_source(struct source_key *ret, const struct words *words, struct why *why)
{
	struct addr addr;
	int error;

	if (words->count < 2)
		return why_fill(why, -EINVAL, "%s: where? An address is missing", words->at[0]);
	error = parse_addr(&addr, NULL, words->at[1], why);
	if (!error)
		*ret = addr_source(&addr);
	return error;
}

/* churn ADDR [count=5] [service=N]: the kernel tells of a row of short-lived connections. */
static int act_churn(struct theatre *self, const struct words *words, struct why *why)
{
	struct number numbers[] = {{"count", 5, 0, UINT32_MAX}, {"service", -1, -128, 127}};
	struct source_key source;
	int error = parse_source(&source, words, why);

	if (!error)
		error = take_numbers(numbers, COUNT(numbers), words, 2, why);
	if (error || !self)
		return error;
	return policy_churn(self->stage.policy, &source, (int)numbers[1].value,
			    (uint32_t)numbers[0].value, self->stage.now_ns, why);
}

/* visit ADDR [service=N] [seconds=N]: the kernel sees a connection from there; from the first visit on, only those. */
static int act_visit(struct theatre *self, const struct words *words, struct why *why)
{
	struct number numbers[] = {{"seconds", 10, 0, 864000}, {"service", -1, -1, 7}};
	struct source_key source;
	int error = parse_source(&source, words, why);

	if (!error)
		error = take_numbers(numbers, COUNT(numbers), words, 2, why);
	if (error || !self)
		return error;
	self->stage.is_blind = true;
	stage_visit(&self->stage, &source, (int)numbers[1].value,
		    self->stage.now_ns + (uint64_t)numbers[0].value * STAGE_S);
	return 0;
}

/* ban PREFIX [for=SPAN] [reason=WORD] */
static int parse_sentence(uint64_t *ret_for_ns, enum reason *ret_reason, const struct words *words,
			  struct why *why)
{
	*ret_for_ns = FOREVER_NS;
	*ret_reason = REASON_OPERATOR;
	for (unsigned int i = 2; i < words->count; i++) {
		struct term term;
		int error;

		if (term_parse(&term, words->at[i]) && !strcmp(term.name, "for"))
			error = span_parse(ret_for_ns, term.value, why);
		else if (term_parse(&term, words->at[i]) && !strcmp(term.name, "reason"))
			error = parse_reason(ret_reason, term.value, why);
		else
			error = why_fill(why, -EINVAL, "\"%.40s\" is nothing that a ban has",
					 words->at[i]);
		if (error)
			return error;
	}
	return 0;
}

static int act_operator(struct theatre *self, const struct words *words, struct why *why)
{
	struct prefix prefix;
	uint64_t for_ns, now_ns = self ? self->stage.now_ns : 0;
	enum reason reason;
	int error = 0;

	if (words->count < 2)
		return why_fill(why, -EINVAL, "%s: whom? A prefix is missing", words->at[0]);
	error = parse_prefix(&prefix, words->at[1], why);
	if (!error)
		error = parse_sentence(&for_ns, &reason, words, why);
	if (error || !self)
		return error;
	if (!strcmp(words->at[0], "unban"))
		return policy_unban(self->stage.policy, &prefix, now_ns, why);
	if (!strcmp(words->at[0], "allow"))
		return policy_allow(self->stage.policy, &prefix, now_ns, why);
	if (!strcmp(words->at[0], "disallow"))
		return policy_disallow(self->stage.policy, &prefix, now_ns, why);
	return policy_ban(self->stage.policy, &prefix,
			  for_ns == FOREVER_NS ? FOREVER_NS : now_ns + for_ns, reason, now_ns, why);
}

static int act_protect(struct theatre *self, const struct words *words, struct why *why)
{
	struct prefix prefixes[WORDS_MAX];

	for (unsigned int i = 1; i < words->count; i++) {
		int error = parse_prefix(&prefixes[i - 1], words->at[i], why);

		if (error)
			return error;
	}
	return self ? policy_protect(self->stage.policy, prefixes, words->count - 1, why) : 0;
}

static int act_breaker(struct theatre *self, const struct words *words, struct why *why)
{
	bool holds = words->count == 2 && !strcmp(words->at[1], "hold");

	if (!holds && (words->count != 2 || strcmp(words->at[1], "resume")))
		return why_fill(why, -EINVAL, "breaker: hold or resume");
	if (self)
		policy_breaker(self->stage.policy, holds ? BREAKER_HOLD : BREAKER_RESUME,
			       self->stage.now_ns);
	return 0;
}

/* candidate NAME ADDR… [digest=HEX]; candidate none: the list is empty again. */
static int act_candidate(struct theatre *self, const struct words *words, struct why *why)
{
	struct candidate candidate;
	int error = parse_candidate(&candidate, words, 1, why);

	if (error || !self)
		return error;
	if (words->count == 2 && !strcmp(candidate.peer, "none")) {
		self->candidate_count = 0;
		return 0;
	}
	if (self->candidate_count == CANDIDATES_MAX)
		return why_fill(why, -EINVAL, "candidate: more than %d", CANDIDATES_MAX);
	self->candidates[self->candidate_count++] = candidate;
	return 0;
}

static int act_wait(struct theatre *self, const struct words *words, struct why *why)
{
	(void)self;
	(void)words;
	(void)why;
	return 0;
}

/* setting NAME VALUE and seed VALUE: before the first moment. */
static int act_setting(struct theatre *self, const struct words *words, struct why *why)
{
	static const struct {
		const char *name;
		size_t offset;
	} known[] = {
#define SETTING(name) {#name, offsetof(struct policy_settings, name)}
		SETTING(peers_max),	 SETTING(sources_max),	      SETTING(prefixes_max),
		SETTING(share_permille), SETTING(follower_allowance), SETTING(fold_at),
		SETTING(backoff_s),	 SETTING(ban_established_s),  SETTING(ban_handshake_s),
#undef SETTING
	};
	int64_t value;

	if (words->count != 3 || number_parse(&value, words->at[2], words->at[1], 0, 1 << 24, why))
		return why_fill(why, -EINVAL, "setting wants a name and a number");
	for (size_t i = 0; i < COUNT(known); i++) {
		if (strcmp(known[i].name, words->at[1]))
			continue;
		if (self)
			*(uint32_t *)((char *)&self->settings + known[i].offset) = (uint32_t)value;
		return 0;
	}
	return why_fill(why, -EINVAL, "setting: \"%.40s\" is not known here", words->at[1]);
}

/* cold: the policy begins with the script; else it has run for ten minutes. */
static int act_cold(struct theatre *self, const struct words *words, struct why *why)
{
	if (words->count > 1)
		return why_fill(why, -EINVAL, "cold: nothing comes behind it");
	if (self)
		self->is_cold = true;
	return 0;
}

static int act_seed(struct theatre *self, const struct words *words, struct why *why)
{
	int64_t value;
	int error = number_parse(&value, words->count > 1 ? words->at[1] : "", "seed", 0, INT64_MAX,
				 why);

	if (!error && self)
		self->seed = (uint64_t)value;
	return error;
}

static const struct {
	const char *word;
	int (*act)(struct theatre *, const struct words *, struct why *);
	bool is_before; /* the policy is made with it */
} acts[] = {
	{"report", act_report, false},
	{"join", act_join, false},
	{"leave", act_leave, false},
	{"fail", act_fail, false},
	{"node", act_node, false},
	{"capacity", act_capacity, false},
	{"churn", act_churn, false},
	{"visit", act_visit, false},
	{"ban", act_operator, false},
	{"unban", act_operator, false},
	{"allow", act_operator, false},
	{"disallow", act_operator, false},
	{"protect", act_protect, false},
	{"breaker", act_breaker, false},
	{"candidate", act_candidate, false},
	{"wait", act_wait, false},
	{"setting", act_setting, true},
	{"seed", act_seed, true},
	{"cold", act_cold, true},
};

bool act_is_expectation(const char *text)
{
	return !strncmp(text, "expect ", 7);
}

static int perform(struct theatre *self, size_t i, const struct words *words, struct why *why)
{
	int error = 0;

	if (self && acts[i].is_before && self->is_open)
		return why_fill(why, -EINVAL, "%s comes before the first moment", words->at[0]);
	if (self && !acts[i].is_before)
		error = open_stage(self, why);
	return error ? error : acts[i].act(self, words, why);
}

int act(struct theatre *self, const char *text, struct why *why)
{
	struct words words;
	int error = words_split(&words, text, why);

	if (error)
		return error;
	if (!words.count)
		return why_fill(why, -EINVAL, "nothing to do");
	if (act_is_expectation(text)) {
		error = self ? open_stage(self, why) : 0;
		return error ? error : expect(self, &words, text, why);
	}
	for (size_t i = 0; i < COUNT(acts); i++) {
		if (!strcmp(acts[i].word, words.at[0]))
			return perform(self, i, &words, why);
	}
	return why_fill(why, -EINVAL, "\"%.40s\" is no action", words.at[0]);
}
