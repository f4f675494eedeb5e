/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_restore: the book comes back. A thread reads and unpacks rows into one of a few trays while the policy takes in those of
 * another, so that two cores share the work.
 */
#include <errno.h>
#include <stdlib.h>

#include "log.h"
#include "store_own.h"
#include "store_pack.h"

enum { TRAYS = 8, TRAY = 256 };

struct tray {
	bool last; /* nothing is in it: it only says that this was all */
	unsigned int count;
	struct saved records[TRAY];
};

struct reading {
	struct store_file *file;
	struct tray *trays;
	unsigned int at; /* the tray that is being filled */
	uv_sem_t empty, full;
	uint64_t broken;
	int error;
	struct why why;
};

static void hand_over(struct reading *self)
{
	uv_sem_post(&self->full);
	self->at = (self->at + 1) % TRAYS;
	uv_sem_wait(&self->empty);
	self->trays[self->at].count = 0;
}

static int take_row(void *context, enum saved_kind kind, uint32_t number, const void *bytes,
		    size_t length)
{
	struct reading *self = context;
	struct tray *tray = &self->trays[self->at];

	if (!number || store_unpack(&tray->records[tray->count], kind, number, bytes, length))
		self->broken++;
	else if (++tray->count == TRAY)
		hand_over(self);
	return 0;
}

static void read_all(void *context)
{
	struct reading *self = context;

	uv_sem_wait(&self->empty);
	self->error = store_file_read(self->file, take_row, self, &self->why);
	hand_over(self);
	self->trays[self->at].last = true;
	uv_sem_post(&self->full);
}

static void take_tray(struct store *self, const struct tray *tray, bool *ret_beyond)
{
	for (unsigned int i = 0; i < tray->count; i++) {
		const struct saved *saved = &tray->records[i];

		policy_load(self->policy, saved);
		if (saved->number > self->row_max[saved->kind]) {
			*ret_beyond = true;
			continue;
		}
		self->rows[saved->kind][saved->number / 64] |= UINT64_C(1) << saved->number % 64;
		self->records++;
	}
}

static bool take_all(struct store *self, struct reading *reading)
{
	bool beyond = false;

	for (unsigned int at = 0;; at = (at + 1) % TRAYS) {
		uv_sem_wait(&reading->full);
		if (reading->trays[at].last)
			break;
		take_tray(self, &reading->trays[at], &beyond);
		uv_sem_post(&reading->empty);
	}
	return beyond;
}

static int reading_open(struct reading *self, struct store_file *file)
{
	*self = (struct reading){.file = file, .trays = calloc(TRAYS, sizeof(struct tray))};
	if (!self->trays)
		return -ENOMEM;
	uv_sem_init(&self->empty, TRAYS);
	uv_sem_init(&self->full, 0);
	return 0;
}

static void reading_close(struct reading *self)
{
	uv_sem_destroy(&self->empty);
	uv_sem_destroy(&self->full);
	free(self->trays);
}

/* Caps are smaller than before: what moved down is written before the numbers beyond them go. */
static void trim(struct store *self)
{
	struct why why = {""};
	int error = store_write_all(self);

	if (!error)
		error = store_file_trim(self->file, self->row_max[SAVED_PLACE],
					self->row_max[SAVED_PEER], &why);
	if (error)
		log_error("%s: rows beyond the book's present size stay: %s", self->path,
			  why.sentence);
}

static void read_back(struct store *self, struct reading *reading)
{
	uv_thread_t thread;
	bool beyond;

	if (uv_thread_create(&thread, read_all, reading)) {
		reading->error =
			why_fill(&reading->why, -EAGAIN, "%s: no thread to read it", self->path);
		return;
	}
	beyond = take_all(self, reading);
	uv_thread_join(&thread);
	if (beyond && !reading->error)
		trim(self);
}

void store_restore(struct store *self, bool quiet)
{
	const struct saved_clock now = store_clock();
	struct reading reading;
	int error;

	policy_load_begin(self->policy, &now, quiet);
	if (!self->file)
		return;
	error = reading_open(&reading, self->file);
	if (error) {
		why_fill(&reading.why, 0, "%s: no memory to read it", self->path);
		store_lose(self, error, &reading.why);
		return;
	}
	read_back(self, &reading);
	if (reading.broken && !reading.error)
		reading.error = why_fill(&reading.why, -EUCLEAN, "%s: %llu of its rows are damaged",
					 self->path, (unsigned long long)reading.broken);
	if (reading.error)
		store_lose(self, reading.error, &reading.why);
	reading_close(&reading);
}
