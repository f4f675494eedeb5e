/* SPDX-License-Identifier: BSD-2-Clause */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "store_own.h"
#include "store_pack.h"

#define MS UINT64_C(1000000)

enum {
	SLICE = 64,	       /* records between two looks at the clock */
	BATCH_BYTES = 4 << 20, /* of one transaction: some 30,000 records, a tenth of a second */
	BATCHES_A_TICK = 4,    /* when more changes, what changes twice is written once */
};

/* Of one turn of the loop: two milliseconds are what nobody notices. */
#define SLICE_NS (3 * MS / 2)

void store_open(struct store *self, uv_loop_t *loop, struct policy *policy, const char *path)
{
	struct why why = {""};
	int error;

	self->loop = loop;
	self->policy = policy;
	self->work.data = self;
	if (!path[0])
		return;
	snprintf(self->path, sizeof(self->path), "%s", path);
	for (int kind = 0; kind < 2; kind++) {
		self->row_max[kind] = policy_save_max(policy, kind);
		self->rows[kind] = calloc(self->row_max[kind] / 64 + 1, 8);
	}
	if (!self->rows[0] || !self->rows[1]) {
		why_fill(&why, 0, "%s: no memory for what it holds", path);
		store_say_failure(self, -EPROTO, &why);
		return;
	}
	self->loaded = true; /* store_restore() follows */
	self->state = STORE_GOOD;
	error = store_open_file(self, &why);
	if (!error)
		return;
	self->loaded = false;
	store_say_failure(self, error, &why);
}

static void note_row(struct store *self, enum saved_kind kind, uint32_t number, bool there)
{
	uint64_t *word = &self->rows[kind][number / 64], bit = UINT64_C(1) << number % 64;

	self->records += there ? !(*word & bit) : -(uint64_t) !!(*word & bit);
	*word = there ? *word | bit : *word & ~bit;
}

static bool has_row(const struct store *self, enum saved_kind kind, uint32_t number)
{
	return self->rows[kind][number / 64] >> number % 64 & 1;
}

static void add_change(struct store *self, const struct saved *saved)
{
	struct store_change change = {.kind = saved->kind, .number = saved->number};
	size_t at = self->batch.length;

	if (saved->gone && !has_row(self, saved->kind, saved->number))
		return;
	buffer_append(&self->batch, &change, sizeof(change));
	if (!saved->gone)
		store_pack(&self->batch, saved);
	change.length = (uint32_t)(self->batch.length - at - sizeof(change));
	if (!self->batch.failed)
		memcpy(self->batch.bytes + at, &change, sizeof(change));
	note_row(self, saved->kind, saved->number, !saved->gone);
	self->changes++;
}

/* Fills the batch for a moment, words first. True: it is as full as it should be. */
static bool fill(struct store *self, enum saved_choice choice)
{
	const struct saved_clock now = store_clock();
	uint64_t until_ns = uv_hrtime() + SLICE_NS;
	struct saved saved;

	for (unsigned int i = 1;; i++) {
		if (!policy_save_next(self->policy, choice, &self->cursor, &now, &saved))
			return true;
		add_change(self, &saved);
		if (self->batch.length >= BATCH_BYTES &&
		    !policy_save_waits(self->policy, SAVE_WORDS))
			return true;
		if (i % SLICE == 0 && choice == SAVE_ALL && uv_hrtime() > until_ns)
			return false;
	}
}

static void write_batch(uv_work_t *work)
{
	struct store *self = work->data;
	uint64_t began_ns = uv_hrtime();

	self->error_why = (struct why){""};
	self->error = self->batch.failed ? -ENOMEM : 0;
	if (!self->error)
		self->error = store_file_write(self->file, &self->batch, &self->error_why);
	self->last_ms = (double)(uv_hrtime() - began_ns) / (double)MS;
}

static void settle(struct store *self)
{
	self->done = self->begun;
	if (!self->error) {
		self->written += self->changes;
		self->changes = 0;
		buffer_clear(&self->batch);
		store_say_success(self);
		return;
	}
	self->failed = self->begun;
	/* What is damaged is set aside at once; else the batch waits, as it is, for a better time. */
	if (self->error == -EUCLEAN) {
		store_lose(self, self->error, &self->error_why);
		return;
	}
	if (self->error == -ENOMEM)
		store_begin_anew(self);
	store_say_failure(self, self->error, &self->error_why);
}

static void on_written(uv_work_t *work, int status)
{
	struct store *self = work->data;

	(void)status;
	self->busy = false;
	settle(self);
	if (self->over)
		self->over(self->context);
}

static void submit(struct store *self)
{
	self->begun++;
	if (!self->batch.length) { /* a word, and its end, before either was written */
		self->done = self->begun;
		return;
	}
	self->busy = true;
	uv_queue_work(self->loop, &self->work, write_batch, on_written);
}

/* A batch that failed goes first, as it is: what came later must not be on the disk before it. */
static void retry(struct store *self)
{
	struct why why = {""};
	int error = 0;

	if (gate_now_ns() < self->retry_at_ns)
		return;
	if (!self->file) {
		error = store_open_file(self, &why);
		if (!error && !self->loaded) {
			store_begin_anew(self);
			self->loaded = true;
		}
	}
	if (error)
		store_say_failure(self, error, &why);
	else if (self->batch.length)
		submit(self);
	else
		store_say_success(self);
}

bool store_turn(struct store *self)
{
	if (self->state != STORE_GOOD || self->busy)
		return false;
	if (policy_save_waits(self->policy, SAVE_WORDS)) {
		fill(self, SAVE_WORDS);
		submit(self);
	} else if (self->batches_left && fill(self, SAVE_ALL)) {
		self->batches_left = self->batch.length < BATCH_BYTES ? 0 : self->batches_left - 1;
		submit(self);
	}
	return self->batches_left && !self->busy;
}

void store_tick(struct store *self)
{
	self->batches_left = BATCHES_A_TICK;
	if (self->state == STORE_RETRYING && !self->busy)
		retry(self);
}

int store_write_all(struct store *self)
{
	do {
		while (!fill(self, SAVE_ALL))
			;
		self->begun++;
		write_batch(&self->work);
		settle(self);
	} while (!self->error && policy_save_waits(self->policy, SAVE_ALL));
	return self->error;
}

void store_close(struct store *self)
{
	if (self->state == STORE_GOOD && self->file)
		store_write_all(self);
	store_file_close(self->file);
	buffer_free(&self->batch);
	free(self->rows[0]);
	free(self->rows[1]);
	*self = (struct store){0};
}
