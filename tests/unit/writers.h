/* SPDX-License-Identifier: BSD-2-Clause */
/* writers: lines that a Prysm node writes of a peer, in each form, with whatever the peer calls itself and says. */
#ifndef WRITERS_H
#define WRITERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHOR "16UiuAuthor"
#define AUTHOR_HOST "198.51.100.77"
#define MUTE "chain state: no chain status for peer"

enum { WRITER_FIELDS_MAX = 8 };

/* What the node tells: fields in the order of their keys, the package apart. */
struct written {
	const char *message, *package;
	struct {
		const char *key, *value;
	} fields[WRITER_FIELDS_MAX];
	char place[64], time[32];
};

/* The lines that hold a peer's words; @second tells its connections apart, 0 to 59. */
enum written_kind {
	WRITTEN_CUT,
	WRITTEN_BEGUN,
	WRITTEN_ENDED,
	WRITTEN_FORK,
	WRITTEN_BAD,
	WRITTEN_KINDS
};

static inline void write_line(struct written *ret, enum written_kind kind, const char *agent,
			      const char *error, int second)
{
	static const struct written lines[WRITTEN_KINDS] = {
		[WRITTEN_CUT] = {"Initiate peer disconnection",
				 "p2p",
				 {{"agent", 0},
				  {"direction", "Inbound"},
				  {"error", 0},
				  {"multiaddr", 0},
				  {"remainingActivePeers", "3"}},
				 "",
				 ""},
		[WRITTEN_BEGUN] = {"Initiate peer connection",
				   "p2p",
				   {{"activePeers", "4"},
				    {"agent", 0},
				    {"direction", "Inbound"},
				    {"multiAddr", 0}},
				   "",
				   ""},
		[WRITTEN_ENDED] = {"Peer disconnected",
				   "p2p",
				   {{"agent", 0},
				    {"direction", "Inbound"},
				    {"multiAddr", 0},
				    {"remainingActivePeers", "3"}},
				   "",
				   ""},
		[WRITTEN_FORK] =
			{"Invalid status message from peer",
			 "sync",
			 {{"agent", 0}, {"error", 0}, {"handler", "status"}, {"peer", AUTHOR}},
			 "",
			 ""},
		[WRITTEN_BAD] = {"Sent bad peer disconnection",
				 "sync",
				 {{"agent", 0}, {"error", 0}, {"peerID", AUTHOR}},
				 "",
				 ""},
	};

	*ret = lines[kind];
	snprintf(ret->place, sizeof(ret->place), "/ip4/" AUTHOR_HOST "/tcp/%d/p2p/" AUTHOR,
		 1000 + second);
	snprintf(ret->time, sizeof(ret->time), "2026-11-22 22:27:%02d.32", second);
	for (int i = 0; i < WRITER_FIELDS_MAX && ret->fields[i].key; i++)
		if (!ret->fields[i].value)
			ret->fields[i].value = !strcmp(ret->fields[i].key, "agent")   ? agent
					       : !strcmp(ret->fields[i].key, "error") ? error
										      : ret->place;
}

/* Go writes what is no UTF-8 as U+FFFD. */
static inline json_t *writer_string(const char *text)
{
	json_t *string = json_string(text);

	return string ? string : json_string("\xef\xbf\xbd");
}

static inline char *json_of(const struct written *line)
{
	json_t *entry =
		json_pack("{s:s, s:s, s:s, s:o}", "level", "debug", "msg", line->message, "time",
			  line->time, "package", json_sprintf("beacon-chain/%s", line->package));
	char *text;

	for (int i = 0; i < WRITER_FIELDS_MAX && line->fields[i].key; i++)
		json_object_set_new(entry, line->fields[i].key,
				    writer_string(line->fields[i].value));
	text = json_dumps(entry, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(entry);
	return text;
}

/* As Prysm 7.1.3 and later does: control characters are taken out (of those above 0x7f, U+0080 to U+009f). */
static inline char *cleaned(const char *text)
{
	char *copy = calloc(1, strlen(text) + 1), *out = copy;

	for (; *text; text++) {
		if ((unsigned char)text[0] == 0xc2 && (unsigned char)text[1] >= 0x80 &&
		    (unsigned char)text[1] < 0xa0)
			text++;
		else if ((unsigned char)*text >= ' ' && *text != 0x7f)
			*out++ = *text;
	}
	return copy;
}

static inline char *bracket_of(const struct written *line, bool colours, bool clean,
			       int time_length)
{
	const char *blue = colours ? "\x1b[34m" : "", *off = colours ? "\x1b[0m" : "";
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	fprintf(out, "%s[%.*s]%s %sDEBUG%s%s %s:%s %s", colours ? "\x1b[90m" : "", time_length,
		line->time, off, blue, off, colours ? "\x1b[36m" : "", line->package, off,
		line->message);
	for (int i = 0; i < WRITER_FIELDS_MAX && line->fields[i].key; i++) {
		char *value =
			clean ? cleaned(line->fields[i].value) : strdup(line->fields[i].value);

		fprintf(out, " %s%s%s=%s", blue, line->fields[i].key, off, value);
		free(value);
	}
	fclose(out);
	return text;
}

static inline char *plain_of(const struct written *line)
{
	return bracket_of(line, false, true, 22);
}

static inline char *colour_of(const struct written *line)
{
	return bracket_of(line, true, true, 22);
}

/* Up to 7.1.2: no hundredths, and nothing taken out. */
static inline char *terminal_of(const struct written *line)
{
	return bracket_of(line, false, false, 19);
}

static inline char *coloured_terminal_of(const struct written *line)
{
	return bracket_of(line, true, false, 19);
}

static inline bool is_quoted(const char *value)
{
	return value[strspn(value,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")];
}

/* Prysm's files quote and escape nothing within the quotes. */
static inline char *raw_of(const struct written *line, const char *package, int time_length)
{
	char *text = NULL;
	bool told = false;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	fprintf(out, "time=\"%.*s\" level=debug msg=\"%s\"", time_length, line->time,
		line->message);
	for (int i = 0; i < WRITER_FIELDS_MAX && line->fields[i].key; i++) {
		const char *quote = is_quoted(line->fields[i].value) ? "\"" : "";

		if (!told && strcmp(line->fields[i].key, package) > 0)
			told = fprintf(out, " %s%s", package, line->package) > 0;
		fprintf(out, " %s=%s%s%s", line->fields[i].key, quote, line->fields[i].value,
			quote);
	}
	if (!told)
		fprintf(out, " %s%s", package, line->package);
	fclose(out);
	return text;
}

static inline char *file_of(const struct written *line)
{
	return raw_of(line, "package=", 22); /* the last part, unquoted: read the same */
}

static inline char *old_file_of(const struct written *line)
{
	return raw_of(line, "prefix=", 19);
}

static const struct {
	const char *name;
	char *(*write)(const struct written *line);
	bool is_believed; /* alone */
} writers[] = {
	{"json", json_of, true},
	{"colour", colour_of, true},
	{"plain", plain_of, true},
	{"file", file_of, false},
	{"file of v1", old_file_of, false},
	{"terminal of v7.1.2", terminal_of, false},
	{"coloured terminal of v7.1.2", coloured_terminal_of, false},
};

enum { WRITERS = sizeof(writers) / sizeof(*writers) };

#endif
