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

static bool port_is_free(const struct settings *settings, uint16_t port)
{
	for (int i = 0; i < DIAL_PORTS_MAX; i++)
		if (port && settings->dial_ports[i] == port)
			return true;
	return false;
}

enum reason dial_refusal(const struct engine *engine, const struct addr *addr, uint16_t port,
			 uint64_t now_ns)
{
	enum reason reason = out_of_reach(&engine->settings, addr);
	struct account account;

	if (reason == REASON_NONE || port_is_free(&engine->settings, port))
		return REASON_NONE;
	policy_explain_addr(engine->policy, addr, now_ns, &account);
	return account.standing == STANDING_TRUSTED ? REASON_NONE : reason;
}
