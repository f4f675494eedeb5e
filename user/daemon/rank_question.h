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

#include "buffer.h"
#include "json_scan.h"
#include "questions.h"

struct engine;

/*
 * How many candidates a question may have, and how many texts of addresses a candidate. A discovery table of Ethereum holds 17
 * buckets of 16; a peer store some thousands. libp2p hosts announce each address once a transport, local ones included.
 */
enum { RANK_CANDIDATES_MAX = 32768, RANK_ADDRS_MAX = 64, RANK_WANT_MAX = 1000000 };

/* 2^53: up to there a number means itself in every language. */
#define RANK_SEED_MAX 9007199254740992.0

/* A text as it was given: a piece of rank_question.letters; length 0: not told. */
struct rank_text {
	uint32_t at, length;
};

struct rank_texts {
	struct rank_text peer;
	struct rank_text addrs[CANDIDATE_ADDRS]; /* as candidate.addrs */
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
	const char *letters; /* borrowed from the request, or of @own */
	struct buffer own;
};

/*
 * -EINVAL: @why names the candidate by its index, and the field; -ENOMEM. Addresses beyond CANDIDATE_ADDRS different ones, those
 * that are not the peer's own (names, relays), and those that the key `dial` keeps the node from are passed over.
 */
int rank_question_read(struct rank_question *self, const json_t *params,
		       const struct engine *engine, uint64_t now_ns, struct why *why);

/*
 * For both roads. room: for one more candidate; -ENOMEM, -E2BIG. take_addr: @text of @place becomes an address of the candidate, or
 * is passed over; -EINVAL: it is none.
 */
int rank_question_room(struct rank_question *self);
int rank_take_addr(struct candidate *ret, struct rank_texts *texts, const struct engine *engine,
		   const char *text, struct rank_text place, uint64_t now_ns, struct why *why);

/*
 * The quick road: a candidate, or the member @key of the parameters that is not `candidates`, taken off @scan, a walk through
 * self->letters. false: not plain or wrong in any way; then the slow road says what.
 */
bool rank_scan_candidate(struct rank_question *self, struct json_scan *scan,
			 const struct engine *engine, uint64_t now_ns);
bool rank_scan_member(struct rank_question *self, struct json_scan *scan,
		      const struct json_text *key, const struct engine *engine);

/* Forgets what was read; keeps the memory of a question of usual size. */
void rank_question_clear(struct rank_question *self);
void rank_question_free(struct rank_question *self);

#endif
