/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine_decisions: what the policy decided within a call, brought into the kernel when the call is over: in its order, a few by a
 * system call each, many (a book that comes back, an import, a prefix that is allowed) a few thousand at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "engine.h"

/* Below so many the setting up of a batch costs more than it saves. */
enum { FEW = 64 };

void engine_fail(struct engine *self, int error, const struct why *why)
{
	self->failures++;
	if (self->failure)
		return;
	self->failure = error;
	self->failure_why = *why;
}

static uint64_t mark(const struct decision *decision)
{
	uint64_t until_ns = decision->until_ns & ~UNTIL_OPERATOR;

	/* What has no end, and no verdict at all, stay what they are: the one is an operator's, the other nobody's. */
	if (decision->until_ns == FOREVER_NS || !until_ns)
		return decision->until_ns;
	return decision->by_operator ? until_ns | UNTIL_OPERATOR : until_ns;
}

static struct record record_of(const struct decision *decision)
{
	return (struct record){
		.until = mark(decision),
		.score = decision->score,
		.standing = decision->standing,
		.reason = decision->reason,
		.services = decision->services,
	};
}

static void tell(struct engine *self, const struct decision *decision)
{
	closing_note(self, decision);
	if (self->decided)
		self->decided(self->context, decision);
}

static void write_one(struct engine *self, const struct decision *decision)
{
	const struct record record = record_of(decision);
	struct why why = {""};
	int error = decision->remove ? gate_remove(self->gate, &decision->prefix, &why)
				     : gate_put(self->gate, &decision->prefix, &record, &why);

	/* Nothing to remove is what a removal wants. */
	if (error && !(decision->remove && error == -ENOENT))
		engine_fail(self, error, &why);
	else
		tell(self, decision);
}

static bool is_batched(const struct decision *decision)
{
	return !decision->remove && prefix_is_source(&decision->prefix);
}

static unsigned int fill_batch(struct gate_batch *batch, const struct decision *decisions,
			       unsigned int count)
{
	batch->count = 0;
	for (; batch->count < count && is_batched(&decisions[batch->count]); batch->count++) {
		const struct decision *decision = &decisions[batch->count];

		batch->keys[batch->count] = addr_source(&decision->prefix.addr);
		batch->fresh[batch->count] = decision->fresh;
		batch->records[batch->count] = record_of(decision);
	}
	return batch->count;
}

/* Of @count the first @done are there; the others go one by one, to find out which are at fault. */
static void finish(struct engine *self, const struct decision *decisions, unsigned int count,
		   unsigned int done)
{
	for (unsigned int i = 0; i < count; i++) {
		if (i < done)
			tell(self, &decisions[i]);
		else
			write_one(self, &decisions[i]);
	}
}

/* As many as are alike from @at on. */
static unsigned int write_row(struct engine *self, unsigned int at)
{
	const struct decision *decisions = &self->decisions[at];
	struct gate_batch batch;
	unsigned int done, count = fill_batch(&batch, decisions, self->decision_count - at);

	gate_put_batch(self->gate, &batch, &done, NULL);
	finish(self, decisions, count, done);
	return at + count;
}

/* A thread with one batch of its own; the loop trades it another for it. */
struct writer {
	struct gate *gate;
	struct decision *decisions;
	unsigned int count, done;
	bool over;
	uv_thread_t thread;
	uv_sem_t full, empty;
};

static void write_batches(void *context)
{
	struct writer *self = context;
	struct gate_batch batch;

	for (;;) {
		uv_sem_wait(&self->full);
		if (self->over)
			return;
		fill_batch(&batch, self->decisions, self->count);
		gate_put_batch(self->gate, &batch, &self->done, NULL);
		uv_sem_post(&self->empty);
	}
}

/* The thread is idle from here until something is handed over. */
static void writer_wait(struct engine *self)
{
	struct writer *writer = self->writer;

	uv_sem_wait(&writer->empty);
	finish(self, writer->decisions, writer->count, writer->done);
	writer->count = writer->done = 0;
}

/* False: these are not for the thread; what came before them is in the kernel. */
static bool writer_take(struct engine *self)
{
	struct writer *writer = self->writer;
	struct decision *spare = writer->decisions;

	writer_wait(self);
	for (unsigned int i = 0; i < self->decision_count; i++) {
		if (is_batched(&self->decisions[i]))
			continue;
		uv_sem_post(&writer->empty);
		return false;
	}
	writer->decisions = self->decisions;
	writer->count = self->decision_count;
	self->decisions = spare;
	self->decision_count = 0;
	uv_sem_post(&writer->full);
	return true;
}

static void writer_free(struct writer *writer)
{
	uv_sem_destroy(&writer->full);
	uv_sem_destroy(&writer->empty);
	free(writer->decisions);
	free(writer);
}

void engine_write_begin(struct engine *self)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return;
	writer->gate = self->gate;
	writer->decisions = calloc(DECISIONS_MAX, sizeof(*writer->decisions));
	uv_sem_init(&writer->full, 0);
	uv_sem_init(&writer->empty, 1);
	if (writer->decisions && !uv_thread_create(&writer->thread, write_batches, writer))
		self->writer = writer;
	else
		writer_free(writer);
}

void engine_write_end(struct engine *self)
{
	struct writer *writer = self->writer;

	if (!writer)
		return;
	engine_flush(self);
	writer_wait(self);
	self->writer = NULL;
	writer->over = true;
	uv_sem_post(&writer->full);
	uv_thread_join(&writer->thread);
	writer_free(writer);
}

void engine_flush(struct engine *self)
{
	bool few = self->decision_count <= FEW;

	if (self->writer && self->decision_count && writer_take(self))
		return;
	for (unsigned int at = 0; at < self->decision_count;) {
		if (few || !is_batched(&self->decisions[at]))
			write_one(self, &self->decisions[at++]);
		else
			at = write_row(self, at);
	}
	self->decision_count = 0;
}
