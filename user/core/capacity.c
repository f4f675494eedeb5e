/* SPDX-License-Identifier: BSD-2-Clause */
/* capacity: from how full a service is to its floor: the lowest score that it admits now. Stale counts open it. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "account.h"
#include "capacity.h"
#include "doubt.h"
#include "explain_judge.h"
#include "prune.h"

enum {
	SCORES = 131, /* -100 .. 30 */
	SCORE_MIN = -100,
	FLOOR_STEP = 5,	 /* above the k-th worst, and how far a floor moves at least */
	FLOOR_MIN = -20, /* a stuffed table of bad ones does not let everybody in … */
	FLOOR_MAX = 20,	 /* … and one of excellent ones does not shut the good out */
	WORST_SHARE = 8, /* k = n / 8, rounded up */
	CALM_SHARE =
		20, /* a contested service is so again below half less a twentieth of its places */
};

/* How many inbound peers that the prune would not spare have each score. */
static uint32_t count_scores(const struct muster *muster, uint32_t histogram[SCORES])
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < muster->count; i++) {
		const struct member *member = &muster->members[i];

		if (member->is_outbound || member->spared)
			continue;
		histogram[member->score - SCORE_MIN]++;
		n++;
	}
	return n;
}

static int clamp(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

/* A full service of which no inbound peer is known asks for a little more than a stranger's 0. */
static int floor_when_full(const uint32_t histogram[SCORES], uint32_t n)
{
	uint32_t k = (n + WORST_SHARE - 1) / WORST_SHARE, sum = 0;
	int worst = 0;

	for (int i = 0; i < SCORES && sum < k; i++) {
		sum += histogram[i];
		worst = SCORE_MIN + i;
	}
	return clamp(worst + FLOOR_STEP, FLOOR_MIN, FLOOR_MAX);
}

static bool is_stale(const struct policy *self, const struct floor *floor, uint64_t now_ns)
{
	return !floor->at_ns ||
	       (now_ns > floor->at_ns && now_ns - floor->at_ns > self->settings.capacity_stale_ns);
}

/* Over half full: from here on places are scarce enough to be shared fairly. */
static bool is_contested(const struct floor *floor)
{
	uint32_t half = floor->max / 2;

	return floor->connected > (floor->contested ? half - floor->max / CALM_SHARE : half);
}

bool capacity_is_contested(const struct policy *self, int service, uint64_t now_ns)
{
	bool any = false;

	if (service >= 0)
		return service < SERVICES_MAX && self->floors[service].contested &&
		       !is_stale(self, &self->floors[service], now_ns);
	for (int i = 0; i < SERVICES_MAX; i++) {
		const struct floor *floor = &self->floors[i];

		if (is_stale(self, floor, now_ns))
			continue;
		if (!floor->contested)
			return false;
		any = true;
	}
	return any;
}

int capacity_floor(const struct policy *self, int service, uint64_t now_ns)
{
	int lowest = INT_MAX;

	for (int i = 0; i < SERVICES_MAX; i++) {
		const struct floor *floor = &self->floors[i];

		if ((service < 0 || service == i) && !is_stale(self, floor, now_ns) &&
		    floor->value < lowest)
			lowest = (int)floor->value;
	}
	return lowest == INT_MAX ? FLOOR_OPEN : lowest;
}

uint32_t capacity_target(const struct policy *self, int service, uint64_t now_ns)
{
	uint32_t most = 0;

	for (int i = 0; i < SERVICES_MAX; i++) {
		const struct floor *floor = &self->floors[i];

		if ((service < 0 || service == i) && !is_stale(self, floor, now_ns) &&
		    floor->max > most)
			most = floor->max;
	}
	return most;
}

static uint32_t over(uint32_t value, uint32_t limit)
{
	return value > limit ? value - limit : 0;
}

uint32_t capacity_surplus(const struct policy *self, int service, uint32_t inbound, uint64_t now_ns)
{
	uint32_t most = 0;

	for (int i = 0; i < SERVICES_MAX; i++) {
		const struct floor *floor = &self->floors[i];
		uint32_t surplus = over(floor->connected, floor->max);

		if ((service >= 0 && service != i) || is_stale(self, floor, now_ns))
			continue;
		if (floor->inbound_max && over(inbound, floor->inbound_max) > surplus)
			surplus = over(inbound, floor->inbound_max);
		most = surplus > most ? surplus : most;
	}
	return most;
}

bool policy_is_contested(const struct policy *self, unsigned int service, uint64_t now_ns)
{
	return service < SERVICES_MAX && capacity_is_contested(self, (int)service, now_ns);
}

static void set_floor(struct policy *self, unsigned int service, int value)
{
	struct floor *floor = &self->floors[service];

	if (floor->value == value)
		return;
	floor->value = (int8_t)value;
	self->output.floor(self->output.context, service, floor->value);
}

int policy_capacity(struct policy *self, unsigned int service, const struct capacity *told,
		    uint64_t now_ns, int8_t *ret_floor, struct why *why)
{
	uint32_t histogram[SCORES] = {0};
	struct muster *muster;
	struct floor *floor;
	int value;

	if (service >= SERVICES_MAX)
		return why_fill(why, -EINVAL, "service: %u is not one of 0 .. %d", service,
				SERVICES_MAX - 1);
	if (now_ns > self->now_ns)
		self->now_ns = now_ns;
	floor = &self->floors[service];
	floor->at_ns = self->now_ns;
	floor->max = told->max;
	floor->connected = told->connected;
	floor->contested = is_contested(floor);
	floor->inbound_max = told->inbound_max;
	muster = muster_call(self, (int)service, self->now_ns);
	if (policy_is_cold(self) || (told->connected < told->max &&
				     (!told->inbound_max || muster->inbound < told->inbound_max))) {
		set_floor(self, service, FLOOR_OPEN);
	} else {
		prune_spare(self, muster, told->max, self->now_ns);
		value = floor_when_full(histogram, count_scores(muster, histogram));
		if (floor->value == FLOOR_OPEN || abs(value - floor->value) >= FLOOR_STEP)
			set_floor(self, service, value);
	}
	*ret_floor = floor->value;
	return 0;
}

void policy_explain_floor(const struct policy *self, unsigned int service, uint64_t now_ns,
			  struct account *ret)
{
	const struct floor *floor = service < SERVICES_MAX ? &self->floors[service] : NULL;

	*ret = (struct account){0};
	if (!floor || is_stale(self, floor, now_ns))
		account_add(ret, "nobody has said lately how full the service is");
	else if (floor->value != FLOOR_OPEN)
		account_add(ret, "the service is full (%" PRIu32 " of %" PRIu32 ")",
			    floor->connected, floor->max);
	else if (policy_is_cold(self))
		explain_cold(self, now_ns, ret);
	else
		account_add(ret, "the service is not full (%" PRIu32 " of %" PRIu32 ")",
			    floor->connected, floor->max);
}

void capacity_tick(struct policy *self)
{
	for (unsigned int service = 0; service < SERVICES_MAX; service++) {
		struct floor *floor = &self->floors[service];

		if (!is_stale(self, floor, self->now_ns))
			continue;
		floor->contested = false;
		if (floor->value != FLOOR_OPEN)
			set_floor(self, service, FLOOR_OPEN);
	}
}
