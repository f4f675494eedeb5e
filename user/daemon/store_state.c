/* SPDX-License-Identifier: BSD-2-Clause */
/* store_state: whether the store can be written to, what is done when it cannot, and how that is told. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "gate.h"
#include "log.h"
#include "store_own.h"

#define NS_PER_S UINT64_C(1000000000)

enum {
	SAY_EACH_S = 60, /* what goes on failing is said once a minute */
	WAIT_MIN_S = 1,
	WAIT_MAX_S = 60,
};

struct saved_clock store_clock(void)
{
	struct timespec wall;
	struct saved_clock now = {.boot_ns = gate_now_ns()};

	clock_gettime(CLOCK_REALTIME, &wall);
	now.unix_ns = (uint64_t)wall.tv_sec * NS_PER_S + (uint64_t)wall.tv_nsec;
	return now;
}

static void set_aside(struct store *self, const char *word, const char *what)
{
	struct why why = {""};
	char name[512];

	store_file_close(self->file);
	self->file = NULL;
	if (store_file_set_aside(self->path, word, store_clock().unix_ns / NS_PER_S, name, &why)) {
		log_error("%s", why.sentence);
		return;
	}
	self->note = (struct why){""};
	why_fill(&self->note, 0, "%s: it is kept as %s, and a new one is begun", what, name);
	log_error("%s", self->note.sentence);
}

static void forget_rows(struct store *self)
{
	for (int kind = 0; kind < 2; kind++)
		if (self->rows[kind])
			memset(self->rows[kind], 0, (self->row_max[kind] / 64 + 1) * 8);
	self->records = 0;
}

/* The file is another one than the book knows: all of the book is to be written. */
void store_begin_anew(struct store *self)
{
	forget_rows(self);
	buffer_clear(&self->batch);
	self->changes = 0;
	policy_save_again(self->policy);
}

static int stop_at_row(void *context, enum saved_kind kind, uint32_t number, const void *bytes,
		       size_t length)
{
	(void)context;
	(void)kind;
	(void)number;
	(void)bytes;
	(void)length;
	return 1;
}

static bool has_rows(struct store_file *file)
{
	return store_file_read(file, stop_at_row, NULL, NULL) == 1;
}

int store_open_file(struct store *self, struct why *why)
{
	int error = store_file_open(&self->file, self->path, why);

	if (error == -EUCLEAN) {
		set_aside(self, "damaged", why->sentence);
		store_begin_anew(self);
		error = store_file_open(&self->file, self->path, why);
		self->loaded = true;
	}
	if (!error && !self->loaded && has_rows(self->file)) {
		set_aside(self, "unread", "the store could not be read when the daemon started");
		error = store_file_open(&self->file, self->path, why);
	}
	return error;
}

void store_say_failure(struct store *self, int error, const struct why *why)
{
	uint64_t now_ns = gate_now_ns();

	self->state = error == -EPROTO ? STORE_REFUSED : STORE_RETRYING;
	self->note = *why;
	self->wait_ns = self->wait_ns ? self->wait_ns * 2 : WAIT_MIN_S * NS_PER_S;
	if (self->wait_ns > WAIT_MAX_S * NS_PER_S)
		self->wait_ns = WAIT_MAX_S * NS_PER_S;
	self->retry_at_ns = now_ns + self->wait_ns;
	if (self->said_ns && now_ns - self->said_ns < SAY_EACH_S * NS_PER_S)
		return;
	self->said_ns = now_ns;
	log_error("%s; the gate goes on from memory%s", why->sentence,
		  error == -EPROTO ? "" : ", and the store is tried again");
}

void store_say_success(struct store *self)
{
	if (self->state == STORE_RETRYING) {
		log_info("%s: written again", self->path);
		self->note = (struct why){""};
	}
	self->state = STORE_GOOD;
	self->wait_ns = self->said_ns = 0;
}

void store_lose(struct store *self, int error, const struct why *why)
{
	struct why again = {""};
	struct why first = *why;

	if (error != -EUCLEAN) {
		store_file_close(self->file);
		self->file = NULL;
		self->loaded = false;
		store_say_failure(self, error, &first);
		return;
	}
	set_aside(self, "damaged", first.sentence);
	store_begin_anew(self);
	error = store_open_file(self, &again);
	if (error)
		store_say_failure(self, error, &again);
}

uint64_t store_ticket(const struct store *self, struct why *why)
{
	if (self->state == STORE_GOOD)
		return self->begun + 1;
	if (self->state != STORE_OFF)
		why_fill(why, 0, "in force, but not kept over a reboot: %s", self->note.sentence);
	return 0;
}

bool store_waits(const struct store *self)
{
	return self->state == STORE_GOOD &&
	       (self->busy || policy_save_waits(self->policy, SAVE_WORDS));
}

json_t *store_status(const struct store *self)
{
	static const char *const words[] = {
		[STORE_OFF] = "off",
		[STORE_GOOD] = "good",
		[STORE_RETRYING] = "retrying",
		[STORE_REFUSED] = "refused",
	};

	if (self->state == STORE_OFF)
		return json_pack("{s:s}", "state", words[self->state]);
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:s}", "state", words[self->state],
			 "path", self->path, "records", (json_int_t)self->records, "bytes",
			 (json_int_t)store_file_bytes(self->path), "pending",
			 (json_int_t)(policy_save_pending(self->policy) + self->changes), "written",
			 (json_int_t)self->written, "last_ms", self->last_ms, "note",
			 self->note.sentence);
}
