/* SPDX-License-Identifier: BSD-2-Clause */
/* method_status: the state of everything, as numbers and words that scripts rely on (docs/WIRE.md). */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <peergate/words.h>

#include "methods.h"
#include "server.h"
#include "status_breaker.h"
#include "status_dial.h"
#include "status_processes.h"
#include "status_witness.h"
#include "units.h"
#include "witness_book.h"

enum { MAPS_MAX = 32 };

static json_t *interfaces(const struct gate *gate)
{
	struct gate_interface all[GATE_INTERFACES_MAX];
	unsigned int count = gate_interfaces(gate, all, GATE_INTERFACES_MAX);
	json_t *list = json_array();

	for (unsigned int i = 0; i < count; i++) {
		char tag[20];

		snprintf(tag, sizeof(tag), "%016llx", (unsigned long long)all[i].tag);
		json_array_append_new(
			list, json_pack("{s:s, s:I, s:s, s:s, s:b, s:b, s:s}", "name", all[i].name,
					"ifindex", (json_int_t)all[i].ifindex, "rung",
					all[i].rung == RUNG_AUTO ? "none" : rung_word(all[i].rung),
					"program_tag", tag, "attached", all[i].rung != RUNG_AUTO,
					"resets", all[i].resets, "note", all[i].note));
	}
	return list;
}

static json_t *doors(const struct gate *gate)
{
	struct gate_door *all = calloc(GATE_DOORS_MAX, sizeof(*all));
	unsigned int count = all ? gate_doors(gate, all, GATE_DOORS_MAX) : 0;
	json_t *list = json_array();

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "door",
						      door_word(all[i].door), "hook", all[i].hook,
						      "place", all[i].place, "rung",
						      all[i].on ? all[i].rung : "none", "on",
						      all[i].on, "note", all[i].note));
	free(all);
	return list;
}

static json_t *ports_of(const struct config *config, unsigned int service)
{
	json_t *ports = json_array();
	char text[24];

	for (unsigned int i = 0; i < config->port_count; i++) {
		const struct config_port *port = &config->ports[i];

		if (port->service != service)
			continue;
		if (port->container == port->key.port)
			snprintf(text, sizeof(text), "%s:%u", transport_word(port->key.transport),
				 port->key.port);
		else
			snprintf(text, sizeof(text), "%s:%u:%u",
				 transport_word(port->key.transport), port->key.port,
				 port->container);
		json_array_append_new(ports, json_string(text));
	}
	return ports;
}

static json_t *services(const struct engine *engine)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < engine->config.service_count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:i, s:o, s:i}", "name", engine->config.services[i],
					"id", (int)i, "ports", ports_of(&engine->config, i),
					"floor", (int)engine->settings.services[i].floor));
	return list;
}

struct count {
	const char *door, *family, *service;
	json_t *list;
};

static void add(const struct count *at, const char *verdict, const char *reason, uint64_t packets)
{
	if (packets)
		json_array_append_new(at->list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "door",
							  at->door, "family", at->family, "service",
							  at->service, "verdict", verdict, "reason",
							  reason, "packets", (json_int_t)packets));
}

/* The members of these structs are 64-bit words in the order of their enumeration. */
static void add_tally(const struct count *at, const struct tally *tally)
{
	const __u64 *passed = (const __u64 *)&tally->passed;
	const __u64 *refused = (const __u64 *)&tally->refused;
	const __u64 *would_refuse = (const __u64 *)&tally->would_refuse;

	for (unsigned int i = 0; i < CAUSES; i++)
		add(at, verdict_word(VERDICT_PASS), cause_word(i), passed[i]);
	for (unsigned int i = 0; i < REASONS; i++) {
		add(at, verdict_word(VERDICT_REFUSE), reason_word(i), refused[i]);
		add(at, verdict_word(VERDICT_WOULD_REFUSE), reason_word(i), would_refuse[i]);
	}
}

/* A service that a reload took away may still have counts. */
static const char *service_word(const struct config *config, unsigned int service)
{
	if (service == SERVICE_NONE)
		return "none";
	return service < config->service_count ? config->services[service] : "removed";
}

static json_t *counters(const struct engine *engine, uint64_t *ret_resets)
{
	struct tally tallies[COUNTERS];
	struct count at = {.list = json_array()};

	*ret_resets = 0;
	if (gate_counters(engine->gate, tallies))
		return at.list;
	for (unsigned int i = 0; i < COUNTERS; i++) {
		unsigned int service = i % SERVICE_SLOTS;

		at.door = door_word(i / SERVICE_SLOTS / FAMILIES);
		at.family = family_word(i / SERVICE_SLOTS % FAMILIES);
		at.service = service_word(&engine->config, service);
		add_tally(&at, &tallies[i]);
		*ret_resets += tallies[i].resets;
	}
	return at.list;
}

static json_t *maps(struct gate *gate)
{
	struct gate_map all[MAPS_MAX];
	unsigned int count = gate_maps(gate, all, MAPS_MAX);
	json_t *list = json_array();

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:b}", "name", all[i].name,
						      "entries", (json_int_t)all[i].entries, "max",
						      (json_int_t)all[i].max, "makes_room",
						      all[i].makes_room));
	return list;
}

static json_t *book(const struct engine *engine)
{
	struct policy_counts counts;

	policy_count(engine->policy, &counts);
	return json_pack(
		"{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
		"s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"peers", (json_int_t)counts.peers, "peers_max", (json_int_t)counts.peers_max,
		"sources", (json_int_t)counts.sources, "sources_max",
		(json_int_t)counts.sources_max, "prefixes", (json_int_t)counts.prefixes,
		"prefixes_max", (json_int_t)counts.prefixes_max, "bans", (json_int_t)counts.bans,
		"backoffs", (json_int_t)counts.backoffs, "trusted", (json_int_t)counts.trusted,
		"evicted", (json_int_t)counts.evicted, "reports", (json_int_t)counts.reports,
		"reports_ignored", (json_int_t)counts.reports_ignored, "uncorroborated",
		(json_int_t)counts.uncorroborated, "churns", (json_int_t)counts.churns, "bytes",
		(json_int_t)counts.bytes, "bytes_per_peer", (json_int_t)counts.bytes_per_peer,
		"bytes_per_source", (json_int_t)counts.bytes_per_source, "links",
		(json_int_t)counts.links, "links_max", (json_int_t)counts.links_max, "details",
		(json_int_t)counts.details, "details_max", (json_int_t)counts.details_max,
		"links_evicted", (json_int_t)counts.links_evicted, "details_evicted",
		(json_int_t)counts.details_evicted);
}

static json_t *privileges(const struct gate *gate)
{
	const char *why = "";
	uint64_t kept = gate_capabilities_kept(gate, &why);
	json_t *names = json_array();

	if (kept >> CAP_NET_ADMIN & 1)
		json_array_append_new(names, json_string("cap_net_admin"));
	if (kept >> CAP_BPF & 1)
		json_array_append_new(names, json_string("cap_bpf"));
	if (kept >> CAP_PERFMON & 1)
		json_array_append_new(names, json_string("cap_perfmon"));
	if (kept >> CAP_SYS_ADMIN & 1)
		json_array_append_new(names, json_string("cap_sys_admin"));
	return json_pack("{s:i, s:o, s:s}", "uid", (int)geteuid(), "kept", names, "why", why);
}

/* What an operator should see at once, a sentence each. */
static json_t *warnings(const struct engine *engine)
{
	struct gate_interface all[GATE_INTERFACES_MAX];
	struct gate_map held[MAPS_MAX];
	unsigned int count = gate_interfaces(engine->gate, all, GATE_INTERFACES_MAX);
	json_t *list = json_array();
	char blind[2 * WHY_MAX];

	for (unsigned int i = 0; i < count; i++)
		if (all[i].rung == RUNG_AUTO)
			json_array_append_new(list, json_sprintf("%s is not gated now: %s",
								 all[i].name, all[i].note));
	count = gate_maps(engine->gate, held, MAPS_MAX);
	for (unsigned int i = 0; i < count; i++)
		if (held[i].entries >= held[i].max / 5 * 4 && !held[i].makes_room)
			json_array_append_new(
				list, json_sprintf("the map %s holds %u of %u entries: raise "
						   "%s-max and restart",
						   held[i].name, held[i].entries, held[i].max,
						   held[i].name));
	if (book_warns(&engine->config, engine->gate, blind, sizeof(blind)))
		json_array_append_new(list, json_string(blind));
	if (engine->failures)
		json_array_append_new(list, json_sprintf("%llu decisions did not reach the kernel",
							 (unsigned long long)engine->failures));
	return list;
}

int method_status(struct rpc_caller *caller, json_t *params, json_t **ret_result, struct why *why)
{
	struct server *server = caller->server;
	struct engine *engine = &server->engine;
	struct utsname host = {0};
	uint64_t resets;
	json_t *list, *sentences;

	if (json_object_size(params))
		return why_fill(why, -EINVAL, "gate_status takes no parameters");
	uname(&host);
	list = counters(engine, &resets);
	sentences = warnings(engine);
	if (server->store.note.sentence[0])
		json_array_append_new(sentences, json_string(server->store.note.sentence));
	status_processes_warn(&server->processes, sentences);
	status_witness_warn(engine->gate, sentences);
	status_breaker_warn(engine->policy, sentences);
	status_dial_warn(engine->gate, &engine->settings, sentences);
	*ret_result = json_pack(
		"{s:s, s:s, s:I, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:f, s:o, s:I, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"version", PEERGATE_VERSION, "mode", mode_word(engine->settings.mode), "uptime_s",
		(json_int_t)((gate_now_ns() - engine->started_ns) / NS_PER_S), "kernel",
		host.release, "pid", (int)getpid(), "interfaces", interfaces(engine->gate), "doors",
		doors(engine->gate), "dial", status_dial(&engine->settings), "services",
		services(engine), "listeners", status_listeners(&server->processes), "lease_age_s",
		(double)gate_lease_age_ns(engine->gate) / NS_PER_S, "counters", list, "resets",
		(json_int_t)resets, "maps", maps(engine->gate), "witness",
		status_witness(engine->gate), "census", status_census(engine->gate), "book",
		book(engine), "breaker", status_breaker(engine->policy), "doubts",
		status_doubts(engine->policy), "store", store_status(&server->store), "privileges",
		privileges(engine->gate), "clients", server_clients(server), "warnings", sentences);
	return 0;
}
