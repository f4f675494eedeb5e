/* SPDX-License-Identifier: BSD-2-Clause */
/* rank: in what order to dial. */
#include "book.h"
#include "peers.h"
#include "questions.h"

const char *rank_word(enum rank_why why)
{
	static const char *const words[RANK_WHYS] = {
		[RANK_ANCHOR] = "anchor",
		[RANK_KNOWN] = "known",
		[RANK_NEWCOMER] = "newcomer",
		[RANK_EXPLORE] = "explore",
		[RANK_WRONG_FORK] = "wrong_fork",
		[RANK_REFUSED] = "refused",
		[RANK_LIVE] = "live",
		[RANK_NETWORK_CAPPED] = "network_capped",
		[RANK_NETWORK_IN_BATCH] = "network_in_batch",
		[RANK_DUPLICATE] = "duplicate",
		[RANK_NO_ADDRESS] = "no_address",
	};

	return words[why];
}

size_t policy_rank(const struct policy *self, const struct candidate *candidates, size_t count,
		   size_t want, int service, uint64_t seed, uint64_t now_ns, struct ranked *ret)
{
	size_t dial = 0;

	(void)service;
	(void)seed;
	for (size_t i = 0; i < count; i++) {
		struct admission question = {.direction = DIRECTION_OUTBOUND, .service = -1};
		struct admittance answer;

		memcpy(question.peer, candidates[i].peer, sizeof(question.peer));
		policy_admit(self, &question, now_ns, &answer);
		ret[i] = (struct ranked){.candidate = (uint32_t)i,
					 .dial = answer.allow && (!want || dial < want),
					 .why = answer.allow ? RANK_KNOWN : RANK_REFUSED};
		dial += ret[i].dial;
	}
	return dial;
}
