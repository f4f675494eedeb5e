/* SPDX-License-Identifier: BSD-2-Clause */
#include "witness_book.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "engine.h"
#include "gate.h"
#include "units.h"

enum { SENTENCE_MAX = 256, SPAN_MAX = 32 };

uint32_t book_living(const struct witness *witness)
{
	uint32_t living = 0;

	for (int i = 0; i < SERVICES_MAX; i++)
		living += witness->live[i].living;
	return living;
}

/* Seconds are whole: the last one counts to its end. The newest visit lasts while anything is alive. */
static bool visit_covers(const struct visit *visit, bool goes_on, uint64_t at_ns, uint64_t slack_ns,
			 uint64_t now_ns)
{
	uint64_t from_ns = visit->from_s * NS_PER_S;
	uint64_t until_ns = (visit->until_s + UINT64_C(1)) * NS_PER_S;

	if (goes_on && now_ns > until_ns)
		until_ns = now_ns;
	return at_ns + slack_ns >= from_ns && at_ns <= until_ns + slack_ns;
}

bool book_saw(const struct witness *witness, int service, uint64_t at_ns, uint64_t slack_ns,
	      uint64_t now_ns)
{
	bool is_here = book_living(witness) > 0;

	for (int i = 0; i < VISITS; i++) {
		const struct visit *visit = &witness->visits[i];
		bool was_there = service < 0 ? visit->services : visit->services >> service & 1;

		if (was_there && visit_covers(visit, is_here && i == 0, at_ns, slack_ns, now_ns))
			return true;
	}
	return false;
}

struct book_rank book_rank(const struct source_key *source, const struct witness *witness)
{
	return (struct book_rank){witness->short_lived, book_living(witness), witness->opened,
				  *source};
}

static int falling(uint32_t a, uint32_t b)
{
	return (a < b) - (a > b);
}

int book_order(const struct book_rank *a, const struct book_rank *b)
{
	int order = falling(a->short_lived, b->short_lived);

	if (!order)
		order = falling(a->living, b->living);
	if (!order)
		order = falling(a->opened, b->opened);
	return order ? order
		     : memcmp(a->source.address, b->source.address, sizeof(a->source.address));
}

/* A service that a reload took away may still be in old records. */
static const char *name_of(const struct config *config, int service)
{
	return (unsigned int)service < config->service_count ? config->services[service]
							     : "removed";
}

static json_t *names_of(const struct config *config, uint32_t services)
{
	json_t *names = json_array();

	for (int i = 0; i < SERVICES_MAX; i++)
		if (services >> i & 1)
			json_array_append_new(names, json_string(name_of(config, i)));
	return names;
}

static json_t *living_json(const struct config *config, const struct witness *witness)
{
	json_t *living = json_object();

	for (int i = 0; i < SERVICES_MAX; i++)
		if (witness->live[i].living)
			json_object_set_new(living, name_of(config, i),
					    json_integer(witness->live[i].living));
	return living;
}

/* Newest first; the one that goes on has no end. */
static json_t *visits_json(const struct config *config, const struct witness *witness)
{
	json_t *list = json_array();
	bool is_here = book_living(witness) > 0;

	for (int i = 0; i < VISITS; i++) {
		const struct visit *visit = &witness->visits[i];

		if (!visit->services)
			continue;
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o}", "from",
					engine_unix(visit->from_s * NS_PER_S), "until",
					is_here && i == 0 ? json_null()
							  : engine_unix(visit->until_s * NS_PER_S),
					"services", names_of(config, visit->services)));
	}
	return list;
}

static uint32_t services_of(const struct witness *witness)
{
	uint32_t services = 0;

	for (int i = 0; i < VISITS; i++)
		services |= witness->visits[i].services;
	for (int i = 0; i < SERVICES_MAX; i++)
		services |= witness->live[i].living ? 1U << i : 0;
	return services;
}

json_t *book_json(const struct config *config, const struct source_key *source,
		  const struct witness *witness)
{
	const struct prefix prefix = source_prefix(source);
	char text[ADDR_TEXT_MAX];

	return json_pack(
		"{s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "addr",
		prefix_text(&prefix, text), "services", names_of(config, services_of(witness)),
		"living", living_json(config, witness), "opened", (json_int_t)witness->opened,
		"short_lived", (json_int_t)witness->short_lived, "lasted",
		(json_int_t)witness->lasted, "ended_by_us", (json_int_t)witness->ended_by_us,
		"ended_by_them", (json_int_t)witness->ended_by_them, "ended_unknown",
		(json_int_t)witness->ended_unknown, "last_ms", (json_int_t)witness->last_ms,
		"longest_ms", (json_int_t)witness->longest_ms, "first_seen",
		engine_unix(witness->first_ns), "last_seen", engine_unix(witness->last_ns),
		"visits", visits_json(config, witness));
}

static void say(json_t *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(json_t *list, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	json_array_append_new(list, json_string(sentence));
}

/* "4 s", "7 min", "2 h", "3 d": the largest unit is enough here. */
static const char *ago(uint64_t from_ns, uint64_t now_ns, char buffer[SPAN_MAX])
{
	static const struct {
		uint64_t s;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	uint64_t s = now_ns > from_ns ? (now_ns - from_ns) / NS_PER_S : 0;
	unsigned int i = 0;

	while (i < 3 && s < units[i].s)
		i++;
	snprintf(buffer, SPAN_MAX, "%" PRIu64 " %s", s / units[i].s, units[i].name);
	return buffer;
}

void book_tell(json_t *list, const struct config *config, const struct witness *witness,
	       uint64_t now_ns)
{
	char first[SPAN_MAX], last[SPAN_MAX];

	if (!witness) {
		say(list, "the kernel saw no connection from here");
		return;
	}
	say(list,
	    "the kernel saw %u connection%s from here, the first %s ago, the last %s ago: %u "
	    "alive, %u "
	    "lasted, %u ended by us, %u by them, %u unknown how",
	    witness->opened, witness->opened == 1 ? "" : "s", ago(witness->first_ns, now_ns, first),
	    ago(witness->last_ns, now_ns, last), book_living(witness), witness->lasted,
	    witness->ended_by_us, witness->ended_by_them, witness->ended_unknown);
	if (witness->short_lived)
		say(list, "%u in a row ended in under %" PRIu64 " s, the last after %.1f s%s",
		    witness->short_lived, config->churn_short_ns / NS_PER_S,
		    witness->last_ms / 1000.0,
		    config->churn && witness->short_lived >= config->churn ? ": churn" : "");
}

/* sock_ops sees each connection, the census those that live when it looks, if it ever does. */
static bool is_eye(const struct config *config, const struct gate_door *door)
{
	if (door->door != DOOR_SOCKETS)
		return false;
	return !strcmp(door->hook, "sock_ops") ||
	       (config->census_ns && !strcmp(door->hook, "census"));
}

bool book_is_kept(const struct config *config, const struct gate *gate, char *ret, size_t size)
{
	struct gate_door doors[GATE_DOORS_MAX];
	unsigned int count = gate_doors(gate, doors, GATE_DOORS_MAX);
	const char *note = "there is no sockets door";

	for (unsigned int i = count; i-- > 0;) {
		if (!is_eye(config, &doors[i]))
			continue;
		if (doors[i].on)
			return true;
		if (doors[i].note[0])
			note = doors[i].note;
	}
	if (ret)
		snprintf(ret, size, "%s", note);
	return false;
}

bool book_warns(const struct config *config, const struct gate *gate, char *ret, size_t size)
{
	char blind[WHY_MAX];

	if (!config->corroborate || book_is_kept(config, gate, blind, sizeof(blind)))
		return false;
	snprintf(ret, size,
		 "no follower's report can touch a source, since the kernel sees no connections "
		 "(%s); "
		 "corroborate = off lets them be believed",
		 blind);
	return true;
}
