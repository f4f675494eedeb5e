/* SPDX-License-Identifier: BSD-2-Clause */
#include "expect.h"

#include <string.h>

static uint64_t held(const struct tally *tallies, enum family family, struct count count)
{
	const struct tally *tally = &tallies[counter_index(DOOR_INGRESS, family, count.slot)];

	switch (count.kind) {
	case PASSED:
		return ((const uint64_t *)&tally->passed)[count.index];
	case REFUSED:
		return ((const uint64_t *)&tally->refused)[count.index];
	case WOULD_REFUSE:
		return ((const uint64_t *)&tally->would_refuse)[count.index];
	default:
		return 0;
	}
}

/* Of the front door: what an Initial proves is counted by another. */
static uint64_t sum(const struct tally *tallies)
{
	const int from = counter_index(DOOR_INGRESS, 0, 0),
		  until = counter_index(DOOR_INGRESS + 1, 0, 0);
	uint64_t sum = 0;

	for (int i = from; i < until; i++) {
		for (size_t word = 0; word < sizeof(*tallies) / 8; word++)
			sum += ((const uint64_t *)(tallies + i))[word];
		sum -= tallies[i].resets;
	}
	return sum;
}

void expect(struct rig *rig, const char *what, enum rig_door door, enum family family,
	    const struct frame *frame, struct count count)
{
	const char *on = rig_door_name(door), *of = family == FAMILY_IPV6 ? "IPv6" : "IPv4";
	struct tally before[COUNTERS], after[COUNTERS];
	enum rig_verdict verdict;

	rig_counters(rig, before);
	verdict = rig_run(rig, door, frame);
	rig_counters(rig, after);
	if ((verdict != RIG_PASS) != (count.kind == REFUSED))
		fail_msg("%s (%s, %s, %zu bytes): %s", what, on, of, frame->size,
			 verdict == RIG_PASS ? "passed" : "refused");
	if (sum(after) - sum(before) != (count.kind != NOTHING_COUNTED))
		fail_msg("%s (%s, %s, %zu bytes): counted %llu times", what, on, of, frame->size,
			 (unsigned long long)(sum(after) - sum(before)));
	if (count.kind != NOTHING_COUNTED &&
	    held(after, family, count) != held(before, family, count) + 1)
		fail_msg("%s (%s, %s, %zu bytes): counted as something else", what, on, of,
			 frame->size);
}

void expect_on(struct rig *rig, const char *what, enum rig_door door, const struct shape *shape,
	       struct count count)
{
	struct shape here = *shape;
	struct frame frame;

	here.bare = door == DOOR_TC_BARE;
	frame_build(&frame, &here);
	expect(rig, what, door, shape->family, &frame, count);
}
