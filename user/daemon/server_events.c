/* SPDX-License-Identifier: BSD-2-Clause */
#include "server_events.h"

#include <net/if.h>
#include <string.h>

#include <peergate/words.h>

#include "engine.h"

json_t *event_judgement(const struct event *event, const struct config *config)
{
	char addr[ADDR_TEXT_MAX], source[ADDR_TEXT_MAX], name[IF_NAMESIZE] = "";
	const char *service =
		event->service < config->service_count ? config->services[event->service] : "none";
	struct source_key key;
	struct prefix prefix;
	struct addr from;

	memcpy(from.bytes, event->address, sizeof(from.bytes));
	key = addr_source(&from);
	prefix = source_prefix(&key);
	if (!if_indextoname(event->ifindex, name))
		name[0] = '\0';
	return json_pack(
		"{s:s, s:o, s:I, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}",
		"type", "judgement", "at", engine_unix(event->at), "at_boot_ns",
		(json_int_t)event->at, "addr", addr_text(&from, addr), "source",
		prefix_text(&prefix, source), "source_port", (int)event->source_port, "port",
		(int)event->port, "interface", name, "door", door_word(event->door), "family",
		family_word(event->family), "transport", transport_word(event->transport),
		"service", service, "verdict", verdict_word(event->verdict), "reason",
		reason_word(event->reason), "reset", (int)event->reset);
}

json_t *event_decision(const struct decision *decision)
{
	char text[ADDR_TEXT_MAX];

	return json_pack("{s:s, s:o, s:s, s:b, s:s, s:s, s:i, s:o}", "type", "decision", "at",
			 engine_unix(gate_now_ns()), "addr", prefix_text(&decision->prefix, text),
			 "removed", (int)decision->remove, "standing",
			 standing_word(decision->standing), "reason", reason_word(decision->reason),
			 "score", (int)decision->score, "until",
			 engine_unix(decision->remove ? 0 : decision->until_ns));
}

json_t *event_interface(const struct gate_interface *interface)
{
	return json_pack("{s:s, s:o, s:s, s:b, s:s}", "type", "interface", "at",
			 engine_unix(gate_now_ns()), "name", interface->name, "attached",
			 interface->rung != RUNG_AUTO, "note", interface->note);
}
