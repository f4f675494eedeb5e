/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store: the book on the disk. The loop takes what has changed out of the policy in slices, a thread of the loop's pool writes it
 * in one transaction; about once a second, at once when an operator's word came or went. Nothing on the path of a report
 * waits for it. What cannot be written stays and is tried again, ever less often; the gate goes on from memory.
 *
 * Order: store_open() when the privileges are gone, store_restore() into an empty policy, then store_turn() each turn of the
 * loop and store_tick() each second, store_close() when the loop is over.
 */
#ifndef STORE_H
#define STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include <peergate/why.h>

#include "buffer.h"
#include "save.h"
#include "store_file.h"

enum store_state {
	STORE_OFF,	/* store = none */
	STORE_GOOD,	/* what was written last is on the disk */
	STORE_RETRYING, /* the disk is full, read-only, absent …: from memory, tried again */
	STORE_REFUSED,	/* a newer build's file, or none of ours: left alone, from memory */
};

struct store {
	uv_loop_t *loop;
	struct policy *policy; /* borrowed */
	char path[256];
	enum store_state state;
	struct why note; /* what is wrong, or was set aside: a sentence or "" */
	struct store_file *file;
	bool loaded; /* the book came from this file, or both were empty: numbers agree */

	/* The batch that is being filled or written, and who waits for it. */
	struct buffer batch;
	struct saved_cursor cursor;
	uint32_t changes;
	bool busy;		   /* the thread has the batch */
	unsigned int batches_left; /* until the next second */
	uint64_t begun, done,
		failed; /* numbers of batches: begun, over, and the last that failed */
	uv_work_t work;
	int error; /* the thread's result */
	struct why error_why;
	void (*over)(void *context); /* a batch is over, one way or the other; NULL: nobody waits */
	void *context;

	/* When to try again, when to say so. */
	uint64_t retry_at_ns, said_ns, wait_ns;

	/* Rows that the file has, and figures for status. */
	uint64_t *rows[2];
	uint32_t row_max[2];
	uint64_t records, written;
	double last_ms;
};

/* Opens the file, or says what is wrong with it: never a reason not to start. @path "": off. */
void store_open(struct store *self, uv_loop_t *loop, struct policy *policy, const char *path);

/*
 * Everything that was saved comes back into the policy; a second thread reads meanwhile. @quiet as of policy_load_begin(); the
 * caller ends with policy_load_end() in any case.
 */
void store_restore(struct store *self, bool quiet);

/* Goes on with what is to be written. True: there is more, the loop should come round at once. */
bool store_turn(struct store *self);
void store_tick(struct store *self);

/* Writes what is left, and lets go. */
void store_close(struct store *self);

/*
 * The number of the batch that will have all words spoken until now; 0: they will not be kept, @why says why. When
 * store_done() has come that far, they are on the disk, but for a batch that store_failed() names.
 */
uint64_t store_ticket(const struct store *self, struct why *why);

static inline uint64_t store_done(const struct store *self)
{
	return self->done;
}

/* Whether words wait for the disk: the process should not end now. */
bool store_waits(const struct store *self);

/* The present moment on both clocks. */
struct saved_clock store_clock(void);

/* For gate_status: {path, records, bytes, pending, written, last_ms, state, note}. */
json_t *store_status(const struct store *self);

#endif
