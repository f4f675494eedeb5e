/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include <inttypes.h>
#include <peergate/abi.h>
#include <string.h>

#include "answer.h"
#include "breaker.h"
#include "listing.h"
#include "span.h"

static void tell_head(struct output *output, const json_t *answer)
{
	const char *mode = answer_text(answer, "mode", "?");
	double lease_age_s = answer_number(answer, "lease_age_s", -1);
	char up[SPAN_TEXT_MAX];

	output_words(output, TONE_PLAIN, "peergated %s, up %s, mode ",
		     answer_text(answer, "version", "?"),
		     span_text((uint64_t)answer_integer(answer, "uptime_s", 0), up));
	output_words(output, strcmp(mode, "enforce") ? TONE_WARNING : TONE_GOOD, "%s", mode);
	output_words(output, TONE_PLAIN, ", kernel %s", answer_text(answer, "kernel", "?"));
	if (lease_age_s >= 0)
		output_words(output, TONE_PLAIN, ", lease renewed %.1f s ago", lease_age_s);
	output_words(output, TONE_PLAIN, "\n");
}

static void heading(struct output *output, const char *text)
{
	output_words(output, TONE_PLAIN, "\n");
	output_words(output, TONE_HEADING, "%s\n", text);
}

static void tell_interfaces(struct output *output, const json_t *interfaces)
{
	static const struct listing_column columns[] = {{"interface", false},
							{"rung", false},
							{"program", false},
							{"resets", false},
							{"note", false}};
	const json_t *interface;
	struct listing listing;
	size_t i;

	heading(output, "Interfaces");
	if (!json_array_size(interfaces)) {
		output_words(output, TONE_WARNING, "  none: nothing is gated\n");
		return;
	}
	listing_init(&listing, columns, 5);
	json_array_foreach (interfaces, i, interface) {
		const char *rung = answer_text(interface, "rung", "none");
		bool resets = json_is_true(json_object_get(interface, "resets"));

		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(interface, "name", "?"));
		listing_cell(&listing, strcmp(rung, "none") ? TONE_GOOD : TONE_BAD, "%s", rung);
		listing_cell(&listing, TONE_PLAIN, "%s",
			     answer_text(interface, "program_tag", "-"));
		listing_cell(&listing, TONE_PLAIN, "%s", resets ? "yes" : "no");
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(interface, "note", ""));
	}
	listing_finish(&listing, output);
}

static void tell_doors(struct output *output, const json_t *doors)
{
	static const struct listing_column columns[] = {{"door", false},
							{"hook", false},
							{"place", false},
							{"rung", false},
							{"note", false}};
	const json_t *door;
	struct listing listing;
	size_t i;

	heading(output, "Doors");
	listing_init(&listing, columns, 5);
	json_array_foreach (doors, i, door) {
		bool on = json_is_true(json_object_get(door, "on"));
		const char *place = answer_text(door, "place", "");

		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(door, "door", "?"));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(door, "hook", "?"));
		listing_cell(&listing, TONE_PLAIN, "%s", place[0] ? place : "-");
		listing_cell(&listing, on ? TONE_GOOD : TONE_WARNING, "%s",
			     answer_text(door, "rung", "none"));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(door, "note", ""));
	}
	listing_finish(&listing, output);
}

/* "tcp:13000, quic:13000" */
static void join(const json_t *words, char *buffer, size_t room)
{
	const json_t *word;
	size_t i, length = 0;

	buffer[0] = '\0';
	json_array_foreach (words, i, word) {
		length += (size_t)snprintf(buffer + length, room - length, "%s%s", i ? ", " : "",
					   json_is_string(word) ? json_string_value(word) : "?");
		if (length < room)
			continue;
		memcpy(buffer + room - sizeof("…"), "…", sizeof("…"));
		return;
	}
}

static void tell_services(struct output *output, const json_t *services)
{
	static const struct listing_column columns[] = {
		{"service", false}, {"floor", true}, {"ports", false}};
	const json_t *service;
	struct listing listing;
	char ports[512];
	size_t i;

	heading(output, "Services");
	if (!json_array_size(services)) {
		output_words(output, TONE_WARNING, "  none: no port is gated\n");
		return;
	}
	listing_init(&listing, columns, 3);
	json_array_foreach (services, i, service) {
		int64_t floor = answer_integer(service, "floor", FLOOR_OPEN);

		join(json_object_get(service, "ports"), ports, sizeof(ports));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(service, "name", "?"));
		if (floor <= FLOOR_OPEN)
			listing_cell(&listing, TONE_PLAIN, "open");
		else
			listing_cell(&listing, TONE_WARNING, "%" PRId64, floor);
		listing_cell(&listing, TONE_PLAIN, "%s", ports);
	}
	listing_finish(&listing, output);
}

/* Who listens on the gated ports, and which doors hang above it. */
static void tell_listeners(struct output *output, const json_t *listeners)
{
	static const struct listing_column columns[] = {
		{"port", false},   {"service", false}, {"netns", false},
		{"cgroup", false}, {"counted", false}, {"dials judged", false}};
	const json_t *listener;
	struct listing listing;
	size_t i;

	heading(output, "Listeners");
	listing_init(&listing, columns, 6);
	json_array_foreach (listeners, i, listener) {
		const char *netns = answer_text(listener, "netns", "");
		const char *cgroup = answer_text(listener, "cgroup", "");
		bool inside = json_is_true(json_object_get(listener, "inside"));
		bool dial = json_is_true(json_object_get(listener, "dial"));

		listing_cell(&listing, TONE_PLAIN, "%s:%" PRId64,
			     answer_text(listener, "transport", "?"),
			     answer_integer(listener, "port", 0));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(listener, "service", "?"));
		listing_cell(&listing, TONE_PLAIN, "%s", netns[0] ? netns : "-");
		listing_cell(&listing, TONE_PLAIN, "%s", cgroup[0] ? cgroup : "?");
		listing_cell(&listing, inside ? TONE_GOOD : TONE_WARNING, "%s",
			     inside ? "yes" : "by census");
		listing_cell(&listing, dial ? TONE_GOOD : TONE_WARNING, "%s", dial ? "yes" : "no");
	}
	listing_finish(&listing, output);
}

static enum tone verdict_tone(const char *verdict)
{
	if (!strcmp(verdict, "refuse"))
		return TONE_BAD;
	return strcmp(verdict, "pass") ? TONE_WARNING : TONE_PLAIN;
}

static void tell_counters(struct output *output, const json_t *counters)
{
	static const struct listing_column columns[] = {{"door", false},    {"family", false},
							{"service", false}, {"verdict", false},
							{"reason", false},  {"packets", true}};
	const json_t *counter;
	struct listing listing;
	size_t i;

	heading(output, "Starts of connections");
	if (!json_array_size(counters)) {
		output_words(output, TONE_PLAIN, "  none seen yet\n");
		return;
	}
	listing_init(&listing, columns, 6);
	json_array_foreach (counters, i, counter) {
		const char *verdict = answer_text(counter, "verdict", "?");

		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(counter, "door", "?"));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(counter, "family", "?"));
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(counter, "service", "?"));
		listing_cell(&listing, verdict_tone(verdict), "%s", verdict);
		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(counter, "reason", "?"));
		listing_cell(&listing, TONE_PLAIN, "%" PRId64,
			     answer_integer(counter, "packets", 0));
	}
	listing_finish(&listing, output);
}

/* Nothing when the node may dial anywhere. */
static void tell_dial(struct output *output, const json_t *dial)
{
	const char *ranges = answer_text(dial, "ranges", "off");
	bool banned = json_is_true(json_object_get(dial, "banned"));
	bool is_ranged = strcmp(ranges, "off") != 0;

	if (is_ranged || banned)
		output_words(output, TONE_PLAIN, "  the node may not dial%s%s%s%s\n",
			     is_ranged ? ": " : "", is_ranged ? ranges : "",
			     is_ranged ? " addresses" : "",
			     !banned	 ? ""
			     : is_ranged ? ", nor who is banned"
					 : " who is banned");
}

static void tell_maps(struct output *output, const json_t *maps)
{
	static const struct listing_column columns[] = {
		{"map", false}, {"entries", true}, {"max", true}, {"full", true}};
	const json_t *map;
	struct listing listing;
	size_t i;

	heading(output, "Tables");
	listing_init(&listing, columns, 4);
	json_array_foreach (maps, i, map) {
		int64_t entries = answer_integer(map, "entries", 0),
			max = answer_integer(map, "max", 0);
		double percent = max ? 100.0 * (double)entries / (double)max : 0;
		bool warn = percent >= FILL_WARNING_PERCENT &&
			    !json_is_true(json_object_get(map, "makes_room"));

		listing_cell(&listing, TONE_PLAIN, "%s", answer_text(map, "name", "?"));
		listing_cell(&listing, TONE_PLAIN, "%" PRId64, entries);
		listing_cell(&listing, TONE_PLAIN, "%" PRId64, max);
		listing_cell(&listing, warn ? TONE_WARNING : TONE_PLAIN,
			     warn ? "%.1f %%, nearly full" : "%.1f %%", percent);
	}
	listing_finish(&listing, output);
}

static void tell_witness(struct output *output, const json_t *witness, const json_t *census)
{
	int64_t lost = answer_integer(witness, "lost", 0);

	heading(output, "Witness");
	output_words(output, TONE_PLAIN,
		     "  %" PRId64 " sources of %" PRId64 " at most, %" PRId64
		     " wider IPv6 prefixes, %" PRId64 " taken out for room, ",
		     answer_integer(witness, "entries", 0), answer_integer(witness, "max", 0),
		     answer_integer(witness, "prefixes", 0), answer_integer(witness, "evicted", 0));
	output_words(output, lost ? TONE_WARNING : TONE_PLAIN,
		     "%" PRId64 " connections without room\n", lost);
	if (!json_is_object(census)) {
		output_words(output, TONE_WARNING, "  no census yet\n");
		return;
	}
	output_words(output, TONE_PLAIN,
		     "  the last census found %" PRId64 " TCP and %" PRId64
		     " QUIC connections alive, %" PRId64 " of them uncounted, and %" PRId64
		     " counted but gone; it took %.1f ms\n",
		     answer_integer(census, "sockets", 0), answer_integer(census, "flows", 0),
		     answer_integer(census, "missed", 0), answer_integer(census, "healed", 0),
		     answer_number(census, "took_ms", 0));
}

static void tell_book(struct output *output, const json_t *book)
{
	heading(output, "Book");
	output_words(output, TONE_PLAIN,
		     "  %" PRId64 " peers, %" PRId64 " sources, %" PRId64 " prefixes; %" PRId64
		     " bans, %" PRId64 " backoffs, %" PRId64 " trusted; %" PRId64
		     " reports taken, %" PRId64 " ignored\n",
		     answer_integer(book, "peers", 0), answer_integer(book, "sources", 0),
		     answer_integer(book, "prefixes", 0), answer_integer(book, "bans", 0),
		     answer_integer(book, "backoffs", 0), answer_integer(book, "trusted", 0),
		     answer_integer(book, "reports", 0),
		     answer_integer(book, "reports_ignored", 0));
	output_words(output, TONE_PLAIN,
		     "  %" PRId64 " followers' reports that the kernel did not bear out, %" PRId64
		     " backoffs for churn so far\n",
		     answer_integer(book, "uncorroborated", 0), answer_integer(book, "churns", 0));
	output_words(output, TONE_PLAIN,
		     "  %.1f MiB of memory: room for %" PRId64 " peers and %" PRId64
		     " sources; %" PRId64 " left it for room so far\n",
		     answer_number(book, "bytes", 0) / (1 << 20),
		     answer_integer(book, "peers_max", 0), answer_integer(book, "sources_max", 0),
		     answer_integer(book, "evicted", 0));
}

static void tell_breaker(struct output *output, const json_t *breaker)
{
	if (!breaker)
		return;
	output_words(output, TONE_PLAIN, "\n");
	breaker_tell(output, breaker);
}

static void tell_privileges(struct output *output, const json_t *privileges)
{
	const json_t *kept = json_object_get(privileges, "kept");
	char names[128];

	if (!json_array_size(kept))
		return;
	join(kept, names, sizeof(names));
	output_words(output, TONE_WARNING, "\nThe daemon keeps %s: %s\n", names,
		     answer_text(privileges, "why", ""));
}

/* Of the node itself: a cold start, its own fork, its sync. */
static void tell_doubts(struct output *output, const json_t *doubts)
{
	const json_t *doubt;
	size_t i;

	json_array_foreach (doubts, i, doubt)
		output_words(output, TONE_PLAIN, "%sDoubt: %s\n", i ? "" : "\n",
			     json_is_string(doubt) ? json_string_value(doubt) : "?");
}

static void tell_warnings(struct output *output, const json_t *warnings)
{
	const json_t *warning;
	size_t i;

	json_array_foreach (warnings, i, warning)
		output_words(output, TONE_WARNING, "%sWarning: %s\n", i ? "" : "\n",
			     json_is_string(warning) ? json_string_value(warning) : "?");
}

void status_tell(struct output *output, const json_t *answer)
{
	tell_head(output, answer);
	tell_interfaces(output, json_object_get(answer, "interfaces"));
	if (json_array_size(json_object_get(answer, "doors")))
		tell_doors(output, json_object_get(answer, "doors"));
	tell_dial(output, json_object_get(answer, "dial"));
	tell_services(output, json_object_get(answer, "services"));
	if (json_array_size(json_object_get(answer, "listeners")))
		tell_listeners(output, json_object_get(answer, "listeners"));
	tell_counters(output, json_object_get(answer, "counters"));
	tell_maps(output, json_object_get(answer, "maps"));
	if (json_object_get(answer, "witness"))
		tell_witness(output, json_object_get(answer, "witness"),
			     json_object_get(answer, "census"));
	tell_book(output, json_object_get(answer, "book"));
	tell_breaker(output, json_object_get(answer, "breaker"));
	tell_privileges(output, json_object_get(answer, "privileges"));
	tell_doubts(output, json_object_get(answer, "doubts"));
	tell_warnings(output, json_object_get(answer, "warnings"));
}
