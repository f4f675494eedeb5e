/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admit: continue or disconnect, without a word yet: for those who ask it of many (rank), and for accounts. The rules stand in
 * their order in admit.c; the first that knows decides. policy_admit() puts the answer into a sentence.
 */
#ifndef ADMIT_H
#define ADMIT_H

#include "questions.h"

/* Why somebody may or may not go on. */
enum ground {
	GROUND_NOTHING_AGAINST, /* allowed … */
	GROUND_ALLOWED,		/* by an operator's word */
	GROUND_TRUSTED,
	GROUND_OWN_DIAL, /* our own link to that peer, or its answer (law 9) */
	GROUND_BANNED,	 /* refused: by an operator's word … */
	GROUND_PEER,	 /* the peer's own ban or backoff */
	GROUND_SOURCE,	 /* that of the address, or of its /56 */
	GROUND_DIAL,	 /* dials there failed */
	GROUND_IDENTITY, /* a new identity where bad ones came from beside a good peer (law 4) */
	GROUND_LIVING,	 /* somebody is connected from there, and the service is over half full */
	GROUND_FLOOR,	 /* the service is full */
	GROUNDS
};

/* Who asks, looked up. */
struct knock {
	uint32_t peer, place; /* 0: not in the book */
	bool has_source, is_dial;
	struct prefix source;
	int service; /* -1: all */
};

struct admit_answer {
	enum ground ground;
	enum reason reason;
	uint64_t until_ns;	     /* 0: nobody knows */
	const struct ruling *ruling; /* of BANNED, PEER, SOURCE */
	int score, floor;	     /* of FLOOR */
};

static inline bool ground_refuses(enum ground ground)
{
	return ground >= GROUND_BANNED;
}

struct knock admit_knock(const struct policy *self, const struct admission *question);
/* The answer as a sentence; all of @ret is filled. */
void admit_say(const struct admit_answer *answer, uint64_t now_ns, struct admittance *ret);

struct admit_answer admit(const struct policy *self, const struct knock *knock, uint64_t now_ns);

#endif
