/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy_settings.h"

#include <errno.h>
#include <inttypes.h>

#include <peergate/why.h>

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, REWARDS_MAX = 30 };

#define NS_PER_S UINT64_C(1000000000)

static const struct policy_setting ranges[] = {
#define SETTING(name, usual, least, most)                                         \
	{                                                                         \
#name, offsetof(struct policy_settings, name), usual, least, most \
	}
	SETTING(peers_max, 1000000, 16, 1 << 24),
	SETTING(sources_max, 1000000, 16, 1 << 24),
	SETTING(held_max, 131072, 16, 1 << 24),
	SETTING(prefixes_max, 16384, 16, 1 << 20),
	SETTING(protected_max, 4096, 16, 1 << 20),
	SETTING(penalty_half_life_s, 600, 10, DAY_S),
	SETTING(reward_half_life_s, 6 * HOUR_S, 60, 30 * DAY_S),
	SETTING(backoff_s, 600, 1, 12 * HOUR_S),
	SETTING(backoff_max_s, 12 * HOUR_S, 1, 12 * HOUR_S),
	SETTING(ban_handshake_s, 600, 1, 12 * HOUR_S),
	SETTING(ban_established_s, HOUR_S, 1, 12 * HOUR_S),
	SETTING(ban_max_s, 12 * HOUR_S, 1, 12 * HOUR_S),
	SETTING(ban_alone_s, HOUR_S, 60, 12 * HOUR_S),
	SETTING(ban_network_max_s, DAY_S, 1, DAY_S),
	SETTING(fork_max_s, HOUR_S, 1, 12 * HOUR_S),
	SETTING(capacity_s, 60, 1, HOUR_S),
	SETTING(capacity_goodbye_s, 300, 1, HOUR_S),
	SETTING(capacity_max_s, 32 * 60, 1, 12 * HOUR_S),
	SETTING(follower_allowance, 25, 0, 100),
	SETTING(share_permille, 10, 1, 1000),
	SETTING(fold_at, 8, 2, 256),
	SETTING(cold_start_s, 300, 0, HOUR_S),
	SETTING(networks_max, 16384, 64, 1 << 20),
	SETTING(reward_latency, 8, 0, 30),
	SETTING(reward_success, 12, 0, 30),
	SETTING(reward_protocols, 5, 0, 30),
	SETTING(reward_head, 5, 0, 30),
#undef SETTING
};

enum { RANGES = sizeof(ranges) / sizeof(ranges[0]) };

static uint32_t *value_of(struct policy_settings *self, size_t i)
{
	return (uint32_t *)((char *)self + ranges[i].offset);
}

const struct policy_setting *policy_setting_at(size_t i)
{
	return i < RANGES ? &ranges[i] : NULL;
}

void policy_settings_default(struct policy_settings *ret)
{
	*ret = (struct policy_settings){.capacity_stale_ns = 60 * NS_PER_S};
	for (size_t i = 0; i < RANGES; i++)
		*value_of(ret, i) = ranges[i].usual;
}

/* More than 30 would let a farmed score outweigh a penalty's band. */
static int check_rewards(const struct policy_settings *self, struct why *why)
{
	uint32_t sum = self->reward_latency + self->reward_success + self->reward_protocols +
		       self->reward_head;

	if (sum <= REWARDS_MAX)
		return 0;
	return why_fill(why, -ERANGE,
			"reward_latency, reward_success, reward_protocols and reward_head are "
			"%" PRIu32 " together: at most %d",
			sum, REWARDS_MAX);
}

int policy_settings_check(const struct policy_settings *self, struct why *why)
{
	struct policy_settings copy = *self;

	for (size_t i = 0; i < RANGES; i++) {
		uint32_t value = *value_of(&copy, i);

		if (value < ranges[i].least || value > ranges[i].most)
			return why_fill(why, -ERANGE,
					"%s: %" PRIu32 " is outside %" PRIu32 " .. %" PRIu32,
					ranges[i].name, value, ranges[i].least, ranges[i].most);
	}
	if (self->capacity_stale_ns < NS_PER_S || self->capacity_stale_ns > HOUR_S * NS_PER_S)
		return why_fill(why, -ERANGE,
				"capacity_stale_ns: %" PRIu64 " ns is outside 1 s .. 1 h",
				self->capacity_stale_ns);
	return check_rewards(self, why);
}
