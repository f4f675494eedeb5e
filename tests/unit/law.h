/* SPDX-License-Identifier: BSD-2-Clause */
/* law: plays thousands of short random histories against one law; a failure tells its seed. */
#ifndef LAW_H
#define LAW_H

#include "history_steps.h"

/* What @condition says must be so; else the seed and the step are told. */
#define HOLDS(history, condition, ...)                                  \
	do {                                                            \
		if (!(condition))                                       \
			law_broken((history), #condition, __VA_ARGS__); \
	} while (0)

static inline const char *step_text(const struct history *self, char ret[256])
{
	static const char *const kinds[STEP_KINDS] = {"report",	  "churn",   "operator", "node",
						      "capacity", "protect", "question", "wait"};
	const struct step *step = &self->step;
	char addr[ADDR_TEXT_MAX] = "-";

	if (step->source < SOURCES) {
		const struct addr at = source_addr(step->source);

		addr_text(&at, addr);
	}
	snprintf(ret, 256, "%10.3f s %s %s %s event %d result %d %s%s off %lld s",
		 (double)(self->stage.now_ns - self->stage.start_ns) / 1e9, kinds[step->kind],
		 step->report.peer, addr, step->report.event, step->report.result,
		 step->report.second_hand ? "follower " : "",
		 step->report.direction == DIRECTION_OUTBOUND ? "outbound" : "",
		 ((long long)step->at_ns - (long long)self->stage.now_ns) / (long long)S);
	return ret;
}

static inline void law_broken(const struct history *self, const char *condition, const char *format,
			      ...) __attribute__((format(printf, 3, 4)));

static inline void law_broken(const struct history *self, const char *condition, const char *format,
			      ...)
{
	char step[256], what[256];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	print_message("# SEED=%llu %s: step %u: %s\n", (unsigned long long)self->seed,
		      program_invocation_name, self->count, step_text(self, step));
	fail_msg("%s: %s", what, condition);
}

static inline void law_open(struct history *self, const struct law *law, uint64_t seed)
{
	const struct shape *shape = law->shape;
	struct why why = {""};

	*self = (struct history){.shape = shape, .seed = seed, .dice = seed * 77 + 1};
	policy_settings_default(&self->settings);
	self->settings.peers_max = shape->peers_max ? shape->peers_max : 64;
	self->settings.sources_max = shape->sources_max ? shape->sources_max : 64;
	self->settings.share_permille = shape->share_permille ? shape->share_permille : 500;
	self->settings.prefixes_max = 32;
	self->settings.protected_max = 16;
	self->settings.networks_max = 64;
	if (stage_open(&self->stage, &self->settings, seed, (shape->is_cold ? 0 : 600) * S, &why))
		fail_msg("%s", why.sentence);
	self->own = law->own_size ? calloc(1, law->own_size) : NULL;
}

static inline void law_close(struct history *self)
{
	stage_close(&self->stage);
	free(self->own);
}

/* Digests of what was decided. */
struct verdict_digest {
	uint64_t all, verdicts; /* with floors and neighbours; decisions only */
};

static inline struct verdict_digest law_live(const struct law *law, uint64_t seed, bool tells)
{
	static struct history history; /* reachable when a check leaves it by a long jump */
	char text[256];
	struct verdict_digest digest;

	law_open(&history, law, seed);
	if (law->begin)
		law->begin(&history);
	for (history.count = 1; history.count <= law->shape->steps; history.count++) {
		history_draw(&history);
		if (law->before)
			law->before(&history);
		if (tells)
			print_message("# %3u %s\n", history.count, step_text(&history, text));
		history_take(&history);
		HOLDS(&history, !history.stage.fault, "%s", history.stage.fault);
		if (law->after)
			law->after(&history);
	}
	if (law->end)
		law->end(&history);
	digest = (struct verdict_digest){history.stage.digest ^ history.stage.told,
					 history.stage.verdicts};
	law_close(&history);
	return digest;
}

/* All seeds, or the one that the environment names. */
static inline void law_try(const struct law *law)
{
	const char *only = getenv("SEED");

	if (only) {
		law_live(law, strtoull(only, NULL, 10), true);
		return;
	}
	for (uint64_t seed = 1; seed <= seeds(); seed++)
		law_live(law, seed, false);
}

#endif
