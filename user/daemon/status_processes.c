/* SPDX-License-Identifier: BSD-2-Clause */
#include "status_processes.h"

#include <stdio.h>
#include <string.h>

#include <peergate/words.h>

enum { SILENT_NAMED_MAX = 4 };

static const char *namespace_name(const struct cgroup_look *look, int namespace)
{
	return namespace < 0 ? "" : look->config.netns[namespace].name;
}

json_t *status_listeners(const struct processes *processes)
{
	const struct cgroup_look *look = processes->last;
	json_t *list = json_array();

	for (unsigned int i = 0; i < look->listener_count; i++) {
		const struct cgroup_listener *one = &look->listeners[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:i, s:s, s:s, s:b, s:b}", "netns",
				  namespace_name(look, one->namespace), "transport",
				  transport_word(one->port.transport), "port", (int)one->port.port,
				  "service", look->config.services[one->service], "cgroup",
				  one->place.folder, "inside", one->inside, "dial", one->dials));
	}
	return list;
}

static bool is_heard(const struct cgroup_look *look, const struct config_port *port)
{
	for (unsigned int i = 0; i < look->listener_count; i++) {
		const struct cgroup_listener *one = &look->listeners[i];
		uint16_t wanted = one->namespace < 0 ? port->key.port : port->container;

		if (one->service == port->service && one->port.port == wanted &&
		    one->port.transport == port->key.transport)
			return true;
	}
	return false;
}

/* "tcp:13000, quic:13000 and 2 more" */
static unsigned int list_silent(const struct cgroup_look *look, unsigned int service, char *text,
				size_t room)
{
	unsigned int silent = 0;
	size_t length = 0;

	for (unsigned int i = 0; i < look->config.port_count; i++) {
		const struct config_port *port = &look->config.ports[i];

		if (port->service != service || is_heard(look, port))
			continue;
		if (silent++ < SILENT_NAMED_MAX)
			length += (size_t)snprintf(
				text + length, room - length, "%s%s:%u", length ? ", " : "",
				transport_word(port->key.transport), port->key.port);
	}
	if (silent > SILENT_NAMED_MAX)
		snprintf(text + length, room - length, " and %u more", silent - SILENT_NAMED_MAX);
	return silent;
}

static void warn_silent(const struct cgroup_look *look, json_t *warnings)
{
	char ports[128];

	for (unsigned int i = 0; i < look->config.service_count; i++)
		if (list_silent(look, i, ports, sizeof(ports)))
			json_array_append_new(
				warnings, json_sprintf("%s: nothing listens on %s: is the node up, "
						       "and in a namespace that netns names?",
						       look->config.services[i], ports));
}

void status_processes_warn(const struct processes *processes, json_t *warnings)
{
	const struct namespaces *namespaces = processes->engine->namespaces;
	const struct cgroup_look *look = processes->last;

	for (unsigned int i = 0; i < namespaces_count(namespaces); i++) {
		struct namespace_view view;

		namespaces_view(namespaces, i, &view);
		if (!view.here)
			json_array_append_new(warnings, json_sprintf("netns: %s", view.note));
	}
	for (unsigned int i = 0; i < look->note_count; i++)
		json_array_append_new(warnings, json_string(look->notes[i].sentence));
	if (look->listeners_left_out)
		json_array_append_new(warnings,
				      json_sprintf("%u listeners more than the %d that are shown",
						   look->listeners_left_out, LOOK_LISTENERS_MAX));
	warn_silent(look, warnings);
}
