/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine_decisions: what the policy decided within a call, brought into the kernel when the call is over: in its order, a few by a
 * system call each, many (a book that comes back, an import, a prefix that is allowed) a few thousand at once.
 */
#include <errno.h>
#include <string.h>

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

/* The row of such decisions from @at on; where a batch stopped, the others go one by one, to find out which are at fault. */
static unsigned int write_row(struct engine *self, unsigned int at)
{
	struct gate_batch batch;
	unsigned int done, end = at;

	batch.count = 0;
	for (; end < self->decision_count && is_batched(&self->decisions[end]); end++) {
		const struct decision *decision = &self->decisions[end];

		batch.keys[batch.count] = addr_source(&decision->prefix.addr);
		batch.fresh[batch.count] = decision->fresh;
		batch.records[batch.count++] = record_of(decision);
	}
	gate_put_batch(self->gate, &batch, &done, NULL);
	for (; at<end; at++, done -= done> 0)
		if (done)
			tell(self, &self->decisions[at]);
		else
			write_one(self, &self->decisions[at]);
	return end;
}

void engine_flush(struct engine *self)
{
	bool few = self->decision_count <= FEW;

	for (unsigned int at = 0; at < self->decision_count;) {
		if (few || !is_batched(&self->decisions[at]))
			write_one(self, &self->decisions[at++]);
		else
			at = write_row(self, at);
	}
	self->decision_count = 0;
}
