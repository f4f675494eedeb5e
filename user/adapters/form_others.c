/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text forms of other clients, read from their sources and never tried on a node's log. Whether they escape what peers say is
 * not known, so all but go-libp2p's (which writes strings as Go does) count as forgeable.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "form.h"
#include "moment.h"

enum { WORD_MAX = 64 };

struct reader {
	const char *at, *end;
	struct entry *entry;
};

/* The text up to @mark, kept, and the reader behind it; NULL: the mark does not come. */
static const char *keep_until(struct reader *self, const char *mark)
{
	size_t left = (size_t)(self->end - self->at), length = strlen(mark);
	const char *found = memmem(self->at, left, mark, length), *begin = self->at;

	if (!found)
		return NULL;
	self->at = found + length;
	return entry_keep(self->entry, begin, (size_t)(found - begin));
}

static void skip_blanks(struct reader *self)
{
	while (self->at < self->end && *self->at == ' ')
		self->at++;
}

/* A level in small letters. */
static const char *keep_level(struct entry *entry, const char *text)
{
	char word[WORD_MAX];
	size_t length = text ? strlen(text) : WORD_MAX;

	if (length >= sizeof(word))
		return NULL;
	for (size_t i = 0; i < length; i++)
		word[i] = (char)tolower((unsigned char)text[i]);
	return entry_keep(entry, word, length);
}

static int take_time(struct reader *self, const char *time)
{
	if (!time || moment_parse(&self->entry->time_ms, &self->entry->zoned, time))
		return -EBADMSG;
	return 0;
}

static bool is_key(char letter)
{
	return isalnum((unsigned char)letter) || letter == '_';
}

/* How long the key at @at is when @mark follows it; 0: none does. */
static size_t key_length(const char *at, const char *end, char mark)
{
	size_t length = 0;

	while (at + length < end && is_key(at[length]))
		length++;
	return at + length < end && at[length] == mark ? length : 0;
}

/* How the fields of a form are written: "key: value, key: value" or "key=value key=value". */
struct style {
	char mark;	 /* behind a key */
	const char *gap; /* between fields */
};

static const struct style aligned = {':', ", "}, spaced = {'=', " "}, listed = {'=', ", "};

/* Where the value at self->at ends: a quoted one at its quote, another where the next field begins. */
static const char *value_end(const struct reader *self, const struct style *style)
{
	size_t gap = strlen(style->gap);

	if (*self->at == '"') {
		for (const char *at = self->at + 1; at < self->end; at++) {
			if (*at == '"')
				return at;
			at += *at == '\\';
		}
		return NULL;
	}
	for (const char *at = self->at; at + gap < self->end; at++)
		if (!memcmp(at, style->gap, gap) && key_length(at + gap, self->end, style->mark))
			return at;
	return self->end;
}

static int take_fields(struct reader *self, const struct style *style)
{
	while (self->at < self->end) {
		size_t length = key_length(self->at, self->end, style->mark);
		const char *key = entry_keep(self->entry, self->at, length), *end;
		bool quoted;

		self->at += length + 1;
		skip_blanks(self);
		end = length && self->at < self->end ? value_end(self, style) : NULL;
		if (!end || !key || entry_word(self->entry, key))
			return -EBADMSG;
		quoted = *self->at == '"';
		entry_add(self->entry, key,
			  entry_keep(self->entry, self->at + quoted,
				     (size_t)(end - self->at) - quoted),
			  false);
		self->at = end + quoted;
		while (self->at < self->end && (*self->at == ' ' || *self->at == ','))
			self->at++;
	}
	return 0;
}

/* The message: up to two blanks, or to the first field, or to the end; then the fields. */
static int take_rest(struct reader *self, const struct dialect *dialect, const struct style *style)
{
	const char *begin = self->at, *end = self->at;

	while (end < self->end && *end != '\t' &&
	       !(*end == ' ' && end + 1 < self->end &&
		 (end[1] == ' ' || key_length(end + 1, self->end, style->mark))))
		end++;
	self->entry->message = entry_keep(self->entry, begin, (size_t)(end - begin));
	if (!self->entry->message)
		return -EBADMSG;
	if (dialect && !dialect_knows(dialect, begin, (size_t)(end - begin)))
		return -ENOMSG;
	self->at = end;
	skip_blanks(self);
	return take_fields(self, style);
}

static bool has(const char *line, size_t length, size_t at, char letter)
{
	return length > at && line[at] == letter;
}

/* --- Lighthouse, Grandine: "Nov 22 10:00:00.123 DEBUG Message  key: value, key: value" --- */

static bool begins_aligned(const char *line, size_t length)
{
	return length > 20 && isupper((unsigned char)line[0]) && line[3] == ' ' && line[6] == ' ' &&
	       line[9] == ':' && line[12] == ':';
}

static int read_aligned(struct entry *ret, const struct dialect *dialect, const char *line,
			size_t length)
{
	struct reader reader = {line + 19, line + length, ret};
	int error;

	entry_clear(ret);
	error = take_time(&reader, entry_keep(ret, line, 19));
	if (error || reader.at == reader.end)
		return -EBADMSG;
	if (*reader.at == '.')
		error = take_time(&reader, entry_keep(ret, line, 23));
	reader.at = line + (*reader.at == '.' ? 23 : 19);
	skip_blanks(&reader);
	ret->level = keep_level(ret, keep_until(&reader, " "));
	skip_blanks(&reader);
	if (error || !ret->level)
		return -EBADMSG;
	return take_rest(&reader, dialect, &aligned);
}

/* --- Teku: "2026-11-22 10:00:00.123+0000 | thread | DEBUG | LibP2PPeer | message" --- */

static bool begins_teku(const char *line, size_t length)
{
	return length > 30 && isdigit((unsigned char)line[0]) && line[10] == ' ' &&
	       memmem(line + 19, length - 19 < 16 ? length - 19 : 16, " | ", 3);
}

static int read_teku(struct entry *ret, const struct dialect *dialect, const char *line,
		     size_t length)
{
	struct reader reader = {line, line + length, ret};
	const char *level;

	entry_clear(ret);
	if (take_time(&reader, keep_until(&reader, " | ")) || !keep_until(&reader, " | "))
		return -EBADMSG;
	level = keep_until(&reader, " | ");
	ret->level = keep_level(ret, level);
	ret->package = keep_until(&reader, " | ");
	if (!ret->level || !ret->package)
		return -EBADMSG;
	((char *)(uintptr_t)ret->level)[strcspn(ret->level, " ")] = '\0';
	((char *)(uintptr_t)ret->package)[strcspn(ret->package, " ")] = '\0';
	if (dialect && !dialect_knows(dialect, reader.at, (size_t)(reader.end - reader.at)))
		return -ENOMSG;
	ret->message = entry_keep(ret, reader.at, (size_t)(reader.end - reader.at));
	return ret->message ? 0 : -EBADMSG;
}

/* --- Nimbus: "DBG 2020-06-05 22:01:25.123+02:00 Message   topics="networking" key=value" --- */

static bool begins_chronicles(const char *line, size_t length)
{
	return length > 30 && isupper((unsigned char)line[0]) && line[3] == ' ' &&
	       isdigit((unsigned char)line[4]) && line[14] == ' ';
}

static int read_chronicles(struct entry *ret, const struct dialect *dialect, const char *line,
			   size_t length)
{
	struct reader reader = {line + 15, line + length, ret};
	const char *time;
	int error;

	entry_clear(ret);
	if (!keep_until(&reader, " "))
		return -EBADMSG;
	time = entry_keep(ret, line + 4, (size_t)(reader.at - line) - 5);
	ret->level = keep_level(ret, entry_keep(ret, line, 3));
	if (!ret->level || take_time(&reader, time))
		return -EBADMSG;
	error = take_rest(&reader, dialect, &spaced);
	if (!error && entry_text(ret, "topics"))
		ret->package = entry_text(ret, "topics");
	return error;
}

/* --- Lodestar: "Nov-22 10:00:00.123[network]      verbose: message key=value, key=value" --- */

static bool begins_winston(const char *line, size_t length)
{
	return length > 20 && isupper((unsigned char)line[0]) && line[3] == '-' && line[6] == ' ' &&
	       (has(line, length, 19, '[') || has(line, length, 15, '['));
}

static int read_winston(struct entry *ret, const struct dialect *dialect, const char *line,
			size_t length)
{
	struct reader reader = {line, line + length, ret};

	entry_clear(ret);
	if (take_time(&reader, keep_until(&reader, "[")))
		return -EBADMSG;
	ret->package = keep_until(&reader, "]");
	skip_blanks(&reader);
	ret->level = keep_level(ret, keep_until(&reader, ": "));
	if (!ret->package || !ret->level)
		return -EBADMSG;
	return take_rest(&reader, dialect, &listed);
}

/* --- go-libp2p: "2022-07-22T10:00:00.000Z<TAB>INFO<TAB>logger<TAB>file:line<TAB>MESSAGE: key=value" --- */

static bool begins_zap(const char *line, size_t length)
{
	return length > 30 && isdigit((unsigned char)line[0]) && line[10] == 'T' &&
	       memchr(line, '\t', length < 40 ? length : 40);
}

static int read_zap(struct entry *ret, const struct dialect *dialect, const char *line,
		    size_t length)
{
	struct reader reader = {line, line + length, ret};

	entry_clear(ret);
	if (take_time(&reader, keep_until(&reader, "\t")))
		return -EBADMSG;
	ret->level = keep_level(ret, keep_until(&reader, "\t"));
	ret->package = keep_until(&reader, "\t");
	if (!ret->level || !ret->package || !keep_until(&reader, "\t"))
		return -EBADMSG;
	ret->message = keep_until(&reader, ": ");
	if (!ret->message)
		return -ENOMSG;
	if (dialect && !dialect_knows(dialect, ret->message, strlen(ret->message)))
		return -ENOMSG;
	return take_fields(&reader, &spaced);
}

const struct form form_aligned = {"aligned", true, begins_aligned, read_aligned};
const struct form form_teku = {"teku", true, begins_teku, read_teku};
const struct form form_chronicles = {"chronicles", true, begins_chronicles, read_chronicles};
const struct form form_winston = {"winston", true, begins_winston, read_winston};
const struct form form_zap = {"zap", false, begins_zap, read_zap};
