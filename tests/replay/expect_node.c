/* SPDX-License-Identifier: BSD-2-Clause */
/* expect_node: what must be so of the node itself: its floor, the breaker, what the policy doubts of it. */
#include <errno.h>

#include "act.h"

/* floor value<=N [of service 0] */
int expect_floor(struct theatre *self, const struct words *words, const char *text, struct why *why)
{
	(void)text;
	return expect_value(words, 2, "value", self ? self->stage.floors[0] : 0, self, why);
}

/* breaker open|closed ["words"] */
int expect_breaker(struct theatre *self, const struct words *words, const char *text,
		   struct why *why)
{
	bool open = words->count > 2 && !strcmp(words->at[2], "open");
	struct breaker_view view;

	(void)text;
	if (words->count < 3 || words->count > 4 || (!open && strcmp(words->at[2], "closed")))
		return why_fill(why, -EINVAL, "breaker open or closed, and words of its reason");
	if (!self)
		return 0;
	policy_breaker_see(self->stage.policy, self->stage.now_ns, &view);
	if (view.open != open || (words->count == 4 && !strstr(view.why, words->at[3])))
		return differs(why, "it is %s: %s", view.open ? "open" : "closed", view.why);
	return 0;
}

/* doubts has|lacks "words": what the policy doubts of the node itself. */
int expect_doubts(struct theatre *self, const struct words *words, const char *text,
		  struct why *why)
{
	bool wanted = words->count == 4 && !strcmp(words->at[2], "has");
	struct account account;

	(void)text;
	if (words->count != 4 || (!wanted && strcmp(words->at[2], "lacks")))
		return why_fill(why, -EINVAL, "doubts has|lacks \"words\"");
	if (!self)
		return 0;
	policy_doubts(self->stage.policy, self->stage.now_ns, &account);
	return find_words(&account, words->at[3], wanted, why);
}
