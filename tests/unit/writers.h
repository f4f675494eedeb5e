/* SPDX-License-Identifier: BSD-2-Clause */
/* writers: lines that a Prysm node writes of a peer, in each form, with whatever the peer calls itself and says. */
#ifndef WRITERS_H
#define WRITERS_H

#include <stdlib.h>

#include "writer_lines.h"

/* --- where lines are written --- */

/* Room for two texts of 8 KiB of which JSON makes six times as much. */
enum { PAPER_ROOM = 128 << 10 };

struct paper {
	size_t length;
	char text[PAPER_ROOM];
};

static inline void put(struct paper *paper, const char *text, size_t length)
{
	if (length > PAPER_ROOM - paper->length)
		abort();
	memcpy(paper->text + paper->length, text, length);
	paper->length += length;
}

static inline void put_text(struct paper *paper, const char *text)
{
	put(paper, text, strlen(text));
}

/* --- JSON, as Go's encoder writes it --- */

/* How many bytes the letter at @at has; 0: it is no UTF-8. */
static inline size_t writer_letter(const unsigned char *at, size_t left)
{
	size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

	if (length > left || (at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

static inline void put_json_ascii(struct paper *paper, char letter)
{
	static const char marks[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	const char *mark = letter ? strchr(marks, letter) : NULL;
	char escape[8];

	if (mark)
		put(paper, (const char[]){'\\', names[mark - marks]}, 2);
	else if ((unsigned char)letter < ' ' || strchr("<>&", letter))
		put(paper, escape, (size_t)sprintf(escape, "\\u%04x", letter));
	else
		put(paper, &letter, 1);
}

static inline void put_json(struct paper *paper, struct words words)
{
	put(paper, "\"", 1);
	for (size_t i = 0; i < words.length;) {
		const unsigned char *at = (const unsigned char *)words.text + i;
		size_t length = writer_letter(at, words.length - i);

		if (!length)
			put_text(paper, "\\ufffd");
		else if (length == 1)
			put_json_ascii(paper, words.text[i]);
		else if (length == 3 && (!memcmp(at, "\u2028", 3) || !memcmp(at, "\u2029", 3)))
			put_text(paper, at[2] == 0xa8 ? "\\u2028" : "\\u2029");
		else
			put(paper, words.text + i, length);
		i += length ? length : 1;
	}
	put(paper, "\"", 1);
}

static inline void put_member(struct paper *paper, const char *key, struct words value, bool bare)
{
	put_text(paper, paper->text[paper->length - 1] == '{' ? "\"" : ",\"");
	put_text(paper, key);
	put_text(paper, "\":");
	if (bare)
		put(paper, value.text, value.length);
	else
		put_json(paper, value);
}

/* Logrus sorts all keys, its own among them. */
static inline void json_of(struct paper *paper, const struct written *line)
{
	char package[32];
	const struct {
		const char *key, *value;
	} own[] = {{"level", "debug"},
		   {"msg", line->message},
		   {"package", package},
		   {"time", line->time}};
	int next = 0, i = 0;

	snprintf(package, sizeof(package), "beacon-chain/%s", line->package);
	put(paper, "{", 1);
	while (next < 4 || (i < WRITER_FIELDS_MAX && line->fields[i].key)) {
		bool is_field = i < WRITER_FIELDS_MAX && line->fields[i].key &&
				(next == 4 || strcmp(line->fields[i].key, own[next].key) < 0);

		if (is_field)
			put_member(paper, line->fields[i].key, line->fields[i].value,
				   line->fields[i].is_number);
		else
			put_member(paper, own[next].key, words_of(own[next].value), false);
		i += is_field;
		next += !is_field;
	}
	put(paper, "}", 1);
}

/* --- the bracket form --- */

/* From 7.1.3 on control characters are taken out of values (of those above 0x7f, U+0080 to U+009f). */
static inline void put_cleaned(struct paper *paper, struct words words)
{
	for (size_t i = 0; i < words.length; i++) {
		const unsigned char *at = (const unsigned char *)words.text + i;

		if (at[0] == 0xc2 && i + 1 < words.length && at[1] >= 0x80 && at[1] < 0xa0)
			i++;
		else if (at[0] >= ' ' && at[0] != 0x7f)
			put(paper, words.text + i, 1);
	}
}

static inline void bracket_of(struct paper *paper, const struct written *line, bool colours,
			      bool clean)
{
	const char *blue = colours ? "\x1b[34m" : "", *off = colours ? "\x1b[0m" : "";

	put_text(paper, colours ? "\x1b[90m[" : "[");
	put(paper, line->time, clean ? 22 : 19);
	put_text(paper, "]");
	put_text(paper, off);
	put_text(paper, " ");
	put_text(paper, blue);
	put_text(paper, "DEBUG");
	put_text(paper, off);
	put_text(paper, colours ? "\x1b[36m " : " ");
	put_text(paper, line->package);
	put_text(paper, ":");
	put_text(paper, off);
	put_text(paper, " ");
	put_text(paper, line->message);
	for (int i = 0; i < WRITER_FIELDS_MAX && line->fields[i].key; i++) {
		put_text(paper, " ");
		put_text(paper, blue);
		put_text(paper, line->fields[i].key);
		put_text(paper, off);
		put_text(paper, "=");
		if (clean)
			put_cleaned(paper, line->fields[i].value);
		else
			put(paper, line->fields[i].value.text, line->fields[i].value.length);
	}
}

static inline void plain_of(struct paper *paper, const struct written *line)
{
	bracket_of(paper, line, false, true);
}

static inline void colour_of(struct paper *paper, const struct written *line)
{
	bracket_of(paper, line, true, true);
}

/* Up to 7.1.2: no hundredths, and nothing taken out. */
static inline void terminal_of(struct paper *paper, const struct written *line)
{
	bracket_of(paper, line, false, false);
}

static inline void coloured_terminal_of(struct paper *paper, const struct written *line)
{
	bracket_of(paper, line, true, false);
}

/* --- files --- */

static inline bool is_quoted(struct words value)
{
	for (size_t i = 0; i < value.length; i++) {
		char letter = value.text[i];

		if (!((letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
		      (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '-'))
			return true;
	}
	return false;
}

static inline void put_raw(struct paper *paper, const char *key, struct words value)
{
	const char *quote = is_quoted(value) ? "\"" : "";

	put_text(paper, " ");
	put_text(paper, key);
	put_text(paper, "=");
	put_text(paper, quote);
	put(paper, value.text, value.length);
	put_text(paper, quote);
}

/* Quotes, and nothing escaped within them. */
static inline void raw_of(struct paper *paper, const struct written *line, const char *key,
			  const char *package, int time_length)
{
	bool told = false;

	put_text(paper, "time=\"");
	put(paper, line->time, (size_t)time_length);
	put_text(paper, "\" level=debug");
	put_raw(paper, "msg", words_of(line->message));
	for (int i = 0; i < WRITER_FIELDS_MAX && line->fields[i].key; i++) {
		if (!told && strcmp(line->fields[i].key, key) > 0) {
			put_raw(paper, key, words_of(package));
			told = true;
		}
		put_raw(paper, line->fields[i].key, line->fields[i].value);
	}
	if (!told)
		put_raw(paper, key, words_of(package));
}

static inline void file_of(struct paper *paper, const struct written *line)
{
	char package[32];

	snprintf(package, sizeof(package), "beacon-chain/%s", line->package);
	raw_of(paper, line, "package", package, 22);
}

static inline void old_file_of(struct paper *paper, const struct written *line)
{
	raw_of(paper, line, "prefix", line->package, 19);
}

static const struct {
	const char *name;
	void (*write)(struct paper *paper, const struct written *line); /* behind what is there */
	bool is_believed;						/* alone */
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
