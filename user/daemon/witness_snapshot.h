/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness_snapshot: all sources of the witness in order, as they stood a moment ago. Who asks for page after page walks the
 * kernel's map once, not once a page.
 */
#ifndef WITNESS_SNAPSHOT_H
#define WITNESS_SNAPSHOT_H

#include <stddef.h>

#include <peergate/why.h>

#include "witness_book.h"

struct snapshot {
	struct book_rank *ranks; /* in the order of book_order() */
	size_t count, room;
	uint64_t made_ns, took_ns; /* boot time; 0: never made */
};

/*
 * Makes it anew when it is too old. It is as long good as ten walks take, a second at most, so that walks never take more
 * than a tenth of the daemon's time. -ENOMEM and what the map's walk gives; then it is empty.
 */
int snapshot_refresh(struct snapshot *self, struct gate *gate, uint64_t now_ns, struct why *why);

/* The first rank behind @after. */
size_t snapshot_behind(const struct snapshot *self, const struct book_rank *after);

void snapshot_free(struct snapshot *self);

#endif
