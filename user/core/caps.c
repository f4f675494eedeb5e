/* SPDX-License-Identifier: BSD-2-Clause */
#include "caps.h"

#include "book.h"

enum { ALWAYS = 2 }; /* POLICY: 2 + 1.0 x target x share */

static uint32_t cap_of(const struct network_share *share, uint32_t target)
{
	if (!share->all_verified)
		return UINT32_MAX;
	return ALWAYS + (uint32_t)((uint64_t)target * share->verified / share->all_verified);
}

uint32_t network_cap(const struct policy *self, const struct prefix *source, uint32_t target)
{
	const struct network_share share = network_share(self, source);

	return cap_of(&share, target);
}

bool network_is_capped(const struct policy *self, const struct prefix *source, uint32_t target)
{
	const struct network_share share = network_share(self, source);

	return share.connected >= cap_of(&share, target);
}
