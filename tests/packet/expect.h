/* SPDX-License-Identifier: BSD-2-Clause */
/* expect: one packet, its verdict, and the one counter that moved, in a line. */
#ifndef EXPECT_H
#define EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Which counter moves; @index is a cause of a pass, else a reason. */
struct count {
	enum { NOTHING_COUNTED, PASSED, REFUSED, WOULD_REFUSE } kind;
	uint8_t index;
	uint8_t slot; /* service slot */
};

#define NOTHING ((struct count){NOTHING_COUNTED, 0, 0})
#define PASSES(cause) ((struct count){PASSED, CAUSE_##cause, SERVICE})
#define REFUSES(reason) ((struct count){REFUSED, REASON_##reason, SERVICE})
#define WOULD(reason) ((struct count){WOULD_REFUSE, REASON_##reason, SERVICE})
#define UNKNOWN_TO_PASS ((struct count){PASSED, CAUSE_UNPARSED, SERVICE_NONE})
#define HIDDEN_REFUSED ((struct count){REFUSED, REASON_HIDDEN, SERVICE_NONE})

/* Sends @frame through @door; fails with @what unless just the counter @count moved, by one, and the verdict fits it. */
void expect(struct rig *rig, const char *what, enum rig_door door, enum family family,
	    const struct frame *frame, struct count count);

/* The same for a packet described, on every door that takes it; on all of them the honest source differs only where it must. */
void expect_on(struct rig *rig, const char *what, enum rig_door door, const struct shape *shape,
	       struct count count);

#endif
