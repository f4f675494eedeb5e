/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * save: what of the book outlives the process and the boot, as plain copies that somebody else keeps. The book says which of its
 * records have changed since they were last taken, and takes copies back in. No file is known here.
 *
 * Moments in copies are on the wall clock, unix ns: 0 never, FOREVER_NS no end. Coming back, what is past is as old as the wall
 * clock says, but from 0 to 30 days (docs/POLICY.md, "Cold start"), and what ends has as much time left as it had when it was
 * saved, less that: a wrong clock neither erases nor freezes the book, and prolongs no refusal.
 */
#ifndef SAVE_H
#define SAVE_H

#include "policy.h"

enum { SAVED_MEMOS = 5, SAVED_LINKS = 4 };

/* The same moment on both clocks. */
struct saved_clock {
	uint64_t boot_ns, unix_ns;
};

/* A refusal or a trust; none when @until is 0. */
struct saved_ruling {
	uint64_t until, since;
	uint8_t standing, reason, services;
};

struct saved_ladder {
	uint64_t raised, end;
	uint8_t level;
};

/* @rule is evidence_name(): a build that does not know it drops the line from its accounts. */
struct saved_memo {
	uint64_t first, last;
	uint32_t rule;
	uint16_t count, points;
	uint8_t second_hand;
};

struct saved_past {
	uint64_t at; /* the moment for which the ledger's halves are written */
	int32_t penalty, reward;
	uint8_t band, tried;
	struct saved_ladder bans, backoffs, capacity;
	uint64_t seen, success, failure, unseen_at;
	uint32_t unseen;
	struct saved_memo memos[SAVED_MEMOS];
};

/* What a peer was worth: struct quality. @good and @bad are as of @at, in millionths of a contact. */
struct saved_quality {
	uint64_t at, counted, head_at, moved, head_slot;
	int32_t good, bad;
	uint32_t latency_us;
	uint8_t answers, shared, ours;
};

struct saved_place {
	struct prefix prefix;
	struct saved_ruling said, automatic;
	uint64_t trust_until;
	uint8_t has_source, known;
	uint32_t run;
	struct saved_past past; /* of the source */
};

/* A peer seen at a source. None when the length of @source is 0. */
struct saved_link {
	struct prefix source;
	uint64_t since, seen, success, tenured, vouched;
};

struct saved_peer {
	char id[PEER_ID_MAX];
	uint8_t trusted, direction;
	uint8_t service; /* number + 1; 0: all */
	struct saved_ruling ruling;
	struct saved_past past;
	struct saved_quality quality;
	struct saved_link links[SAVED_LINKS];
};

enum saved_kind { SAVED_PLACE, SAVED_PEER };

/* One record. Rows of places and of peers are numbered apart, from 1 on; a number is used again when its record is gone. */
struct saved {
	enum saved_kind kind;
	uint32_t number;
	bool gone;	/* nothing stands at that number any more: the rest is zero */
	uint64_t taken; /* when this copy was made */
	union {
		struct saved_place place;
		struct saved_peer peer;
	};
};

enum saved_choice {
	SAVE_WORDS, /* places where an operator's word came or went: what is acknowledged only when it is kept */
	SAVE_ALL,
};

/* Where somebody who takes records is; zero at first. */
struct saved_cursor {
	uint32_t word, place, peer;
};

/*
 * Takes the next record that has changed; false: that was the last one, and the cursor begins anew. What is taken counts as
 * saved: whoever cannot keep it must keep trying.
 */
bool policy_save_next(struct policy *self, enum saved_choice choice, struct saved_cursor *cursor,
		      const struct saved_clock *now, struct saved *ret);

/* Whether anything waits to be taken; how much. */
bool policy_save_waits(const struct policy *self, enum saved_choice choice);
uint32_t policy_save_pending(const struct policy *self);

/* Everything counts as changed: what was saved is lost. */
void policy_save_again(struct policy *self);

/* A copy of what stands at a number, changed or not; false: nothing. The numbers end at policy_save_end(). */
bool policy_save_peek(const struct policy *self, enum saved_kind kind, uint32_t number,
		      const struct saved_clock *now, struct saved *ret);
uint32_t policy_save_end(const struct policy *self, enum saved_kind kind);

/* The highest number that the book's size allows. */
uint32_t policy_save_max(const struct policy *self, enum saved_kind kind);

/*
 * Takes records back into a book that is still empty: policy_load_begin(), all places by rising number, then all peers likewise,
 * policy_load_end(). Each comes to stand at its own number, so nothing needs to be saved again but what has ended meanwhile
 * or found no room; such numbers count as changed. Decisions are told as usual, neighbours at the end.
 * @quiet: the kernel holds records, which policy_restore() tells of between the last record and policy_load_end(): they are newer,
 * and what differs from them is decided at the end.
 */
void policy_load_begin(struct policy *self, const struct saved_clock *now, bool quiet);
void policy_load(struct policy *self, const struct saved *saved);
void policy_load_end(struct policy *self);

/*
 * Takes one record of another book into this one: what is new comes in, of what both know the later word and the later
 * evidence stay, so doing it twice changes nothing. @saved's number is ignored. 1: something changed; 0: nothing was new;
 * -ENOSPC: no room.
 */
int policy_merge(struct policy *self, const struct saved *saved, const struct saved_clock *now,
		 struct why *why);

#endif
