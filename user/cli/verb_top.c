/* SPDX-License-Identifier: BSD-2-Clause */
/* top: who is refused and why, now, redrawn each second on a terminal, or told as plain text. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "screen.h"
#include "top_page.h"
#include "verb.h"

enum { OPTION_ONCE = 1 };

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
	uint64_t missed; /* samples, as the daemon tells */
	bool on_screen;
	unsigned long left; /* how often still; 0: until it is ended */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static struct top_page page_of(struct top *self)
{
	return (struct top_page){.refusals = &self->refusals,
				 .mode = answer_text(self->status, "mode", "?"),
				 .missed = self->missed + peergate_missed(self->peergate)};
}

static void draw(struct top *self)
{
	const struct top_page top = page_of(self);
	struct output page = {.form = &output_text};
	char *text = NULL;
	size_t length;

	page.file = open_memstream(&text, &length);
	if (!page.file)
		return;
	top_page_tell(&top, &page, screen_height());
	fclose(page.file);
	screen_show(text);
	free(text);
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

/* Takes the samples that are there, until the second is over. */
static int take_samples(struct top *self, int64_t until_ms, struct why *why)
{
	json_t *event = NULL;
	int error;

	while (peergate_has_event(self->peergate) && now_ms() < until_ms) {
		error = peergate_next(self->peergate, &event, why);
		if (error)
			return error;
		refusals_sample(&self->refusals, event);
		self->missed += (uint64_t)answer_integer(event, "missed", 0);
		json_decref(event);
	}
	return 0;
}

/* Takes samples and keys until the second is over. 1: the screen was left. */
static int gather(struct top *self, struct why *why)
{
	struct pollfd waits[] = {{.fd = peergate_fd(self->peergate), .events = POLLIN},
				 {.fd = STDIN_FILENO, .events = POLLIN}};
	int64_t left_ms, until_ms = self->counted_ms + 1000;
	enum screen_input input;
	int error;

	while ((left_ms = until_ms - now_ms()) > 0) {
		error = take_samples(self, until_ms, why);
		if (error)
			return error;
		poll(waits, self->on_screen ? 2 : 1, (int)left_ms);
		input = self->on_screen ? screen_input() : SCREEN_NOTHING;
		if (input == SCREEN_LEFT)
			return 1;
		if (input == SCREEN_RESIZED)
			draw(self);
	}
	return 0;
}

static void print(struct top *self)
{
	const struct top_page top = page_of(self);
	json_t *value;

	if (self->output->form->is_text) {
		top_page_tell(&top, self->output, 0);
	} else {
		value = top_page_json(&top);
		output_value(self->output, value, NULL);
		json_decref(value);
	}
	output_flush(self->output);
}

static int turn(struct top *self, struct why *why)
{
	int error = gather(self, why);

	if (!error)
		error = count(self, why);
	if (error)
		return error;
	(self->on_screen ? draw : print)(self);
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
