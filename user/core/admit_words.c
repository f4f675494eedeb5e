/* SPDX-License-Identifier: BSD-2-Clause */
/* admit_words: policy_admit(): the answer of admit.c as one sentence. Only a refusal costs the making of one. */
#include <stdio.h>
#include <string.h>

#include <peergate/words.h>

#include "admit.h"
#include "book.h"
#include "span.h"

static void say_ruling(const char *whose, const struct admit_answer *answer, uint64_t now_ns,
		       struct admittance *ret)
{
	char end[SPAN_MAX + 16];

	snprintf(ret->why, sizeof(ret->why), "%s %s for %s; it %s", whose,
		 answer->ruling->standing == STANDING_BANNED ? "is banned" : "is backed off",
		 reason_word(answer->reason), end_text(answer->until_ns, now_ns, end));
}

static void say_dial(const struct admit_answer *answer, uint64_t now_ns, struct admittance *ret)
{
	char span[SPAN_MAX];

	snprintf(ret->why, sizeof(ret->why), "dials there failed: not dialled for %s",
		 span_text(answer->until_ns - now_ns, span));
}

static void say_identity(const struct admit_answer *answer, uint64_t now_ns, struct admittance *ret)
{
	char span[SPAN_MAX];

	snprintf(ret->why, sizeof(ret->why),
		 "a new identity where bad ones came from beside a good peer: refused for %s",
		 span_text(answer->until_ns - now_ns, span));
}

static void say_floor(const struct admit_answer *answer, struct admittance *ret)
{
	snprintf(ret->why, sizeof(ret->why),
		 "the service is full: its floor is %d and the score here is %d", answer->floor,
		 answer->score);
}

static void say_refusal(const struct admit_answer *answer, uint64_t now_ns, struct admittance *ret)
{
	switch (answer->ground) {
	case GROUND_BANNED:
		say_ruling("the address, by an operator,", answer, now_ns, ret);
		break;
	case GROUND_PEER:
		say_ruling("the peer", answer, now_ns, ret);
		break;
	case GROUND_SOURCE:
		say_ruling("the address", answer, now_ns, ret);
		break;
	case GROUND_DIAL:
		say_dial(answer, now_ns, ret);
		break;
	case GROUND_IDENTITY:
		say_identity(answer, now_ns, ret);
		break;
	case GROUND_FLOOR:
		say_floor(answer, ret);
		break;
	default:
		strcpy(ret->why,
		       "somebody is connected from there already, and the service is over "
		       "half full");
	}
}

void admit_say(const struct admit_answer *answer, uint64_t now_ns, struct admittance *ret)
{
	static const char *const allowed[] = {
		[GROUND_NOTHING_AGAINST] = "nothing is against it",
		[GROUND_ALLOWED] = "an operator allowed the address",
		[GROUND_TRUSTED] = "trusted: never refused",
		[GROUND_OWN_DIAL] = "the node's own link to that peer",
	};

	ret->allow = !ground_refuses(answer->ground);
	ret->reason = answer->reason;
	ret->retry_ns = answer->until_ns;
	if (ret->allow)
		strcpy(ret->why, allowed[answer->ground]);
	else
		say_refusal(answer, now_ns, ret);
}

void policy_admit(const struct policy *self, const struct admission *question, uint64_t now_ns,
		  struct admittance *ret)
{
	struct knock knock = admit_knock(self, question);
	struct admit_answer answer = admit(self, &knock, now_ns);

	admit_say(&answer, now_ns, ret);
}
