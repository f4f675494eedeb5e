/* SPDX-License-Identifier: BSD-2-Clause */
#include "status_dial.h"

#include <stdlib.h>
#include <string.h>

#include <peergate/words.h>

json_t *status_dial(const struct settings *settings)
{
	json_t *ports = json_array();

	for (unsigned int i = 0; i < DIAL_PORTS_MAX; i++)
		if (settings->dial_ports[i])
			json_array_append_new(ports, json_integer(settings->dial_ports[i]));
	return json_pack("{s:s, s:b, s:o}", "ranges", reach_word(settings->dial), "banned",
			 settings->dial_banned, "ports", ports);
}

static bool hangs(const struct gate_door *doors, unsigned int count, const char *hook)
{
	for (unsigned int i = 0; i < count; i++)
		if (doors[i].on && !strcmp(doors[i].hook, hook))
			return true;
	return false;
}

void status_dial_warn(const struct gate *gate, const struct settings *settings, json_t *warnings)
{
	struct gate_door *doors;
	unsigned int count;

	if (settings->dial == REACH_OFF && !settings->dial_banned)
		return;
	doors = calloc(GATE_DOORS_MAX, sizeof(*doors));
	if (!doors)
		return;
	count = gate_doors(gate, doors, GATE_DOORS_MAX);
	if (!hangs(doors, count, "connect4"))
		json_array_append_new(warnings,
				      json_string("dials are to be refused, but no cgroup carries "
						  "the hooks for that: those over TCP are not "
						  "judged; name the node's cgroup"));
	if (settings->dial_banned && !hangs(doors, count, "egress"))
		json_array_append_new(warnings,
				      json_string("dials to who is banned are to be refused, but "
						  "no interface has an egress hook: those over "
						  "QUIC are not judged"));
	free(doors);
}
