/* SPDX-License-Identifier: BSD-2-Clause */
/* expect_lists: what must be so of the answers that are lists: rank, mesh, prune. */
#include <errno.h>
#include <stdio.h>

#include "act.h"

enum { NAMES_MAX = 64, MATES_MAX = 4096 };

/* TERM… VERB NAME…, with the bound of a count. */
struct wish {
	int64_t service, want, seeds, share, nth;
	bool has_count;
	enum compare compare;
	int64_t count;
	const char *why;  /* of a candidate: rank_word() */
	const char *verb; /* NULL: only the count */
	unsigned int names;
	char *name[NAMES_MAX];
};

static int take_term(struct wish *ret, const struct term *term, struct why *why)
{
	const struct {
		const char *name;
		int64_t *value, least, most;
	} numbers[] = {
		{"service", &ret->service, -1, 7}, {"want", &ret->want, 0, MATES_MAX},
		{"seeds", &ret->seeds, 1, 10000},  {"share", &ret->share, 0, 100},
		{"nth", &ret->nth, 1, NAMES_MAX},  {"count", &ret->count, 0, MATES_MAX},
	};

	if (!strcmp(term->name, "why")) {
		ret->why = term->value;
		return 0;
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(numbers[i].name, term->name))
			continue;
		if (numbers[i].value == &ret->count) {
			ret->has_count = true;
			ret->compare = term->compare;
		}
		return number_parse(numbers[i].value, term->value, term->name, numbers[i].least,
				    numbers[i].most, why);
	}
	return why_fill(why, -EINVAL, "\"%s\" is nothing that a list has", term->name);
}

static int wish_parse(struct wish *ret, const struct words *words, const char *const *verbs,
		      struct why *why)
{
	*ret = (struct wish){.service = -1, .seeds = 1, .share = 100, .nth = 1};
	for (unsigned int i = 2; i < words->count; i++) {
		struct term term;
		int error = 0;

		if (term_parse(&term, words->at[i]))
			error = take_term(ret, &term, why);
		else if (!ret->verb)
			ret->verb = words->at[i];
		else if (ret->names == NAMES_MAX)
			error = why_fill(why, -EINVAL, "more than %d names", NAMES_MAX);
		else
			ret->name[ret->names++] = words->at[i];
		if (error)
			return error;
	}
	for (; ret->verb && *verbs; verbs++) {
		if (!strcmp(*verbs, ret->verb))
			return ret->names ? 0 : why_fill(why, -EINVAL, "%s whom?", ret->verb);
	}
	if (ret->verb || !ret->has_count)
		return why_fill(why, -EINVAL, "%s: \"%.40s\" is nothing that can be asked",
				words->at[1], ret->verb ? ret->verb : "");
	return 0;
}

static int check_count(const struct wish *wish, size_t count, struct why *why)
{
	if (!wish->has_count || compare_holds(wish->compare, (int64_t)count, wish->count))
		return 0;
	return differs(why, "there are %zu", count);
}

/* --- rank --- */

/* Where the @nth candidate of that name stands in the answer; NULL: nowhere. */
static const struct ranked *find_ranked(const struct theatre *self, const struct ranked *ranked,
					const char *name, int64_t nth)
{
	for (uint32_t i = 0; i < self->candidate_count; i++) {
		if (strcmp(self->candidates[i].peer, name) || --nth)
			continue;
		for (uint32_t n = 0; n < self->candidate_count; n++) {
			if (ranked[n].candidate == i)
				return &ranked[n];
		}
	}
	return NULL;
}

static bool why_fits(const struct wish *wish, const struct ranked *at)
{
	return !wish->why || !strcmp(wish->why, rank_word(at->why));
}

static bool holds(const struct theatre *self, const struct wish *wish, const struct ranked *ranked)
{
	const struct ranked *last = NULL;

	if (!wish->verb)
		return true;
	for (unsigned int i = 0; i < wish->names; i++) {
		const struct ranked *at = find_ranked(self, ranked, wish->name[i], wish->nth);

		if (!at)
			return false;
		if (!strcmp(wish->verb, "never") ? at->dial || !why_fits(wish, at)
						 : !at->dial || !why_fits(wish, at))
			return false;
		if (!strcmp(wish->verb, "first") && at != &ranked[i])
			return false;
		if (!strcmp(wish->verb, "before") && last && at < last)
			return false;
		last = at;
	}
	return true;
}

static int tell_order(const struct theatre *self, const struct ranked *ranked, int64_t held,
		      const struct wish *wish, struct why *why)
{
	size_t length = (size_t)snprintf(why->sentence, WHY_MAX,
					 "so in %lld of %lld orders; the last:", (long long)held,
					 (long long)wish->seeds);

	for (uint32_t i = 0; i < self->candidate_count && length + 160 < WHY_MAX; i++)
		length += (size_t)snprintf(why->sentence + length, WHY_MAX - length, " %.60s%s(%s)",
					   self->candidates[ranked[i].candidate].peer,
					   ranked[i].dial ? "" : " not", rank_word(ranked[i].why));
	return 1;
}

/* rank [want=N] [seeds=N] [share=PERCENT] first|before|dial|never NAME… [why=WORD] [nth=N], or count<=N: of those to dial. */
int expect_rank(struct theatre *self, const struct words *words, const char *text, struct why *why)
{
	static const char *const verbs[] = {"first", "before", "dial", "never", NULL};
	struct ranked ranked[CANDIDATES_MAX];
	struct wish wish;
	int64_t held = 0;
	int error = wish_parse(&wish, words, verbs, why);

	(void)text;
	if (error || !self)
		return error;
	for (int64_t seed = 1; seed <= wish.seeds; seed++) {
		size_t count =
			policy_rank(self->stage.policy, self->candidates, self->candidate_count,
				    (size_t)wish.want, (int)wish.service, (uint64_t)seed,
				    self->stage.now_ns, ranked);

		error = check_count(&wish, count, why);
		if (error)
			return error;
		held += holds(self, &wish, ranked);
	}
	return held * 100 >= wish.share * wish.seeds ? 0
						     : tell_order(self, ranked, held, &wish, why);
}

/* --- mesh, prune --- */

static const struct mate *find_mate(const struct mate *mates, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(mates[i].peer, name))
			return &mates[i];
	}
	return NULL;
}

static int check_mates(const struct wish *wish, const struct mate *mates, size_t count,
		       struct why *why)
{
	const struct mate *last = NULL;

	for (unsigned int i = 0; i < wish->names && wish->verb; i++) {
		const struct mate *at = find_mate(mates, count, wish->name[i]);

		if (!strcmp(wish->verb, "lacks")) {
			if (at)
				return differs(why, "%s is there: %s", wish->name[i], at->why);
			continue;
		}
		if (!at)
			return differs(why, "%s is not among the %zu", wish->name[i], count);
		if ((!strcmp(wish->verb, "first") && at != &mates[i]) ||
		    (!strcmp(wish->verb, "before") && last && at < last))
			return differs(why, "%s is at place %zu, the first is %s", wish->name[i],
				       (size_t)(at - mates) + 1, mates[0].peer);
		last = at;
	}
	return check_count(wish, count, why);
}

/* mesh, prune [service=N] [want=N] has|lacks|first|before NAME…, or count<=N */
int expect_mates(struct theatre *self, const struct words *words, const char *text, struct why *why)
{
	static const char *const verbs[] = {"has", "lacks", "first", "before", NULL};
	struct mate *mates;
	struct wish wish;
	size_t count;
	int error = wish_parse(&wish, words, verbs, why);

	(void)text;
	if (error || !self)
		return error;
	mates = calloc(MATES_MAX, sizeof(*mates));
	if (!mates)
		return why_fill(why, -ENOMEM, "no memory");
	count = (!strcmp(words->at[1], "mesh") ? policy_mesh : policy_prune)(
		self->stage.policy, (int)wish.service, (size_t)wish.want, self->stage.now_ns, mates,
		MATES_MAX);
	error = check_mates(&wish, mates, count, why);
	free(mates);
	return error;
}
