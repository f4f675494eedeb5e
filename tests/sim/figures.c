/* SPDX-License-Identifier: BSD-2-Clause */
/* figures: what a history comes to, line by line. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "world.h"

struct teller {
	FILE *out;
	const char *scenario, *strategy;
	uint64_t seed;
};

static void tell(const struct teller *self, const char *figure, double value)
{
	fprintf(self->out, "%s\t%s\t%" PRIu64 "\t%s\t%.6g\n", self->scenario, self->strategy,
		self->seed, figure, value);
}

static double node_hours(const struct world *world)
{
	double sum = 0;

	for (uint32_t who = 0; who < world->being_count; who++) {
		if (being_at(world, who)->is_subject)
			sum += (double)world->history.lives[who].online_ms;
	}
	return sum / 3600000;
}

/* Goal 4. What is not half gone at the end is drawn on as it went so far: an exponential. */
static double half_life_min(const struct world *world)
{
	const struct history *history = &world->history;
	double watched_ms = (double)(world->now_ms - history->marked_ms);
	double left;

	if (history->half_gone_ms)
		return (double)history->half_gone_ms / 60000;
	if (!history->marked || !history->gone)
		return watched_ms / 60000;
	left = 1 - (double)history->gone / history->marked;
	return watched_ms / 60000 * log(.5) / log(left);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Goal 10: over nodes that can be dialled and ran all the time. */
static double gini(const struct world *world)
{
	double *loads = calloc(world->being_count, sizeof(*loads)), sum = 0, weighed = 0;
	uint32_t count = 0;

	if (!loads)
		abort();
	for (uint32_t who = 0; who < world->being_count; who++) {
		const struct being *being = being_at(world, who);

		if (being->is_subject && being->is_stable && !being->is_nat && !being->is_newcomer)
			loads[count++] = world->history.lives[who].handshakes;
	}
	qsort(loads, count, sizeof(*loads), compare);
	for (uint32_t i = 0; i < count; i++) {
		sum += loads[i];
		weighed += (2.0 * i - count + 1) * loads[i];
	}
	free(loads);
	return sum > 0 ? weighed / (count * sum) : 0;
}

/* Goal 5: one line a newcomer; what did not come in time is told as the time that it waited. */
static void tell_newcomers(const struct world *world, const struct teller *teller)
{
	for (uint32_t who = 0; who < world->being_count; who++) {
		const struct being *being = being_at(world, who);
		const struct life *life = &world->history.lives[who];
		double waited_s = (double)(world->now_ms - being->joined_ms) / 1000;

		if (!being->is_newcomer || !being->is_subject || !being->joined_ms)
			continue;
		tell(teller, "newcomer_first_s",
		     life->durable_ms ? (double)life->durable_ms / 1000 : waited_s);
		tell(teller, "newcomer_half_s",
		     life->half_ms ? (double)life->half_ms / 1000 : waited_s);
		tell(teller, "newcomer_full_s",
		     life->full_ms ? (double)life->full_ms / 1000 : waited_s);
	}
}

static void tell_attack(const struct history *history, const struct teller *teller)
{
	double before = history->slots_before ? history->slots_before : 1;

	tell(teller, "attacker_in", history->attacker_in);
	tell(teller, "attacker_out", history->attacker_out);
	tell(teller, "attacker_p99", history->attacker_worst);
	tell(teller, "only_attackers_out", history->only_his);
	tell(teller, "betrayed_10", history->slots_10 / before);
	tell(teller, "betrayed_30", history->slots_30 / before);
}

static void tell_struck(const struct world *world, const struct teller *teller)
{
	const struct history *history = &world->history;

	for (uint32_t who = 0; who < world->being_count; who++) {
		const struct life *life = &history->lives[who];
		uint64_t back_ms = life->back_ms ? life->back_ms : world->now_ms;

		if (!life->is_struck || !life->before || !history->free_ms)
			continue;
		tell(teller, "links_kept", (double)life->kept / life->before);
		tell(teller, "back_90_s", (double)(back_ms - history->free_ms) / 1000);
	}
}

static void tell_twist(const struct world *world, const struct teller *teller)
{
	const struct history *history = &world->history;

	tell(teller, "good_before", history->good_before);
	tell(teller, "good_after", history->good_after);
	tell(teller, "behind_good", history->behind_good);
	tell(teller, "honest_bans", (double)history->honest_bans);
	tell(teller, "honest_suspicions", (double)history->honest_suspicions);
	tell(teller, "bans_by", history->bans_by);
	tell(teller, "bans_of", history->bans_of);
	tell_struck(world, teller);
}

void history_tell(struct world *world, const char *strategy, uint64_t seed, FILE *out)
{
	struct teller teller = {out, world->scenario.name, strategy, seed};
	const struct history *history = &world->history;
	double hours = node_hours(world);
	double looks = history->looks > 0 ? history->looks : 1;

	tell(&teller, "bad_in", (double)history->bad_in / hours);
	tell(&teller, "bad_in_fork", (double)history->bad_in_of[KIND_WRONG_FORK] / hours);
	tell(&teller, "bad_in_mute", (double)history->bad_in_of[KIND_MUTE] / hours);
	tell(&teller, "bad_in_flaky", (double)history->bad_in_of[KIND_FLAKY] / hours);
	tell(&teller, "bad_in_slow", (double)history->bad_in_of[KIND_SLOW] / hours);
	for (int kind = KIND_WRONG_FORK; kind < KINDS; kind++) {
		char figure[32];

		snprintf(figure, sizeof(figure), "again_in_%c", "hfmysa"[kind]);
		tell(&teller, figure, (double)history->again_in[kind] / hours);
		snprintf(figure, sizeof(figure), "again_out_%c", "hfmysa"[kind]);
		tell(&teller, figure, (double)history->again_out[kind] / hours);
	}
	tell(&teller, "bad_out", (double)history->bad_out / hours);
	tell(&teller, "repeats", (double)history->repeats / hours);
	tell(&teller, "first_bad_per_link",
	     history->gained ? (double)history->first_bad / (double)history->gained : 0);
	tell(&teller, "gained", (double)history->gained / hours);
	tell(&teller, "half_life_min", half_life_min(world));
	tell(&teller, "good_links", history->good_share / looks);
	tell(&teller, "bad_links", history->bad_share / looks);
	tell(&teller, "refused_ban", (double)history->refused[REFUSAL_BAN] / hours);
	tell(&teller, "refused_suspect", (double)history->refused[REFUSAL_SUSPECT] / hours);
	tell(&teller, "refused_full", (double)history->refused[REFUSAL_FULL] / hours);
	tell(&teller, "gini", gini(world));
	tell_newcomers(world, &teller);
	if (world->scenario.attack)
		tell_attack(history, &teller);
	if (world->scenario.twist)
		tell_twist(world, &teller);
}
