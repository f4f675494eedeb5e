/* SPDX-License-Identifier: BSD-2-Clause */
#include "breaker.h"

#include <inttypes.h>
#include <stdio.h>

#include "judge.h"
#include "span.h"

enum {
	NETWORKS_LEAST = 8, /* law 6 */
	WINDOW_S = MINUTE_S,
	CALM_S = 2 * WINDOW_S,
	OPEN_S = 10 * MINUTE_S,
	QUIET_S = 10 * MINUTE_S, /* after an operator's resume */
	WHOLE = 1000,
};

bool breaker_is_open(const struct policy *self)
{
	return self->breaker.until_ns != 0;
}

static bool is_recent(uint32_t at_s, uint32_t now_s)
{
	return at_s && now_s < (uint64_t)at_s + WINDOW_S;
}

/* Connected, or so lately that its failure may have been why it left. */
static bool counts(const struct network *network, uint32_t now_s)
{
	return network->connected || now_s < (uint64_t)network->left_s + WINDOW_S;
}

static struct breaker_look look(const struct policy *self)
{
	uint32_t now_s = seconds_of(self->now_ns), ok = 0, next;
	struct breaker_look ret = {0};

	for (uint32_t at = self->networks.counted.oldest; at; at = next) {
		const struct network *network = pool_at(&self->networks.pool, at);

		next = network->link.newer;
		if (!counts(network, now_s))
			continue;
		ret.counted++;
		ok += is_recent(network->success_s, now_s);
		if (is_recent(network->failure_s, now_s))
			ret.failed++;
		else
			ret.ok += is_recent(network->success_s, now_s);
	}
	ret.before = ret.counted ? ok * WHOLE / ret.counted : 0; /* for the minute's sample */
	ret.share = ret.counted > ret.failed ? ret.ok * WHOLE / (ret.counted - ret.failed) : 0;
	return ret;
}

/* How many of all networks succeeded in a minute: the mean of ten, the running one left out. */
static uint32_t before(const struct breaker *self)
{
	uint32_t sum = 0, count = 0;

	for (uint32_t age = 1; age < BREAKER_SAMPLES && age < self->sampled; age++, count++)
		sum += self->samples[(self->sampled - 1 - age) % BREAKER_SAMPLES];
	return count ? sum / count : 0;
}

static void sample(struct policy *self, const struct breaker_look *seen)
{
	struct breaker *breaker = &self->breaker;
	uint32_t minute = seconds_of(self->now_ns) / MINUTE_S;

	if (minute == breaker->minute)
		return;
	breaker->minute = minute;
	breaker->samples[breaker->sampled++ % BREAKER_SAMPLES] = (uint16_t)seen->before;
}

/*
 * Where success was never seen it cannot fall, and nobody vouches for us: failures alone decide. Likewise when three quarters
 * failed: one network of those left, an attacker's perhaps, is no sign that we are well.
 */
static bool is_ours(const struct breaker_look *seen)
{
	if (seen->counted < NETWORKS_LEAST || seen->failed * 2 < seen->counted)
		return false;
	return !seen->before || seen->failed * 4 >= seen->counted * 3 ||
	       seen->share * 2 < seen->before;
}

static bool may_open(const struct policy *self)
{
	const struct breaker *breaker = &self->breaker;
	uint64_t third_ns = breaker->opened_ns[breaker->opened % BREAKER_OPENINGS];

	return self->now_ns >= breaker->quiet_ns &&
	       (!third_ns || self->now_ns >= after_s(third_ns, HOUR_S));
}

static void begin(struct policy *self, uint64_t until_ns)
{
	struct breaker *breaker = &self->breaker;

	breaker->since_ns = breaker->trouble_ns = self->now_ns;
	breaker->until_ns = until_ns;
	breaker->opened_ns[breaker->opened++ % BREAKER_OPENINGS] = self->now_ns;
	breaker->voided += held_void(self);
}

static void end(struct policy *self)
{
	self->breaker.since_ns = self->breaker.until_ns = 0;
	self->breaker.by_operator = false;
}

/* Nobody fails any more, or somebody succeeds while others fail: while all are silent it is no calm, only nobody is left. */
static bool is_calm(const struct breaker_look *seen)
{
	return !is_ours(seen) && (!seen->failed || seen->ok);
}

static void turn(struct policy *self)
{
	struct breaker *breaker = &self->breaker;

	if (breaker->by_operator)
		return;
	if (breaker_is_open(self)) {
		if (!is_calm(&breaker->look))
			breaker->trouble_ns = self->now_ns;
		if (self->now_ns >= breaker->until_ns ||
		    self->now_ns >= after_s(breaker->trouble_ns, CALM_S))
			end(self);
		return;
	}
	breaker->is_barred = is_ours(&breaker->look) && !may_open(self);
	if (is_ours(&breaker->look) && may_open(self))
		begin(self, after_s(self->now_ns, OPEN_S));
}

void breaker_tick(struct policy *self)
{
	struct breaker *breaker = &self->breaker;
	uint32_t now_s = seconds_of(self->now_ns);

	if (is_recent(breaker->failure_s, now_s) || breaker_is_open(self) ||
	    now_s / MINUTE_S != breaker->minute) {
		breaker->look = look(self);
		sample(self, &breaker->look);
		breaker->look.before = before(breaker);
		turn(self);
	}
	if (!breaker_is_open(self))
		held_release(self, self->now_ns);
}

/* Somebody who once succeeded: with him a failure may be ours. */
static bool has_succeeded(const struct policy *self, const struct hearing *hearing)
{
	const struct peer *peer = hearing_peer(self, hearing);
	const struct source *source = hearing_source(self, hearing);

	return (peer && peer->past.tried) || (source && source->past.tried);
}

static void note_failure(struct policy *self, const struct hearing *hearing)
{
	uint32_t at_s = seconds_of(hearing->at_ns);
	struct network *network = NULL;
	struct prefix prefix;

	if (hearing->place) {
		prefix = place_prefix(self, place_at(self, hearing->place));
		network = network_find(self, &prefix);
	}
	if (!network || hearing->rule->is_mild)
		return;
	if (at_s > network->failure_s)
		network->failure_s = at_s;
	if (at_s > self->breaker.failure_s)
		self->breaker.failure_s = at_s;
}

bool breaker_takes(struct policy *self, const struct hearing *hearing)
{
	bool may_be_ours = has_succeeded(self, hearing);

	if (hearing->is_released)
		return false;
	if (may_be_ours)
		note_failure(self, hearing);
	if (breaker_is_open(self)) {
		self->breaker.voided++;
		return true;
	}
	if (!may_be_ours || self->networks.counted.count < NETWORKS_LEAST)
		return false;
	held_add(self, hearing);
	return true;
}

void policy_breaker(struct policy *self, enum breaker_action action, uint64_t now_ns)
{
	if (now_ns > self->now_ns)
		self->now_ns = now_ns;
	if (action == BREAKER_RESUME) {
		end(self);
		self->breaker.quiet_ns = after_s(self->now_ns, QUIET_S);
		return;
	}
	if (!breaker_is_open(self))
		begin(self, FOREVER_NS);
	self->breaker.until_ns = FOREVER_NS;
	self->breaker.by_operator = true;
}

static void say_open(const struct policy *self, struct breaker_view *ret)
{
	const struct breaker_look *seen = &self->breaker.look;
	char left[SPAN_MAX];

	snprintf(ret->why, sizeof(ret->why),
		 "open: %" PRIu32 " of %" PRIu32
		 " networks failed in the last minute, success with "
		 "the rest %" PRIu32 " %% (before: %" PRIu32 " %%): suspect evidence is void; "
		 "two calm minutes end it, at most %s",
		 seen->failed, seen->counted, seen->share / 10, seen->before / 10,
		 span_text(self->breaker.until_ns > self->now_ns
				   ? self->breaker.until_ns - self->now_ns
				   : 0,
			   left));
}

static void say_closed(const struct policy *self, uint64_t now_ns, struct breaker_view *ret)
{
	const struct breaker_look *seen = &self->breaker.look;
	bool is_quiet = now_ns < self->breaker.quiet_ns;

	if (!is_recent(self->breaker.failure_s, seconds_of(now_ns)))
		snprintf(ret->why, sizeof(ret->why), "closed: nobody failed in the last minute");
	else
		snprintf(ret->why, sizeof(ret->why),
			 "closed: %" PRIu32 " of %" PRIu32 " networks failed in the last minute%s",
			 seen->failed, seen->counted,
			 !self->breaker.is_barred ? ""
			 : is_quiet		  ? "; an operator has resumed within ten minutes"
						  : "; it was open three times within the hour");
}

void policy_breaker_see(const struct policy *self, uint64_t now_ns, struct breaker_view *ret)
{
	const struct breaker *breaker = &self->breaker;

	*ret = (struct breaker_view){.open = breaker_is_open(self),
				     .by_operator = breaker->by_operator,
				     .since_ns = breaker->since_ns,
				     .until_ns = breaker->until_ns,
				     .opened = breaker->opened,
				     .voided = breaker->voided};
	if (breaker->by_operator)
		snprintf(ret->why, sizeof(ret->why),
			 "held open by an operator: suspect evidence is void until he resumes");
	else if (ret->open)
		say_open(self, ret);
	else
		say_closed(self, now_ns, ret);
}
