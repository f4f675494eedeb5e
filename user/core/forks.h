/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forks: law 12. A ban for another network keeps both digests, theirs and ours, and ends when ours changes. For two days after
 * a change who is on the fork that we left is backed off, not banned. When half of at least eight networks are of another one by
 * their handshakes within ten minutes, the wrong configuration is probably ours: then nobody is banned for it. Where somebody is
 * connected and has answered within that time the network is ours: strangers that knock without end do not outvote a full node's links.
 */
#ifndef FORKS_H
#define FORKS_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>

#include "policy.h"

struct hearing;

/* A ring, oldest first: at its end the oldest ban, the nearest to its end, leaves (law 10). */
enum { FORK_RECORDS = 65536, FORK_SLICES = 10 };

struct fork_record {
	uint32_t since_at; /* of the ruling: another since is another ban */
	struct source_key source;
	bool has_source, has_theirs, has_ours;
	int8_t service;
	uint32_t peer;
	uint8_t theirs[DIGEST_SIZE], ours[DIGEST_SIZE];
};

/* Networks by the minute of their last handshake. */
struct fork_slice {
	uint32_t all, wrong;
};

struct forks {
	struct fork_record *records; /* FORK_RECORDS */
	uint32_t first, count;
	uint32_t looks_left; /* records still to be looked at since ours changed */
	uint8_t previous[SERVICES_MAX][DIGEST_SIZE];
	uint64_t changed_ns[SERVICES_MAX]; /* 0: never */
	uint32_t minute;
	struct fork_slice slices[FORK_SLICES];
	uint32_t
		standing; /* networks that are ours by their links and have no handshake among the slices' */
	uint32_t outvoted; /* and those whose last handshake there was wrong */
};

/* The node is on this fork now, it says so itself. @service -1: as 0. */
void fork_ours(struct policy *self, int service, const uint8_t digest[DIGEST_SIZE]);

/* A handshake, or a goodbye that stands for one: whether its network is ours. */
void fork_hear(struct policy *self, const struct hearing *hearing);

/* Whether a proof of another network only backs off: their fork is the one that we left, or ours is the wrong one. */
bool fork_is_late(const struct policy *self, const struct hearing *hearing);
bool forks_suspect_us(const struct policy *self);

/* The ban that follows such a proof is written with @since_at. */
void fork_banned(struct policy *self, const struct hearing *hearing, uint32_t since_at);

/* About each second: who vouches for our network; the bans that ours, changed, has ended. O(counted networks). */
void forks_tick(struct policy *self);

/* For accounts: the newest record of the source; NULL: none. A walk. */
const struct fork_record *fork_find(const struct policy *self, const struct prefix *prefix);

#endif
