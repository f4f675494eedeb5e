/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rank_question: the parameters of gate_rank as the policy takes them, in memory that is used again. The texts in which
 * candidates were given are borrowed from the request: the answer names them as they were.
 */
#ifndef RANK_QUESTION_H
#define RANK_QUESTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <peergate/why.h>

#include "json_scan.h"
#include "questions.h"

struct engine;

/*
 * How many candidates a question may have, and how many texts of addresses a candidate. A discovery table of Ethereum holds 17
 * buckets of 16; a peer store some thousands. libp2p hosts announce each address once a transport, local ones included.
 */
enum { RANK_CANDIDATES_MAX = 32768, RANK_ADDRS_MAX = 64 };

/* Texts of a candidate; length 0: not told. */
struct rank_texts {
	struct json_text peer;
	struct json_text addrs[CANDIDATE_ADDRS]; /* as candidate.addrs */
};

struct rank_question {
	struct candidate *candidates;
	struct rank_texts *texts;
	struct ranked *ranked; /* room for the answer */
	size_t count, room;
	size_t want;
	int service;
	bool has_seed;
	uint64_t seed;
};

/*
 * -EINVAL: @why names the candidate by its index, and the field; -ENOMEM. Addresses beyond CANDIDATE_ADDRS different ones, those
 * that are not the peer's own (names, relays), and those that the key `dial` keeps the node from are passed over.
 */
int rank_question_read(struct rank_question *self, const json_t *params,
		       const struct engine *engine, uint64_t now_ns, struct why *why);

/* Forgets what was read; keeps the memory of a question of usual size. */
void rank_question_clear(struct rank_question *self);
void rank_question_free(struct rank_question *self);

#endif
