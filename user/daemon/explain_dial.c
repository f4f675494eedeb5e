/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain_dial.h"

#include <peergate/ranges.h>
#include <peergate/words.h>

static enum reason out_of_reach(const struct settings *settings, const struct addr *addr)
{
	enum range range = range_of(addr->bytes);

	if (range == RANGE_OPEN || (int)range > (int)settings->dial)
		return REASON_NONE;
	return range == RANGE_PRIVATE ? REASON_PRIVATE : REASON_BOGON;
}

static enum reason refused_for(const struct settings *settings, const struct addr *addr,
			       const struct account *account)
{
	if (account->standing == STANDING_TRUSTED)
		return REASON_NONE;
	if (settings->dial_banned && account->refused && account->standing == STANDING_BANNED)
		return account->reason;
	return out_of_reach(settings, addr);
}

json_t *explain_dial(const struct settings *settings, const struct addr *addr,
		     const struct account *account)
{
	enum reason reason = refused_for(settings, addr, account);

	return json_pack("{s:s, s:s}", "verdict", reason == REASON_NONE ? "admit" : "refuse",
			 "reason", reason_word(reason));
}
