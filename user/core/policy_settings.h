/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_settings: half-lives, durations, thresholds and caps, with their defaults and ranges. Each is a key of the configuration. */
#ifndef POLICY_SETTINGS_H
#define POLICY_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

struct why;

struct policy_settings {
	uint32_t peers_max;   /* peers in the book */
	uint32_t sources_max; /* sources in the book */
	uint32_t
		held_max; /* of these, in the kernel: refused, trusted, or with a score; the gate's own setting */
	uint32_t prefixes_max;	      /* prefixes other than sources */
	uint32_t protected_max;	      /* prefixes that policy_protect() may name */
	uint64_t capacity_stale_ns;   /* how long a node's count of its peers is believed */
	uint32_t penalty_half_life_s; /* Lighthouse: SCORE_HALFLIFE, 600 */
	uint32_t reward_half_life_s;  /* six hours, as the rank's evidence */
	uint32_t backoff_s;	      /* suspect: the first backoff; x4 a level */
	uint32_t backoff_max_s;
	uint32_t ban_handshake_s;   /* proof during the handshake: the first ban; x4 a level */
	uint32_t ban_established_s; /* proof on an established link */
	uint32_t ban_max_s;	    /* law 3 */
	uint32_t ban_alone_s;	    /* of a source, while the banned peer does not come back */
	uint32_t ban_network_max_s; /* law 3, wrong genesis or network */
	uint32_t fork_max_s; /* law 12: a peer on another fork is backed off, at most so long */
	uint32_t capacity_s; /* too many peers: the first backoff; x2 a level */
	uint32_t capacity_goodbye_s; /* the first one when the goodbye's code was 129, Prysm's */
	uint32_t capacity_max_s;
	uint32_t
		follower_allowance; /* law 1: points that one follower may take from a source in ten minutes */
	uint32_t
		share_permille; /* law 10: of the kernel's sources, for the refusals of one /16 or /32 */
	uint32_t
		cold_start_s; /* so long after the start suspect evidence takes no points; 0: never */
	uint32_t networks_max; /* /16 and /32 with a vote */
	/* Rewards: what each quality adds at most; 30 together at most. POLICY's formula. */
	uint32_t reward_latency, reward_success, reward_protocols, reward_head;
	uint32_t fold_at; /* law 10: so many banned /64 of one /56 become a ban of the /56 */
};

/* One of the whole numbers above: where it is in the struct, its default and its range. */
struct policy_setting {
	const char *name;
	size_t offset;
	uint32_t usual, least, most;
};

/* The @i-th, in no special order; NULL behind the last. */
const struct policy_setting *policy_setting_at(size_t i);

void policy_settings_default(struct policy_settings *ret);

/* 0, or -ERANGE with the first setting out of range, its value and its range in @why. */
int policy_settings_check(const struct policy_settings *self, struct why *why);

#endif
