/* SPDX-License-Identifier: BSD-2-Clause */
/* admit: continue or disconnect: what the kernel cannot see, a known peer from a fresh address, is caught here. */
#include <peergate/words.h>
#include <stdio.h>

#include "book.h"
#include "peers.h"
#include "questions.h"

static void refuse(struct admittance *ret, enum reason reason, uint64_t until_ns)
{
	*ret = (struct admittance){.reason = reason, .retry_ns = until_ns};
	snprintf(ret->why, sizeof(ret->why), "refused for %s", reason_word(reason));
}

void policy_admit(const struct policy *self, const struct admission *question, uint64_t now_ns,
		  struct admittance *ret)
{
	uint32_t number = question->peer[0] ? peer_find(self, question->peer) : 0;
	const struct ruling *ruling = number ? &peer_at(self, number)->ruling : NULL;
	struct account account;

	*ret = (struct admittance){.allow = true};
	if (question->has_addr) {
		policy_explain_addr(self, &question->addr, now_ns, &account);
		if (account.refused)
			refuse(ret, account.reason, account.until_ns);
	}
	if (ret->allow && ruling && ruling_is_live(ruling, now_ns))
		refuse(ret, ruling->reason, ruling->until_ns);
}
