/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The JSON form of an entry. Loggers write flat objects of texts and numbers: those are read here, as strictly as jansson
 * reads them (tests/fuzz/fuzz_flat.c compares the two), in a fifth of its time. Whatever is rare is left to jansson:
 * values within values, NULs, surrogates, very large numbers.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "entry.h"

enum { DIGITS_MAX = 18 }; /* of a number that surely fits a 64-bit one */

/* -ENOTSUP everywhere below: jansson shall say what it is. */
struct scan {
	const char *at, *end;
	struct entry *entry;
};

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end &&
	       (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
		scan->at++;
}

static bool take_mark(struct scan *scan, char mark)
{
	skip_blanks(scan);
	if (scan->at == scan->end || *scan->at != mark)
		return false;
	scan->at++;
	return true;
}

/* How many bytes the UTF-8 letter at @at has; 0: it is none. */
static size_t letter_length(const unsigned char *at, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	uint32_t letter = at[0] & (0x7fU >> length);

	if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		letter = letter << 6 | (at[i] & 0x3f);
	}
	if (letter < least[length] || letter > 0x10ffff || (letter >= 0xd800 && letter <= 0xdfff))
		return 0;
	return length;
}

static int hex_digits(const char *at, size_t left)
{
	int value = 0;

	if (left < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit =
			at[i] ? strchr(digits, at[i] | ('A' <= at[i] && at[i] <= 'F' ? 0x20 : 0))
			      : NULL;

		if (!digit)
			return -1;
		value = value << 4 | (int)(digit - digits);
	}
	return value;
}

/* A letter of at most 0xffff as UTF-8. */
static size_t put_letter(char *out, int letter)
{
	if (letter < 0x80) {
		out[0] = (char)letter;
		return 1;
	}
	if (letter < 0x800) {
		out[0] = (char)(0xc0 | letter >> 6);
		out[1] = (char)(0x80 | (letter & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | letter >> 12);
	out[1] = (char)(0x80 | (letter >> 6 & 0x3f));
	out[2] = (char)(0x80 | (letter & 0x3f));
	return 3;
}

/* The escape behind the backslash at scan->at; its bytes to @out. */
static int take_escape(struct scan *scan, char *out, size_t *ret_length)
{
	static const char marks[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	size_t left = (size_t)(scan->end - scan->at);
	const char *mark = left > 1 && scan->at[1] ? strchr(marks, scan->at[1]) : NULL;
	int letter;

	if (mark) {
		*out = bytes[mark - marks];
		*ret_length = 1;
		scan->at += 2;
		return 0;
	}
	if (left < 6 || scan->at[1] != 'u')
		return -EBADMSG;
	letter = hex_digits(scan->at + 2, left - 2);
	if (letter <= 0 || (letter >= 0xd800 && letter <= 0xdfff))
		return letter < 0 ? -EBADMSG : -ENOTSUP;
	*ret_length = put_letter(out, letter);
	scan->at += 6;
	return 0;
}

/* The letter or escape at scan->at, to @out. */
static int take_letter(struct scan *scan, char *out, size_t *ret_length)
{
	unsigned char first = (unsigned char)*scan->at;
	size_t length;

	if (first == '\\')
		return take_escape(scan, out, ret_length);
	if (first < ' ')
		return -EBADMSG;
	length = letter_length((const unsigned char *)scan->at, (size_t)(scan->end - scan->at));
	if (!length)
		return -EBADMSG;
	memcpy(out, scan->at, length);
	scan->at += length;
	*ret_length = length;
	return 0;
}

static bool is_bare(char letter)
{
	return (unsigned char)letter >= ' ' && (unsigned char)letter < 0x80 && letter != '"' &&
	       letter != '\\';
}

/* A text behind its first quote, into the entry's room: never longer than it stands in the line. */
static int take_text(struct scan *scan, const char **ret)
{
	char *text = scan->entry->room + scan->entry->used, *out = text;

	while (scan->at < scan->end && *scan->at != '"') {
		size_t length;
		int error;

		if (is_bare(*scan->at)) {
			*out++ = *scan->at++;
			continue;
		}
		error = take_letter(scan, out, &length);
		if (error)
			return error;
		out += length;
	}
	if (scan->at == scan->end)
		return -EBADMSG;
	scan->at++;
	*out++ = '\0';
	scan->entry->used += (size_t)(out - text);
	*ret = text;
	return 0;
}

static int take_number(struct scan *scan, const char **ret)
{
	const char *begin = scan->at, *digits;

	if (*scan->at == '-')
		scan->at++;
	digits = scan->at;
	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
		scan->at++;
	if (scan->at == digits || scan->at - digits > DIGITS_MAX ||
	    (*digits == '0' && (scan->at - digits > 1 || digits > begin)) ||
	    (scan->at < scan->end && strchr(".eE", *scan->at)))
		return -ENOTSUP;
	*ret = entry_keep(scan->entry, begin, (size_t)(scan->at - begin));
	return *ret ? 0 : -ENOTSUP;
}

static int take_member(struct scan *scan)
{
	const char *key, *text;
	bool is_number;
	int error;

	if (!take_mark(scan, '"'))
		return -EBADMSG;
	error = take_text(scan, &key);
	if (error)
		return error;
	if (entry_word(scan->entry, key) || scan->entry->count == ENTRY_FIELDS_MAX)
		return -ENOTSUP;
	if (!take_mark(scan, ':'))
		return -EBADMSG;
	skip_blanks(scan);
	if (scan->at == scan->end)
		return -EBADMSG;
	is_number = *scan->at != '"';
	error = is_number ? take_number(scan, &text) : (scan->at++, take_text(scan, &text));
	if (!error)
		entry_add(scan->entry, key, text, is_number);
	return error;
}

static int read_flat(struct entry *self, const char *line, size_t length)
{
	struct scan scan = {line, line + length, self};
	int error = take_mark(&scan, '{') ? 0 : -EBADMSG;
	bool more = !error && !take_mark(&scan, '}');

	while (more && !error) {
		error = take_member(&scan);
		more = !error && take_mark(&scan, ',');
		if (!error && !more && !take_mark(&scan, '}'))
			error = -EBADMSG;
	}
	skip_blanks(&scan);
	return error ? error : scan.at == scan.end ? 0 : -EBADMSG;
}

/* A value as text: numbers as the logger wrote them; NULL for what is neither. */
static const char *text_of(struct entry *self, const json_t *value)
{
	char number[32];

	if (json_is_string(value))
		return entry_keep(self, json_string_value(value), json_string_length(value));
	if (!json_is_integer(value))
		return NULL;
	return entry_keep(self, number,
			  (size_t)snprintf(number, sizeof(number), "%lld",
					   (long long)json_integer_value(value)));
}

static int read_any(struct entry *self, const char *line, size_t length)
{
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	const char *key;
	json_t *value;

	if (!json_is_object(object)) {
		json_decref(object);
		return -EBADMSG;
	}
	json_object_foreach (object, key, value) {
		const char *text = text_of(self, value);

		if (text)
			entry_add(self, entry_keep(self, key, strlen(key)), text,
				  !json_is_string(value));
	}
	json_decref(object);
	return 0;
}

int entry_read_object(struct entry *self, const char *line, size_t length)
{
	int error;

	entry_clear(self);
	error = length <= LINE_MAX_LENGTH ? read_flat(self, line, length) : -EBADMSG;
	if (error != -ENOTSUP)
		return error;
	entry_clear(self);
	return read_any(self, line, length);
}
