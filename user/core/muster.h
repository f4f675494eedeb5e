/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * muster: the peers that are connected to a service, gathered for one question: whom to keep in the mesh, whom to let go, how
 * high the floor is. Scratch: it is filled anew for each question.
 */
#ifndef MUSTER_H
#define MUSTER_H

#include "policy.h"

enum { MUSTER_MAX = 8192 }; /* connected peers that are looked at, the newest first */

/* What keeps a peer from being let go. */
enum spared {
	SPARED_NOT,
	SPARED_TRUSTED,
	SPARED_YOUNG,	 /* not connected for 90 s yet */
	SPARED_OUTBOUND, /* among the outbound links that are kept (law 9) */
	SPARED_NETWORK,	 /* for its network, by a key that nobody outside knows */
	SPARED_LATENCY,
	SPARED_SCORE,
	SPARED_AGE,
	SPARED_WAYS
};

struct member {
	uint32_t peer, place; /* place 0: connected from nobody knows where */
	uint32_t seat;	      /* its network's, see seats.h */
	uint32_t latency_us;  /* 0: not known */
	uint64_t since_ns;    /* 0: not known */
	uint64_t tie;	      /* keyed, so that ties fall as nobody outside can foresee */
	int32_t order, excess;
	int8_t score;
	bool is_trusted, is_outbound,
		is_mesh; /* is_mesh: at the protocol level, and not being disconnected */
	uint8_t spared;	 /* enum spared */
};

struct muster {
	uint32_t count, inbound, outbound;
	struct member members[MUSTER_MAX];
};

/* Gathers those of @service (-1: all). */
struct muster *muster_call(const struct policy *self, int service, uint64_t now_ns);

#endif
