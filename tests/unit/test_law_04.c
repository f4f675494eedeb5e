/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 4 on random histories: where a good peer is or was within a day, no ban is longer than ten minutes and no link is
 * closed, whatever its neighbours do. Where nobody was ever good, a proof bans.
 */
#include "law_facts.h"

/* Good peers: behind the NAT, alone in an IPv4 /16, crowded in one, and in a crowded IPv6 /56. */
static const unsigned int saints[] = {0, 12, 13, 15};

struct goodness {
	uint64_t since_ns, last_ns;
	bool was_good[SOURCES]; /* somebody succeeded there, or connected */
};

static bool is_saint(unsigned int peer)
{
	for (size_t i = 0; i < ARRAY_SIZE(saints); i++) {
		if (saints[i] == peer)
			return true;
	}
	return false;
}

static void answer(struct history *self, enum report_event event)
{
	struct goodness *own = self->own;

	own->last_ns = self->stage.now_ns;
	for (size_t i = 0; i < ARRAY_SIZE(saints); i++)
		history_say(self, saints[i], home_of(saints[i]), event, RESULT_OK);
}

static void join(struct history *self)
{
	struct goodness *own = self->own;

	own->since_ns = self->stage.now_ns;
	answer(self, REPORT_HANDSHAKE);
}

/* Nobody speaks ill of a saint: others speak of others. */
static void spare_saints(struct history *self)
{
	struct step *step = &self->step;

	if (step->kind != STEP_REPORT || !is_saint(step->peer))
		return;
	step->peer = 1 + draw(self, 11);
	peer_name(step->peer, step->report.peer);
}

static void check_saints(struct history *self)
{
	const struct goodness *own = self->own;

	if (self->stage.now_ns < own->since_ns + HOUR + S)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(saints); i++) {
		unsigned int source = home_of(saints[i]);
		const struct addr addr = source_addr(source);
		const struct prefix prefix = source_prefix_of(source);
		const struct decision *verdict = stage_verdict(&self->stage, &addr);

		HOLDS(self,
		      !policy_may_close(self->stage.policy, &prefix, self->stage.now_ns, NULL),
		      "a good peer's links at source %u may be closed", source);
		if (verdict && verdict->standing == STANDING_BANNED)
			HOLDS(self, verdict->until_ns <= self->stage.now_ns + 10 * MIN + 5 * S,
			      "a good peer's source %u is banned for %llu s", source,
			      (unsigned long long)((verdict->until_ns - self->stage.now_ns) / S));
	}
}

/* The other half: the node's own proof, of now, where nobody was ever good. */
static void check_the_bad(struct history *self)
{
	struct goodness *own = self->own;
	const struct step *step = &self->step;
	const struct stage_record *at;

	if (step->kind != STEP_REPORT || step->source == SOURCES)
		return;
	if (step_is_good(step) || step->report.event == REPORT_CONNECTED)
		own->was_good[step->source] = true;
	if (own->was_good[step->source] || is_protected_by_nature(step->source) ||
	    step->report.second_hand || step->peer == PEERS ||
	    step->report.event != REPORT_RESPONSE || step->report.result != RESULT_INVALID)
		return;
	at = source_record(self, step->source);
	HOLDS(self, at && record_bans(self, at), "a proof at source %u bans nobody", step->source);
}

static void good_neighbours_protect(struct history *self)
{
	const struct goodness *own = self->own;

	check_the_bad(self);
	if (self->stage.now_ns > own->last_ns + 6 * HOUR)
		answer(self, REPORT_RESPONSE);
	check_saints(self);
}

static const struct shape shape = {
	.steps = 200,
	.weights = {[STEP_REPORT] = 74, [STEP_CHURN] = 6, [STEP_WAIT] = 20},
	.proofs = 30,
	.goods = 15,
	.strangers = 30,
	.second_hand = 20,
	.wait_ns = 60 * S,
	.peers_max = 64, /* nobody is forgotten */
	.sources_max = 128,
	.share_permille = 1000,
};

static void law_04_good_neighbours_protect_their_source(void **state)
{
	static const struct law law = {.shape = &shape,
				       .own_size = sizeof(struct goodness),
				       .begin = join,
				       .before = spare_saints,
				       .after = good_neighbours_protect};

	(void)state;
	law_try(&law);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_04_good_neighbours_protect_their_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
