/* SPDX-License-Identifier: BSD-2-Clause */
#include "witness_snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "units.h"

enum { ROOM_FIRST = 1024, GOOD_FOR = 10 /* times as long as it took */ };

static int take(void *context, const struct source_key *source, const struct witness *witness)
{
	struct snapshot *self = context;

	if (self->count == self->room) {
		size_t room = self->room ? 2 * self->room : ROOM_FIRST;
		struct book_rank *more = reallocarray(self->ranks, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		self->ranks = more;
		self->room = room;
	}
	self->ranks[self->count++] = book_rank(source, witness);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return book_order(a, b);
}

static bool is_good(const struct snapshot *self, uint64_t now_ns)
{
	uint64_t good_ns = GOOD_FOR * self->took_ns;

	return self->made_ns && now_ns - self->made_ns < (good_ns < NS_PER_S ? good_ns : NS_PER_S);
}

int snapshot_refresh(struct snapshot *self, struct gate *gate, uint64_t now_ns, struct why *why)
{
	int error;

	if (is_good(self, now_ns))
		return 0;
	self->count = 0;
	error = gate_witness_each(gate, take, self);
	if (error) {
		snapshot_free(self);
		return why_fill(why, error, "the witness: %s", strerror(-error));
	}
	if (self->count)
		qsort(self->ranks, self->count, sizeof(*self->ranks), compare);
	self->made_ns = gate_now_ns();
	self->took_ns = self->made_ns - now_ns;
	return 0;
}

size_t snapshot_behind(const struct snapshot *self, const struct book_rank *after)
{
	size_t low = 0, high = self->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (book_order(&self->ranks[middle], after) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void snapshot_free(struct snapshot *self)
{
	free(self->ranks);
	*self = (struct snapshot){0};
}
