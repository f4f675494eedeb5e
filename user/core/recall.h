/* SPDX-License-Identifier: BSD-2-Clause */
/* recall: what a saved copy says, on the clock of this boot: moments, ends, rulings, accounts. See save.h for the rules. */
#ifndef RECALL_H
#define RECALL_H

#include "book.h"

/* A moment in the past; there is room for those before the boot. recall_recent(): of what counts for @seconds only, else 0. */
uint32_t recall_past(uint64_t unix_ns, const struct saved_clock *now);
uint32_t recall_recent(uint64_t unix_ns, uint64_t seconds, const struct saved_clock *now);

/* An end: what it had left when it was @taken, less what has passed; 0: over. */
uint32_t recall_end(uint64_t until, uint64_t taken, const struct saved_clock *now);

/* None when it is over, or when no build has ever written such a one. */
struct ruling recall_ruling(const struct saved_ruling *saved, uint64_t taken,
			    const struct saved_clock *now);

/* Scores and evidence, faded by what has passed. */
void recall_account(struct policy *self, struct past *past, const struct saved_past *saved,
		    uint64_t taken, const struct saved_clock *now);
void recall_quality(const struct policy *self, struct quality *quality,
		    const struct saved_quality *saved, const struct saved_clock *now);

#endif
