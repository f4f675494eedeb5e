/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 16 on random histories: suspect evidence against a peer with an hour of good tenure within the day backs off for ten
 * minutes at most, however often it comes; of others it grows.
 */
#include "law_facts.h"

struct tenure {
	bool is_here[PEERS], succeeded[PEERS];
	uint64_t since_ns[PEERS], tenured_ns[PEERS], heard_ns[PEERS]; /* 0: never */
	uint64_t until_before_ns; /* of its home's refusal, before the step */
	unsigned int long_ones;	  /* backoffs over ten minutes */
};

/* Only those who live alone, and only at home, so that all that is told there is about them. */
static void stay_at_home(struct history *self)
{
	struct tenure *own = self->own;
	struct step *step = &self->step;
	const struct stage_record *at;

	if (step->kind != STEP_REPORT)
		return;
	/* Half of what is told is about one peer in eight, so that they are there for long. */
	step->peer = 12 + draw(self, draw(self, 2) ? 4 : PEERS - 12);
	step->source = home_of(step->peer);
	peer_name(step->peer, step->report.peer);
	step->report.has_addr = true;
	step->report.addr = source_addr(step->source);
	at = source_record(self, step->source);
	own->until_before_ns = at && at->is_held ? at->held.until_ns : 0;
}

static void age(struct history *self, unsigned int peer)
{
	struct tenure *own = self->own;

	/* Who is silent for a day, or connects again unasked, was perhaps not here all the time. */
	if (self->stage.now_ns > own->heard_ns[peer] + DAY - HOUR ||
	    self->step.report.event == REPORT_CONNECTED)
		own->is_here[peer] = false;
	own->heard_ns[peer] = self->stage.now_ns;
	if (own->is_here[peer] && own->succeeded[peer] &&
	    self->stage.now_ns > own->since_ns[peer] + HOUR)
		own->tenured_ns[peer] = self->stage.now_ns;
}

/* After the check: what this step makes of the peer's connection. */
static void note(struct history *self)
{
	struct tenure *own = self->own;
	const struct step *step = &self->step;
	unsigned int peer = step->peer;
	bool is_ok = step->report.event == REPORT_HANDSHAKE && step->report.result == RESULT_OK;

	age(self, peer);
	if (step->report.event == REPORT_CONNECTED || (is_ok && !own->is_here[peer])) {
		own->is_here[peer] = true;
		own->succeeded[peer] = false;
		own->since_ns[peer] = self->stage.now_ns;
	}
	if (step_claims_proof(step)) { /* a goodbye for another network; law 15 */
		own->tenured_ns[peer] = 0;
		own->since_ns[peer] = self->stage.now_ns;
		own->succeeded[peer] = false;
	}
	if (step->report.event == REPORT_DISCONNECTED)
		own->is_here[peer] = false;
	else if (step_is_good(step))
		own->succeeded[peer] = true;
}

static void mutual_stalls_are_short(struct history *self)
{
	struct tenure *own = self->own;
	const struct step *step = &self->step;
	const struct stage_record *at;
	uint64_t now_ns = self->stage.now_ns, tenured_ns;

	if (step->kind != STEP_REPORT)
		return;
	age(self, step->peer);
	tenured_ns = own->tenured_ns[step->peer];
	at = source_record(self, step->source);
	if (at && record_refuses(self, at) && !record_bans(self, at) &&
	    at->held.until_ns > own->until_before_ns && at->held.reason != REASON_TOO_MANY_PEERS &&
	    at->held.reason != REASON_RATE_LIMITED) {
		/* An end is rounded up to a sixteenth of a second. */
		own->long_ones += at->held.until_ns > now_ns + 10 * MIN + S / 16;
		if (tenured_ns && now_ns - tenured_ns < DAY - HOUR)
			HOLDS(self, at->held.until_ns <= now_ns + 10 * MIN + S / 16,
			      "peer %u had an hour, and is backed off for %llu s", step->peer,
			      (unsigned long long)((at->held.until_ns - now_ns) / S));
	}
	note(self);
}

static unsigned int long_ones;

static void count_long_ones(struct history *self)
{
	const struct tenure *own = self->own;

	long_ones += own->long_ones;
}

static const struct shape shape = {
	.steps = 250,
	.weights = {[STEP_REPORT] = 84, [STEP_WAIT] = 16},
	.goods = 55,
	.second_hand = 15,
	.wait_ns = 200 * S,
};

static void law_16_mutual_stalls_are_short(void **state)
{
	static const struct law law = {.shape = &shape,
				       .own_size = sizeof(struct tenure),
				       .before = stay_at_home,
				       .after = mutual_stalls_are_short,
				       .end = count_long_ones};

	(void)state;
	law_try(&law);
	if (!getenv("SEED")) /* strangers' backoffs do grow */
		assert_true(long_ones > seeds() / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_16_mutual_stalls_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
