/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_settings: weights, half-lives, thresholds and caps, with their defaults and ranges. Each is a key of the configuration. */
#ifndef POLICY_SETTINGS_H
#define POLICY_SETTINGS_H

#include <stdint.h>

struct why;

struct policy_settings {
	uint32_t peers_max, sources_max, prefixes_max;
	uint64_t capacity_stale_ns;
	/* the core's own further settings follow; each documented with unit, range, source */
};

void policy_settings_default(struct policy_settings *ret);

/* 0, or -ERANGE with the first setting out of range, its value and its range in @why. */
int policy_settings_check(const struct policy_settings *self, struct why *why);

#endif
