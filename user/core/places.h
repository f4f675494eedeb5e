/* SPDX-License-Identifier: BSD-2-Clause */
/* places: finds, makes and forgets places; tells the kernel what changed; whose word holds where. */
#ifndef PLACES_H
#define PLACES_H

#include "book.h"

/* For whom room is made. A newcomer pushes out nobody who ever succeeded; a verdict the refusal nearest its end. */
enum claim { CLAIM_NEWCOMER, CLAIM_VERDICT, CLAIM_OPERATOR };

/* @prefix widened to @length bits. */
struct prefix prefix_cut(const struct prefix *prefix, unsigned int length);

uint32_t place_find(const struct policy *self, const struct prefix *prefix);

/* Many at a time: @number of each is filled, 0 when nothing is known. @hash is of the prefix, known or not. */
struct place_look {
	struct prefix prefix;
	uint64_t hash;
	uint32_t number;
	bool is_source;
	struct source_key key;
};

/* The three steps of it. */
void place_look_begin(const struct policy *self, struct place_look *look);
void place_look_fetch(const struct policy *self, const struct place_look *look);
void place_look_end(const struct policy *self, struct place_look *look);

void places_find(const struct policy *self, struct place_look *looks, size_t count);

/* The number after @after (0: the first) that is or was in use; 0: no more. Those on no shelf (SHELF_NONE) are free. */
uint32_t place_next(const struct policy *self, uint32_t after);

/* Found or made; 0: the table is full of what may not be pushed out. */
uint32_t place_obtain(struct policy *self, const struct prefix *prefix, enum claim claim);

/* Made for an operator, where place_find() found none; at that number when it is beyond all that were ever taken. */
uint32_t place_make_at(struct policy *self, const struct prefix *prefix, uint32_t number);

/* What is known of the source at @number, made when nothing was; NULL when @number is no source. */
struct source *place_know(struct policy *self, uint32_t number);

/* The place whose operator's word holds for @prefix from further out: the most specific; 0: none. */
uint32_t place_overruled_by(const struct policy *self, const struct prefix *prefix,
			    uint64_t now_ns);

/* What the kernel ought to hold there; false: nothing. */
bool place_wants(const struct policy *self, const struct place *place, uint64_t now_ns,
		 struct decision *ret);

/* After any change: tells the difference, keeps heaps, shelves and counts, forgets an empty place. */
void place_sync(struct policy *self, uint32_t number, uint64_t now_ns);

/* The same where only time has passed, or others have changed: nothing for the store unless something ended. */
void place_look(struct policy *self, uint32_t number, uint64_t now_ns);

/*
 * Looks again at all places below @prefix, where an operator's word or protection has changed. A wide prefix takes a walk
 * through the whole table: @at_once, or in slices by policy_tick().
 */
void places_sync_below(struct policy *self, const struct prefix *prefix, bool at_once);
void places_sweep(struct policy *self, uint32_t most);

/* The youngest of its shelf; on the shelf where it now belongs. */
void place_touch(struct policy *self, uint32_t number);
void place_shelve(struct policy *self, uint32_t number);

/* Forgets the place and tells the kernel so. */
void place_forget(struct policy *self, uint32_t number);
void place_unhold(struct policy *self, uint32_t number);

/*
 * Whether the kernel has room for it, made by the score that tells least or, for a verdict, the automatic refusal nearest its
 * end. What finds none is not told: it is looked at again with the next change.
 */
bool place_may_be_held(struct policy *self, uint32_t number, bool is_verdict);

/* Notes what the kernel held already, without telling it. */
void place_adopt(struct policy *self, uint32_t number, const struct decision *held);

/* From every list: on SHELF_REFUSED until it is shelved again. */
void place_unlist(struct policy *self, uint32_t number);

/* Sets or (NULL) takes back the operator's word. place_sync() must follow. */
void place_say(struct policy *self, uint32_t number, const struct ruling *word);

/* The automatic refusal of @place, in force or not; one of until_at 0: none. */
const struct ruling *place_automatic(const struct policy *self, const struct place *place);

/* Sets or (NULL) lifts the automatic refusal, keeping the shares of law 10. place_sync() must follow. */
void place_refuse(struct policy *self, uint32_t number, const struct ruling *verdict);

#endif
