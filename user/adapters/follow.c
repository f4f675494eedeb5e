/* SPDX-License-Identifier: BSD-2-Clause */
#include "follow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>

#include "finder.h"
#include "follow_state.h"
#include "last_moment.h"
#include "log.h"

enum { COUNTS_EACH_MS = 60 * 1000, RETRY_MS = 1000 };

int64_t follow_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void say_counts(const struct follow *self)
{
	const struct follower_counts *counts = &self->follower.counts;

	log_info("follow: %" PRIu64 " lines, %" PRIu64 " reports (%" PRIu64 " taken, %" PRIu64
		 " refused, %" PRIu64 " dropped, %zu waiting), %" PRIu64
		 " disputed; skipped: %" PRIu64 " no entries, %" PRIu64 " unproven, %" PRIu64
		 " near those, %" PRIu64 " too long, %" PRIu64 " cut, %" PRIu64
		 " from the future, %" PRIu64 " without a peer or with a false address",
		 counts->lines, counts->news, self->sender.sent, self->sender.refused,
		 self->sender.dropped, json_array_size(self->sender.waiting), counts->disputed,
		 counts->malformed, counts->unproven, counts->foreign,
		 self->follower.lines.too_long, self->follower.lines.cut, counts->future,
		 counts->odd);
}

static void on_counts(uv_timer_t *timer)
{
	struct follow *self = timer->data;
	uint64_t told = self->follower.counts.news + follower_skipped(&self->follower) +
			self->sender.sent + self->sender.dropped;

	if (told != self->told)
		say_counts(self);
	self->told = told;
}

static void print(const struct news *news, const char *service)
{
	json_t *report = news_json(news, service);

	if (report && !json_dumpf(report, stdout, JSON_COMPACT))
		fputc('\n', stdout);
	json_decref(report);
}

static void on_news(void *context, const struct news *news)
{
	struct follow *self = context;

	if (self->settings->dry_run)
		print(news, self->settings->service);
	else
		sender_put(&self->sender, news_json(news, self->settings->service));
}

static void on_retry(uv_timer_t *timer);

void follow_flush(struct follow *self)
{
	int error;

	if (self->settings->dry_run) {
		fflush(stdout);
		return;
	}
	error = sender_flush(&self->sender);
	if (error && !self->gone)
		log_warning("follow: the daemon takes no reports (%s): up to %d wait for it",
			    self->sender.why.sentence, SENDER_WAITING_MAX);
	else if (!error && self->gone)
		log_info("follow: the daemon takes reports again");
	else if (!error && self->sender.why.sentence[0])
		log_warning("follow: a report was refused: %s", self->sender.why.sentence);
	self->sender.why = (struct why){0};
	self->gone = error;
	/* When it is back it may have other services. */
	if (error) {
		self->service[0] = '\0';
		self->service_asked = false;
		uv_timer_start(&self->retry, on_retry, RETRY_MS, 0);
	}
}

static void on_retry(uv_timer_t *timer)
{
	follow_flush(timer->data);
}

/* In such a form nobody can tell the node's words from a peer's: the operator should know. */
static void advise(struct follow *self)
{
	if (self->follower.counts.unproven && !self->advised)
		log_warning(
			"follow: %s is of a form in which a peer's words can look like whole "
			"entries: "
			"nothing in it is believed that nobody else bears out; follow the node's "
			"standard error, or start it with --log-format=json",
			self->settings->name);
	self->advised = self->follower.counts.unproven;
}

/* While the daemon is away only the timer asks for it: a storm of lines must not wait for a connect each. */
static void on_bytes(void *context, const char *bytes, size_t length)
{
	struct follow *self = context;

	follower_feed(&self->follower, bytes, length, follow_now_ms());
	advise(self);
	if (!self->gone)
		follow_flush(self);
}

static void on_before(void *context, const char *bytes, size_t length)
{
	struct follow *self = context;

	follower_skip(&self->follower, bytes, length);
}

static void on_restarted(void *context)
{
	struct follow *self = context;

	log_info("follow: %s begins anew", self->settings->name);
	follower_restart(&self->follower);
}

static void close_handle(uv_handle_t *handle, void *context)
{
	(void)context;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void on_signal(uv_signal_t *signal, int number)
{
	(void)number;
	uv_stop(signal->loop);
}

static void on_input_ended(void *context)
{
	struct follow *self = context;

	uv_stop(&self->loop);
}

/* --- the node --- */

/* Its process may end and come back with another log or API. */
static void on_look(uv_timer_t *timer)
{
	struct follow *self = timer->data;
	enum finder_change change = finder_look(self->settings->finder, self->settings);
	struct why why = {0};

	self->again = change == FINDER_SOURCE;
	if (self->again)
		uv_stop(&self->loop);
	else if (change == FINDER_API && follow_open_api(self, &why))
		log_warning("follow: %s", why.sentence);
}

/* --- reading --- */

static void find_end(struct follow *self)
{
	int64_t last_ms, shift_ms;

	if (!source_file(&self->source) ||
	    follower_last_moment(&self->follower, source_file(&self->source), &last_ms))
		return;
	shift_ms = timeline_ends(&self->follower.timeline, last_ms, follow_now_ms());
	if (shift_ms)
		log_info("follow: %s ends %.3f s ago: all its times are moved so that it ends now",
			 self->settings->name, (double)shift_ms / 1000);
}

static int start_reading(struct follow *self, struct why *why)
{
	const struct tail_output output = {self, on_before, on_bytes, on_restarted};
	const struct follow_settings *settings = self->settings;
	int error = source_init(&self->source, settings->kind, settings->name, why);

	if (error)
		return error;
	if (settings->from_start)
		find_end(self);
	error = source_start(&self->source, &self->loop, settings->from_start, &output,
			     on_input_ended, why);
	if (error || settings->kind == SOURCE_INPUT)
		return error;
	if (self->source.tailing && self->source.tail.fd < 0)
		log_info("follow: %s is not there yet: waiting for it", settings->name);
	else if (!settings->from_start)
		log_info("follow: %s from its end on", settings->name);
	return 0;
}

static enum timeline_kind kind_of(const struct follow_settings *settings)
{
	if (settings->dry_run)
		return TIMELINE_OWN;
	if (settings->kind == SOURCE_INPUT)
		return TIMELINE_STREAM;
	return settings->from_start ? TIMELINE_FILE : TIMELINE_LIVE;
}

static void start_loop(struct follow *self)
{
	uv_loop_init(&self->loop);
	uv_signal_init(&self->loop, &self->interrupt);
	uv_signal_init(&self->loop, &self->terminate);
	uv_timer_init(&self->loop, &self->counts);
	uv_timer_init(&self->loop, &self->retry);
	uv_timer_init(&self->loop, &self->tick);
	uv_timer_init(&self->loop, &self->look);
	self->counts.data = self->retry.data = self->tick.data = self->look.data = self;
	uv_signal_start(&self->interrupt, on_signal, SIGINT);
	uv_signal_start(&self->terminate, on_signal, SIGTERM);
	uv_timer_start(&self->counts, on_counts, COUNTS_EACH_MS, COUNTS_EACH_MS);
	if (self->settings->finder)
		uv_timer_start(&self->look, on_look, FINDER_LOOK_MS, FINDER_LOOK_MS);
}

/* A read of standard input cannot be taken back: the loop is left as it is then, and ends with the process. */
static bool stop_loop(struct follow *self)
{
	bool is_over = source_stop(&self->source) || !uv_loop_alive(&self->loop);

	api_close(self->api);
	self->api = NULL;
	if (!is_over)
		return false;
	uv_walk(&self->loop, close_handle, NULL);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
	return true;
}

/* A dry run over what is there ends with it. */
static bool is_done(const struct follow *self)
{
	return self->settings->kind != SOURCE_INPUT && self->settings->dry_run &&
	       self->settings->from_start;
}

/* Standard input has ended: who waits for a daemon now waits for ever. */
static int tell_undelivered(const struct follow *self, struct why *why)
{
	size_t waiting = json_array_size(self->sender.waiting);

	if (!waiting)
		return 0;
	return why_fill(why, -ECONNREFUSED, "%zu reports were not delivered: no daemon took them",
			waiting);
}

/* The log has ended, or the user wants no more: what is left is told. */
static int finish(struct follow *self, struct why *why)
{
	lines_restart(&self->follower.lines);
	follower_finish(&self->follower);
	follow_flush(self);
	say_counts(self);
	return self->settings->kind == SOURCE_INPUT ? tell_undelivered(self, why) : 0;
}

/* @ret_is_over: nothing uses the memory any more. */
static int run(struct follow *self, bool *ret_is_over, struct why *why)
{
	int error = follower_init(&self->follower, self->settings->dialect, kind_of(self->settings),
				  JOIN_PEERS_MAX, on_news, self);

	if (error)
		return why_fill(why, error, "no memory to follow a log");
	start_loop(self);
	error = follow_open_api(self, why);
	if (!error)
		error = start_reading(self, why);
	if (!error && is_done(self))
		source_drain(&self->source);
	else if (!error)
		uv_run(&self->loop, UV_RUN_DEFAULT);
	if (!error)
		error = finish(self, why);
	*ret_is_over = stop_loop(self);
	return error;
}

/* Another log: what waits for the daemon goes on waiting, all else begins anew, at that log's end. */
static void begin_anew(struct follow *self)
{
	follower_release(&self->follower);
	self->source = (struct source){0};
	self->settings->from_start = false;
	self->again = self->advised = false;
	self->told = 0;
}

int follow_run(struct follow_settings *settings, struct why *why)
{
	struct follow *self = calloc(1, sizeof(*self));
	bool is_over = true;
	int error;

	if (!self || sender_init(&self->sender, settings->socket)) {
		free(self);
		return why_fill(why, -ENOMEM, "no memory to follow a log");
	}
	self->settings = settings;
	while (!(error = run(self, &is_over, why)) && self->again)
		begin_anew(self);
	sender_release(&self->sender);
	/* A thread may still wait for standard input in this memory. */
	if (!is_over)
		return error;
	follower_release(&self->follower);
	free(self);
	return error;
}
