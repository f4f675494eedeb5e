/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POLICY's law 6 on random stalls: when at least 8 and at least half of the connected networks show a new suspect failure within 60 s
 * and success with the rest has fallen below half, the fault is ours: what was suspect counts for nothing, nobody is refused for
 * it, proof goes on, live bans stay; it ends in ten minutes at most, and comes three times an hour at most.
 */
#include "law_facts.h"

enum { NETWORKS_MAX = 40, WARM_MIN = 12 };

/* One stall: how many networks, how many of them fail, whether the others still answer. */
struct stall {
	unsigned int networks, failing;
	bool others_answer;
	enum report_event event;
	enum report_result result;
};

/* 3fff:e00::/32 and up: a network each. */
static struct report report_of(unsigned int network, enum report_event event,
			       enum report_result result)
{
	struct report report = {.service = -1,
				.direction = DIRECTION_INBOUND,
				.event = event,
				.result = result,
				.latency_us = 40000,
				.has_addr = true,
				.addr = source_addr(2)};

	report.addr.bytes[2] = 0x0e;
	report.addr.bytes[3] = (uint8_t)network;
	snprintf(report.peer, sizeof(report.peer), "Far%u", network);
	return report;
}

static void say(struct history *self, unsigned int network, enum report_event event,
		enum report_result result)
{
	const struct report report = report_of(network, event, result);
	struct why why = {""};

	if (policy_report(self->stage.policy, &report, self->stage.now_ns, &why))
		fail_msg("%s", why.sentence);
}

/* The world goes on for @seconds: everybody but the first @failing answers each 20 s. */
static void live(struct history *self, const struct stall *stall, unsigned int seconds,
		 unsigned int failing)
{
	for (unsigned int second = 0; second < seconds; second++) {
		for (unsigned int i = failing; i < stall->networks; i++) {
			if ((second + i) % 20 == 0)
				say(self, i, REPORT_RESPONSE, RESULT_OK);
		}
		history_wait(self, S);
	}
}

static void draw_stall(struct history *self, struct stall *stall)
{
	static const struct {
		enum report_event event;
		enum report_result result;
	} ways[] = {{REPORT_RESPONSE, RESULT_TIMEOUT},
		    {REPORT_HANDSHAKE, RESULT_TIMEOUT},
		    {REPORT_HANDSHAKE, RESULT_ERROR}};
	unsigned int way = draw(self, ARRAY_SIZE(ways));

	stall->networks = 6 + draw(self, NETWORKS_MAX - 6);
	stall->failing = stall->networks * (20 + draw(self, 81)) / 100;
	stall->others_answer = draw(self, 2);
	stall->event = ways[way].event;
	stall->result = ways[way].result;
}

static void begin(struct history *self, struct stall *stall)
{
	draw_stall(self, stall);
	for (unsigned int i = 0; i < stall->networks; i++) {
		say(self, i, REPORT_CONNECTED, RESULT_NONE);
		say(self, i, REPORT_HANDSHAKE, RESULT_OK);
	}
	live(self, stall, WARM_MIN * 60, 0);
}

/* Seventy seconds in which the first networks fail, each ten. A minute's success is looked at, so it must be over. */
static void stall_once(struct history *self, const struct stall *stall)
{
	for (unsigned int turn = 0; turn < 7; turn++) {
		for (unsigned int i = 0; i < stall->failing; i++)
			say(self, i, stall->event, stall->result);
		live(self, stall, 10, stall->others_answer ? stall->failing : stall->networks);
	}
}

static struct breaker_view see(const struct history *self)
{
	struct breaker_view view;

	policy_breaker_see(self->stage.policy, self->stage.now_ns, &view);
	return view;
}

/* With margins: at the very half, or with eight networks of which seven fail, either is right. */
static bool must_open(const struct stall *stall)
{
	return stall->failing >= 8 && 100 * stall->failing >= 55 * stall->networks &&
	       !stall->others_answer;
}

static bool must_not_open(const struct stall *stall)
{
	return stall->networks < 8 || 100 * stall->failing < 45 * stall->networks;
}

static unsigned int count_refused(const struct history *self)
{
	unsigned int count = 0;

	for (uint32_t i = 0; i < self->stage.count; i++)
		count += record_refuses(self, &self->stage.records[i]) &&
			 !record_bans(self, &self->stage.records[i]);
	return count;
}

static bool is_banned(const struct history *self, unsigned int network)
{
	const struct report report = report_of(network, REPORT_STATUS, RESULT_NONE);
	const struct decision *verdict = stage_verdict(&self->stage, &report.addr);

	return verdict && verdict->standing == STANDING_BANNED;
}

/* While it is open, and long after: proof bans, bans stay, nothing suspect has left a trace. */
static void check_open(struct history *self, const struct stall *stall)
{
	HOLDS(self, see(self).open, "%u of %u networks fail, and it is closed", stall->failing,
	      stall->networks);
	HOLDS(self, !count_refused(self), "%u are backed off for a fault of ours",
	      count_refused(self));
	say(self, 0, REPORT_RESPONSE, RESULT_INVALID);
	HOLDS(self, is_banned(self, 0), "a proof does not ban while it is open");
	/* Those who failed never come back; what they failed in is over before it could be counted late. */
	for (unsigned int turn = 0; turn < 22; turn++) {
		live(self, stall, 30, stall->failing);
		HOLDS(self, !count_refused(self), "%u are backed off afterwards",
		      count_refused(self));
	}
	HOLDS(self, !see(self).open, "it is open for over ten minutes");
	HOLDS(self, is_banned(self, 0), "a ban has ended with it");
}

static unsigned int opened, stayed;

static void one_stall(uint64_t seed)
{
	static const struct shape shape = {.steps = 0, .peers_max = 64, .sources_max = 128};
	static const struct law law = {.shape = &shape};
	static struct history history;
	struct stall stall;

	law_open(&history, &law, seed);
	begin(&history, &stall);
	HOLDS(&history, !see(&history).open, "it opened in calm weather");
	stall_once(&history, &stall);
	if (must_open(&stall)) {
		opened++;
		check_open(&history, &stall);
	} else if (must_not_open(&stall)) {
		stayed++;
		HOLDS(&history, !see(&history).open, "%u of %u networks fail, and it is open",
		      stall.failing, stall.networks);
		live(&history, &stall, 85, stall.failing);
		HOLDS(&history,
		      stall.failing < 2 || count_refused(&history) ||
			      stall.event == REPORT_RESPONSE,
		      "%u failed for over a minute, and nobody is backed off", stall.failing);
	}
	law_close(&history);
}

static void law_06_half_of_our_networks_at_once_is_our_fault(void **state)
{
	const char *only = getenv("SEED");

	(void)state;
	if (only) {
		one_stall(strtoull(only, NULL, 10));
		return;
	}
	for (uint64_t seed = 1; seed <= seeds(); seed++)
		one_stall(seed);
	assert_true(opened > seeds() / 8 && stayed > seeds() / 8);
}

/* Whatever comes, and however often: three times in any hour. */
static void law_06_three_times_an_hour_at_most(void **state)
{
	static const struct shape shape = {.steps = 0, .peers_max = 64, .sources_max = 128};
	static const struct law law = {.shape = &shape};
	static struct history history;

	(void)state;
	for (uint64_t seed = 1; seed <= 1 + seeds() / 100; seed++) {
		struct stall stall;
		uint32_t first;

		law_open(&history, &law, seed);
		begin(&history, &stall);
		stall.failing = stall.networks;
		stall.others_answer = false;
		first = see(&history).opened;
		for (unsigned int turn = 0; turn < 20; turn++) {
			stall_once(&history, &stall);
			live(&history, &stall, 110, 0);
		}
		HOLDS(&history, see(&history).opened - first <= 3, "it opened %u times in an hour",
		      see(&history).opened - first);
		law_close(&history);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_06_half_of_our_networks_at_once_is_our_fault),
		cmocka_unit_test(law_06_three_times_an_hour_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
