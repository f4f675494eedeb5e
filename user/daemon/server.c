/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "log.h"
#include "server_events.h"
#include "server_witness.h"
#include "subscriptions.h"

enum { TICK_MS = 1000, GUARD_EACH_TICKS = 10 };

static bool anybody_listens(const struct server *self)
{
	return subscriptions_any(&self->common) || subscriptions_any(&self->admin);
}

void server_tell(struct server *self, json_t *event)
{
	if (event && anybody_listens(self)) {
		subscriptions_tell(&self->common, event);
		subscriptions_tell(&self->admin, event);
	}
	json_decref(event);
}

static void on_decision(void *context, const struct decision *decision)
{
	struct server *self = context;

	if (anybody_listens(self))
		server_tell(self, event_decision(decision));
}

static void take_event(void *context, const struct event *event)
{
	struct server *self = context;

	if (anybody_listens(self))
		server_tell(self, event_judgement(event, &self->engine.config));
}

static void on_events(uv_poll_t *poll, int status, int ready)
{
	struct server *self = poll->data;

	(void)ready;
	if (!status)
		gate_events(self->engine.gate, take_event, self);
}

static void on_sightings(uv_poll_t *poll, int status, int ready)
{
	(void)ready;
	if (!status)
		server_witness_read(poll->data);
}

static void take_link(void *context, const struct gate_interface *now)
{
	struct server *self = context;

	if (now->rung == RUNG_AUTO)
		log_warning("%s is not gated now: %s", now->name, now->note);
	else
		log_info("%s is gated again%s%s", now->name, now->note[0] ? ": " : "", now->note);
	server_tell(self, event_interface(now));
}

static void on_links(uv_poll_t *poll, int status, int ready)
{
	struct server *self = poll->data;

	(void)ready;
	if (status)
		return;
	gate_links(self->engine.gate, take_link, self);
	/* Addresses come and go with interfaces. */
	engine_refresh_guard(&self->engine);
}

void server_stop(struct server *self)
{
	self->stopping = true;
}

static void on_second(uv_timer_t *timer)
{
	struct server *self = timer->data;
	struct why why = {""};
	int error = engine_tick(&self->engine, &why);

	if (error == -ESTALE) {
		/* An operator's will, not a failure to be restarted after. */
		log_warning("%s; nothing is gated any more: exiting", why.sentence);
		server_stop(self);
	} else if (error) {
		log_error("%s", why.sentence);
	}
	store_tick(&self->store);
	processes_tick(&self->processes);
	if (++self->ticks % GUARD_EACH_TICKS == 0)
		engine_refresh_guard(&self->engine);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct server *self = handle->data;

	if (number == SIGHUP) {
		server_reload(self);
		return;
	}
	log_info("%s: exiting; the gate stays, bans go on, the lease ends",
		 number == SIGTERM ? "SIGTERM" : "SIGINT");
	server_stop(self);
}

/* Answers of one turn of the loop leave together. */
static void flush(struct server *self)
{
	listener_flush(&self->common);
	listener_flush(&self->admin);
	if (self->stopping && !store_waits(&self->store))
		uv_stop(&self->loop);
}

static void before_poll(uv_prepare_t *handle)
{
	struct server *self = handle->data;

	engine_flush(&self->engine);
	server_census_turn(self);
	if (store_turn(&self->store))
		turn_want(&self->turn);
	turn_end(&self->turn);
	flush(self);
	turn_end(&self->turn);
}

static void after_poll(uv_check_t *handle)
{
	struct server *self = handle->data;

	server_witness_turn(self);
	flush(self);
}

static int watch(struct server *self, uv_poll_t *poll, int fd, uv_poll_cb on_ready, struct why *why)
{
	int error;

	poll->data = self;
	if (fd < 0)
		return 0;
	error = uv_poll_init(&self->loop, poll, fd);
	if (!error)
		error = uv_poll_start(poll, UV_READABLE, on_ready);
	return error ? why_fill(why, error, "the loop: %s", uv_strerror(error)) : 0;
}

static void start_handles(struct server *self)
{
	static const int numbers[SERVER_SIGNALS] = {SIGHUP, SIGTERM, SIGINT};

	for (int i = 0; i < SERVER_SIGNALS; i++) {
		uv_signal_init(&self->loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, numbers[i]);
	}
	turn_init(&self->turn, &self->loop);
	uv_prepare_init(&self->loop, &self->before_poll);
	uv_check_init(&self->loop, &self->after_poll);
	uv_timer_init(&self->loop, &self->second);
	self->before_poll.data = self->after_poll.data = self->second.data = self;
	uv_prepare_start(&self->before_poll, before_poll);
	uv_check_start(&self->after_poll, after_poll);
	uv_timer_start(&self->second, on_second, 0, TICK_MS);
}

static int check_all(const struct server *self, struct why *why)
{
	const struct config *config = &self->engine.config;

	return gate_check(self->engine.gate, config->interfaces, config->interface_count,
			  config->attach, config->gate_lo, why);
}

static int attach_all(struct server *self, struct why *why)
{
	const struct config *config = &self->engine.config;
	int error = 0;

	for (unsigned int i = 0; i < config->interface_count && !error; i++)
		error = gate_attach(self->engine.gate, config->interfaces[i], config->attach,
				    config->gate_lo, why);
	return error;
}

void server_detach_unwanted(struct server *self)
{
	struct gate_interface held[GATE_INTERFACES_MAX];
	unsigned int count = gate_interfaces(self->engine.gate, held, GATE_INTERFACES_MAX);

	for (unsigned int i = 0; i < count; i++) {
		struct why why = {""};

		if (config_has_interface(&self->engine.config, held[i].name))
			continue;
		if (gate_detach(self->engine.gate, held[i].name, &why))
			log_error("%s", why.sentence);
		else
			log_info("%s is not named any more: detached", held[i].name);
	}
}

static int listen_both(struct server *self, gid_t group, struct why *why)
{
	const char *dir = self->engine.config.run_dir;
	int error;

	if (mkdir(dir, 0755) && errno != EEXIST)
		return why_fill(why, -errno, "%s: %s", dir, strerror(errno));
	error = listener_open(&self->common, self, "peergate.ipc", false, 0660, group, why);
	if (!error)
		error = listener_open(&self->admin, self, "admin.ipc", true, 0600, (gid_t)-1, why);
	return error;
}

int server_open(struct server *self, const struct config *config, struct gate *gate,
		const struct options *options, gid_t group, struct why *why)
{
	int error = uv_loop_init(&self->loop);

	if (error)
		return why_fill(why, error, "the loop: %s", uv_strerror(error));
	self->options = options;
	error = namespaces_open(&self->namespaces, config, why);
	if (!error)
		error = engine_open(&self->engine, config, gate, self->namespaces, why);
	if (error)
		return error;
	self->engine.decided = on_decision;
	self->engine.context = self;
	server_witness_open(self);
	start_handles(self);
	error = check_all(self, why);
	if (!error)
		error = listen_both(self, group, why);
	if (!error)
		error = watch(self, &self->events, gate_events_fd(gate), on_events, why);
	if (!error)
		error = watch(self, &self->links, gate_links_fd(gate), on_links, why);
	if (!error)
		error = watch(self, &self->sightings, gate_sightings_fd(gate), on_sightings, why);
	/* Last: whatever can fail has failed before anything is attached. */
	if (!error)
		error = attach_all(self, why);
	if (error)
		return error;
	server_detach_unwanted(self);
	error = processes_open(&self->processes, &self->loop, &self->engine, why);
	/* When the door is open: what it does not see is counted now. */
	if (!error)
		server_census_start(self);
	if (!error)
		server_witness_warn(self);
	return error;
}

/* What was promised to be durable and is not is said as such, before anybody reads it. */
static void on_batch(void *context)
{
	struct server *self = context;

	if (self->store.failed != self->store.done)
		return;
	listener_unkept(&self->common, self->store.note.sentence);
	listener_unkept(&self->admin, self->store.note.sentence);
}

int server_restore(struct server *self, struct why *why)
{
	const struct config *config = &self->engine.config;
	uint64_t began_ns = uv_hrtime();
	bool held = gate_holds(self->engine.gate);
	int error;

	self->store.over = on_batch;
	self->store.context = self;
	store_open(&self->store, &self->loop, self->engine.policy, config->store);
	engine_write_begin(&self->engine);
	store_restore(&self->store, held);
	error = engine_restore(&self->engine, held, why);
	if (!error && self->store.state != STORE_OFF)
		log_info("%s: %llu records are back, and in the kernel, in %.0f ms", config->store,
			 (unsigned long long)self->store.records,
			 (double)(uv_hrtime() - began_ns) / 1e6);
	return error;
}

void server_run(struct server *self)
{
	uv_run(&self->loop, UV_RUN_DEFAULT);
}

static void close_one(uv_handle_t *handle, void *context)
{
	(void)context;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void server_close(struct server *self)
{
	listener_close(&self->common);
	listener_close(&self->admin);
	processes_close(&self->processes);
	uv_walk(&self->loop, close_one, NULL);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
	processes_free(&self->processes);
	rank_question_free(&self->rank);
	rank_question_free(&self->early.question);
	report_list_free(&self->reports);
	store_close(&self->store);
	engine_close(&self->engine);
	namespaces_close(self->namespaces);
}

json_t *server_clients(const struct server *self)
{
	return json_pack("{s:i, s:i, s:I}", "common", (int)self->common.count, "admin",
			 (int)self->admin.count, "refused",
			 (json_int_t)(self->common.refused + self->admin.refused));
}
