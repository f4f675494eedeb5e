/* SPDX-License-Identifier: BSD-2-Clause */
/* The node's API beside its log: whose address is whose, and how full the node is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "follow_state.h"
#include "log.h"

enum { TICK_MS = 1000 };

/* --- how full the node is --- */

/* "tcp:13000", or "tcp:HOST:CONTAINER": the last number is the port that the node itself has. */
static bool is_port(const char *told, const char *transport, uint16_t port)
{
	const char *colon = strrchr(told, ':');

	return port && colon && !strncmp(told, transport, strlen(transport)) &&
	       strtoul(colon + 1, NULL, 10) == port;
}

static bool has_ports(const json_t *service, const struct follow_settings *settings)
{
	const json_t *told;
	size_t i;

	json_array_foreach (json_object_get(service, "ports"), i, told) {
		const char *text = json_string_value(told);

		if (text && (is_port(text, "tcp:", settings->tcp) ||
			     is_port(text, "quic:", settings->quic)))
			return true;
	}
	return false;
}

static void choose_service(struct follow *self, const json_t *status)
{
	const char *name = NULL;
	const json_t *service;
	unsigned int count = 0;
	size_t i;

	json_array_foreach (json_object_get(status, "services"), i, service) {
		if (!has_ports(service, self->settings))
			continue;
		name = json_string_value(json_object_get(service, "name"));
		count++;
	}
	if (count == 1 && name) {
		snprintf(self->service, sizeof(self->service), "%s", name);
		log_info("follow: how full the node is is told of the service %s", name);
	} else {
		log_info("follow: how full the node is is not told: %s of the daemon's services "
			 "has its ports "
			 "tcp:%u, quic:%u; --service NAME says which is meant",
			 count ? "more than one" : "none", self->settings->tcp,
			 self->settings->quic);
	}
}

/* Whose fullness it is: as told, or the daemon's service that has the node's ports; it is asked once for each time that it is there. */
static const char *service_of(struct follow *self)
{
	json_t *none, *status = NULL;

	if (self->settings->service)
		return self->settings->service;
	if (!self->service[0] && !self->service_asked) {
		none = json_object();
		self->service_asked = !sender_ask(&self->sender, "gate_status", none, &status);
		if (self->service_asked)
			choose_service(self, status);
		json_decref(none);
		json_decref(status);
	}
	return self->service[0] ? self->service : NULL;
}

/* Each time that it is known; a daemon that is away is not waited for. */
static void tell_capacity(struct follow *self, uint32_t connected)
{
	const struct follow_settings *settings = self->settings;
	const char *service;
	json_t *params;

	if (!settings->peers_max || settings->dry_run || self->gone)
		return;
	service = service_of(self);
	if (!service)
		return;
	params = json_pack("{s:s, s:i, s:i}", "service", service, "max", (int)settings->peers_max,
			   "connected", (int)connected);
	if (sender_call(&self->sender, "gate_capacity", params) == -EREMOTE &&
	    !self->capacity_refused) {
		log_warning("follow: how full the node is was refused: %s",
			    self->sender.why.sentence);
		self->capacity_refused = true;
	}
	json_decref(params);
}

/* --- what the API says --- */

static void on_api_peer(void *context, const struct api_peer *peer)
{
	struct follow *self = context;

	follower_hears(&self->follower, peer->id, peer->has_addr ? &peer->addr : NULL, peer->way,
		       peer->state == API_CONNECTED, follow_now_ms());
}

static void on_api_answer(void *context, const struct api_counts *counts)
{
	struct follow *self = context;

	tell_capacity(self, counts->connected);
	follower_heard_all(&self->follower, follow_now_ms());
	if (!self->gone)
		follow_flush(self);
}

static void on_api_trouble(void *context, const char *sentence, uint64_t failures)
{
	(void)context;
	if (sentence)
		log_warning("follow: the node's API does not answer, the log is followed without "
			    "it: %s",
			    sentence);
	else
		log_info("follow: the node's API answers again, after %" PRIu64 " failures",
			 failures);
}

/* What waits for the API is looked at each second, and makes it be asked sooner. */
static void on_tick(uv_timer_t *timer)
{
	struct follow *self = timer->data;

	follower_tick(&self->follower, follow_now_ms());
	if (follower_waits(&self->follower))
		api_want(self->api);
	if (!self->gone)
		follow_flush(self);
}

int follow_open_api(struct follow *self, struct why *why)
{
	const struct api_output output = {self, on_api_peer, on_api_answer, on_api_trouble};

	api_close(self->api);
	self->api = NULL;
	/* The ports may be others, too. */
	self->service[0] = '\0';
	self->service_asked = false;
	if (!self->settings->api)
		return 0;
	if (!self->follower.book && follower_with_book(&self->follower))
		return why_fill(why, -ENOMEM, "no memory for the API's peers");
	uv_timer_start(&self->tick, on_tick, TICK_MS, TICK_MS);
	return api_open(&self->api, &self->loop, self->settings->api, &output, why);
}
