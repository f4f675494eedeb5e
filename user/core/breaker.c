/* SPDX-License-Identifier: BSD-2-Clause */
/* breaker: law 6: when at least half of our networks fail at once, the fault is probably ours. */
#include <stdio.h>

#include "book.h"

void policy_breaker(struct policy *self, enum breaker_action action, uint64_t now_ns)
{
	if (now_ns > self->now_ns)
		self->now_ns = now_ns;
	self->breaker_held = action == BREAKER_HOLD;
}

void policy_breaker_see(const struct policy *self, uint64_t now_ns, struct breaker_view *ret)
{
	(void)now_ns;
	*ret = (struct breaker_view){.open = self->breaker_held,
				     .by_operator = self->breaker_held,
				     .until_ns = self->breaker_held ? FOREVER_NS : 0};
	snprintf(ret->why, sizeof(ret->why), "%s",
		 self->breaker_held ? "held open by an operator" : "closed");
}
