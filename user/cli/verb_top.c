/* SPDX-License-Identifier: BSD-2-Clause */
/* top: who is refused and why, now, redrawn each second on a terminal, or told as plain text. */
#include <errno.h>
#include <inttypes.h>
#include <peergate/words.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "listing.h"
#include "refusals.h"
#include "screen.h"
#include "span.h"
#include "verb.h"

enum { OPTION_ONCE = 1, PLAIN_SOURCES = 20, LINES_BESIDE_SOURCES = 7 };

static const struct argp_option options[] = {
	{"once", OPTION_ONCE, NULL, 0, "tell once, of one second, and end", 0},
	{"count", 'n', "COUNT", 0, "tell so often, and end", 0},
	{0},
};

struct top {
	struct peergate *peergate;
	struct refusals refusals;
	struct output *output;
	json_t *status;
	int64_t counted_ms;
	bool on_screen;
	unsigned long left; /* how often still; 0: until it is ended */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static unsigned int tell_reasons(const struct top *self, struct output *output)
{
	static const struct listing_column columns[] = {
		{"reason", false}, {"refused/s", true}, {"would be/s", true}, {"in all", true}};
	struct listing listing;
	unsigned int rows = 0;

	listing_init(&listing, columns, 4);
	for (unsigned int i = 0; i < REASONS; i++) {
		const struct refusal_reason *reason = &self->refusals.reasons[i];

		if (!(reason->totals[REFUSED] + reason->totals[WOULD_BE_REFUSED]))
			continue;
		listing_cell(&listing, TONE_PLAIN, "%s", reason_word(i));
		listing_cell(&listing, TONE_PLAIN, "%.0f", reason->rates[REFUSED]);
		listing_cell(&listing, TONE_PLAIN, "%.0f", reason->rates[WOULD_BE_REFUSED]);
		listing_cell(&listing, TONE_PLAIN, "%" PRIu64,
			     reason->totals[REFUSED] + reason->totals[WOULD_BE_REFUSED]);
		rows++;
	}
	listing_finish(&listing, output);
	return rows;
}

static void tell_sources(struct top *self, struct output *output, unsigned int most)
{
	static const struct listing_column columns[] = {
		{"source", false}, {"about/s", true}, {"reason", false}};
	struct listing listing;

	refusals_sort(&self->refusals);
	listing_init(&listing, columns, 3);
	for (unsigned int i = 0; i < self->refusals.source_count && i < most; i++) {
		const struct refusal_source *source = &self->refusals.sources[i];

		listing_cell(&listing, TONE_PLAIN, "%s", source->address);
		listing_cell(&listing, TONE_PLAIN, "%.1f",
			     refusal_estimate(&self->refusals, source));
		listing_cell(&listing, TONE_PLAIN, "%s", reason_word(source->reason));
	}
	listing_finish(&listing, output);
}

/* @height: how many lines there is room for; 0: as many as are of use. */
static void tell(struct top *self, struct output *output, int height)
{
	char moment[SPAN_TEXT_MAX];
	time_t now = time(NULL);
	unsigned int rows;
	int room;

	output_words(output, TONE_PLAIN, "%s  mode %s", moment_text(now, now, moment),
		     answer_text(self->status, "mode", "?"));
	if (peergate_missed(self->peergate))
		output_words(output, TONE_PLAIN, ", %" PRIu64 " samples missed",
			     peergate_missed(self->peergate));
	output_words(output, TONE_PLAIN, "%s\n\n", self->on_screen ? "  (q ends)" : "");
	rows = tell_reasons(self, output);
	output_words(output, TONE_PLAIN, "\n");
	room = height - LINES_BESIDE_SOURCES - (int)rows;
	tell_sources(self, output, height ? (room > 0 ? (unsigned int)room : 0) : PLAIN_SOURCES);
}

static void draw(struct top *self)
{
	struct output page = {.form = &output_text};
	char *text = NULL;
	size_t length;

	page.file = open_memstream(&text, &length);
	if (!page.file)
		return;
	tell(self, &page, screen_height());
	fclose(page.file);
	screen_show(text);
	free(text);
}

static json_t *sources_json(struct refusals *refusals)
{
	json_t *sources = json_array();

	refusals_sort(refusals);
	for (unsigned int i = 0; i < refusals->source_count; i++) {
		const struct refusal_source *source = &refusals->sources[i];

		json_array_append_new(sources,
				      json_pack("{s:s, s:s, s:f}", "addr", source->address,
						"reason", reason_word(source->reason), "per_second",
						refusal_estimate(refusals, source)));
	}
	return sources;
}

static void dump(struct top *self)
{
	json_t *reasons = json_array(), *value;

	for (unsigned int i = 0; i < REASONS; i++) {
		const struct refusal_reason *reason = &self->refusals.reasons[i];

		if (reason->totals[REFUSED] + reason->totals[WOULD_BE_REFUSED])
			json_array_append_new(
				reasons,
				json_pack("{s:s, s:f, s:f, s:I, s:I}", "reason", reason_word(i),
					  "refused_per_second", reason->rates[REFUSED],
					  "would_refuse_per_second",
					  reason->rates[WOULD_BE_REFUSED], "refused",
					  (json_int_t)reason->totals[REFUSED], "would_refuse",
					  (json_int_t)reason->totals[WOULD_BE_REFUSED]));
	}
	value = json_pack("{s:o, s:o}", "reasons", reasons, "sources",
			  sources_json(&self->refusals));
	output_value(self->output, value, NULL);
	json_decref(value);
}

static int count(struct top *self, struct why *why)
{
	json_t *status = NULL;
	int64_t now = now_ms();
	int error = peergate_call(self->peergate, "gate_status", NULL, &status, why);

	if (error)
		return error;
	refusals_count(&self->refusals, json_object_get(status, "counters"),
		       (double)(now - self->counted_ms) / 1000);
	self->counted_ms = now;
	json_decref(self->status);
	self->status = status;
	return 0;
}

/* Takes samples until the second is over. 1: the screen was left. */
static int gather(struct top *self, struct why *why)
{
	struct pollfd waits[] = {{.fd = peergate_fd(self->peergate), .events = POLLIN},
				 {.fd = STDIN_FILENO, .events = POLLIN}};
	int64_t left;
	int error;

	while ((left = self->counted_ms + 1000 - now_ms()) > 0) {
		while (peergate_has_event(self->peergate)) {
			json_t *event = NULL;

			error = peergate_next(self->peergate, &event, why);
			if (error)
				return error;
			refusals_sample(&self->refusals, event);
			json_decref(event);
		}
		poll(waits, self->on_screen ? 2 : 1, (int)left);
		if (self->on_screen && screen_is_left())
			return 1;
	}
	return 0;
}

static void show(struct top *self)
{
	if (self->on_screen)
		draw(self);
	else if (self->output->form->is_text)
		tell(self, self->output, 0);
	else
		dump(self);
	output_flush(self->output);
}

static int turn(struct top *self, struct why *why)
{
	int error = gather(self, why);

	if (!error)
		error = count(self, why);
	if (error)
		return error;
	show(self);
	return self->left && !--self->left ? 1 : 0;
}

static int subscribe(struct top *self, struct why *why)
{
	json_t *params = json_pack("[s]", "events"), *result = NULL;
	int error = peergate_call(self->peergate, "gate_subscribe", params, &result, why);

	json_decref(params);
	json_decref(result);
	return error;
}

static int read_count(const struct arguments *arguments, unsigned long *ret)
{
	const char *count = arguments->options['n'];
	char *end;

	if (arguments->options[OPTION_ONCE])
		*ret = 1;
	if (!count)
		return 0;
	*ret = strtoul(count, &end, 10);
	if (count[0] < '0' || count[0] > '9' || *end || !*ret)
		return cli_usage("\"%s\" is no number of times", count);
	return 0;
}

static int run_until_end(struct top *self)
{
	struct why why = {0};
	int error = subscribe(self, &why);

	if (!error)
		error = count(self, &why);
	if (!error && self->output->form->is_text && !self->left)
		self->on_screen = !screen_open();
	if (!error && self->on_screen)
		draw(self);
	while (!error)
		error = turn(self, &why);
	if (self->on_screen)
		screen_close();
	return error < 0 ? cli_fail(error, &why) : EXIT_DONE;
}

static int run(struct cli *cli, const struct arguments *arguments)
{
	struct top *self = calloc(1, sizeof(*self));
	int status;

	if (!self)
		return cli_fail(-ENOMEM, NULL);
	status = read_count(arguments, &self->left);
	if (!status)
		status = cli_connect(cli, &self->peergate);
	if (!status) {
		self->output = &cli->output;
		status = run_until_end(self);
		json_decref(self->status);
		peergate_close(self->peergate);
	}
	free(self);
	return status;
}

const struct verb verb_top = {
	.name = "top",
	.help = "Show who is refused and why, redrawn each second",
	.more = "Rates by reason are counted; those by source are estimated from samples. Where "
		"standard "
		"output is no terminal, and with --once or -n, it is plain text.",
	.options = options,
	.run = run,
};
