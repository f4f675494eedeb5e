/* SPDX-License-Identifier: BSD-2-Clause */
#include "form.h"

#include <errno.h>
#include <string.h>

#include "moment.h"

static const struct form *const forms[] = {
	&form_json,    &form_colour, &form_plain,      &form_terminal, &form_logfmt, &form_file,
	&form_aligned, &form_teku,   &form_chronicles, &form_winston,  &form_zap};

const struct form *form_find(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (!strcmp(forms[i]->name, name))
			return forms[i];
	return NULL;
}

const struct form *form_of(const struct dialect *dialect, const char *line, size_t length)
{
	for (unsigned int i = 0; i < dialect->form_count; i++)
		if (dialect->forms[i]->begins(line, length))
			return dialect->forms[i];
	return NULL;
}

/* --- fields without marks --- */

/* Where " KEY=" stands last in @length bytes; NULL: nowhere. */
static const char *last_of(const char *text, size_t length, const struct key *key)
{
	size_t wanted = key->length + 2;

	for (const char *at = text + length; (size_t)(at - text) >= wanted; at--) {
		const char *begin = at - wanted;

		if (at[-1] == '=' && *begin == ' ' && !memcmp(begin + 1, key->name, key->length))
			return begin;
	}
	return NULL;
}

/* The text does not end with a NUL: a line may end with its last digit. */
static bool is_number(const char *value, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (value[i] < '0' || value[i] > '9')
			return false;
	return length;
}

static bool is_value(const struct key *key, const char *value, size_t length)
{
	if (key->is_number)
		return is_number(value, length);
	return key->is_words || (length && !memchr(value, ' ', length));
}

/* The value of a field whose " KEY=" is at @mark, which ends at @end. */
static int take_value(struct entry *entry, const struct key *key, bool files, const char *mark,
		      const char *end)
{
	const char *value = mark + key->length + 2;
	size_t length = (size_t)(end - value);

	if (files && length >= 2 && value[0] == '"' && value[length - 1] == '"') {
		value++;
		length -= 2;
	}
	if (!is_value(key, value, length))
		return -EINVAL;
	entry_add(entry, entry_keep(entry, key->name, key->length),
		  entry_keep(entry, value, length), key->is_number);
	return 0;
}

static bool begins_with_key(const char *text, const char *end, const struct key *key)
{
	return (size_t)(end - text) >= key->length + 2 && *text == ' ' &&
	       text[key->length + 1] == '=' && !memcmp(text + 1, key->name, key->length);
}

/* From the left, up to the first field that may be a peer's words: its number, or that behind the last; or -EINVAL. */
static int take_left(struct entry *entry, const struct pattern *pattern, bool files,
		     const char **at, const char *end)
{
	unsigned int i;

	for (i = 0; i < pattern->key_count; i++) {
		const struct key *key = &pattern->keys[i];
		const char *blank;

		if (!begins_with_key(*at, end, key)) {
			if (key->optional)
				continue;
			return -EINVAL;
		}
		if (key->is_words)
			break;
		blank = memchr(*at + 1, ' ', (size_t)(end - *at) - 1);
		if (take_value(entry, key, files, *at, blank ? blank : end))
			return -EINVAL;
		*at = blank ? blank : end;
	}
	return (int)i;
}

int form_take_keys(struct entry *entry, const struct pattern *pattern, bool files, const char *text,
		   size_t length)
{
	const char *end = text + length, *words;
	int first = take_left(entry, pattern, files, &text, end);

	if (first < 0 || first == (int)pattern->key_count)
		return first < 0 || text < end ? -EINVAL : 0;
	words = text + pattern->keys[first].length + 2;
	for (unsigned int i = pattern->key_count; i-- > (unsigned int)first + 1;) {
		const struct key *key = &pattern->keys[i];
		const char *mark;

		if (key->in_files && !files)
			continue;
		mark = last_of(words, (size_t)(end - words), key);
		if (!mark && key->optional)
			continue;
		if (!mark || take_value(entry, key, files, mark, end))
			return -EINVAL;
		end = mark;
	}
	return take_value(entry, &pattern->keys[first], files, text, end);
}

/* --- JSON --- */

static bool begins_json(const char *line, size_t length)
{
	return length && *line == '{';
}

/*
 * A cheap look before the line is read: the raw message in a JSON line, or NULL when that takes reading. Within a JSON
 * string a quote is escaped, so nobody's text can look like the key.
 */
static const char *peek(const char *line, size_t length, size_t *ret_length)
{
	static const char key[] = "\"msg\":\"";
	const char *begin = memmem(line, length, key, sizeof(key) - 1), *end;

	if (!begin)
		return NULL;
	begin += sizeof(key) - 1;
	end = memchr(begin, '"', length - (size_t)(begin - line));
	if (!end || memchr(begin, '\\', (size_t)(end - begin)))
		return NULL;
	*ret_length = (size_t)(end - begin);
	return begin;
}

/* The first of the fields that is there: loggers call the same by other names. */
static const char *text_among(const struct entry *entry, const char *const *names)
{
	const char *text = NULL;

	for (; *names && !text; names++)
		text = entry_text(entry, *names);
	return text;
}

static int read_json(struct entry *ret, const struct dialect *dialect, const char *line,
		     size_t length)
{
	/* Logrus, slog and tracing; chronicles; winston. The package was called prefix before 2021. */
	static const char *const messages[] = {"msg", "message", NULL};
	static const char *const times[] = {"time", "ts", "timestamp", NULL};
	static const char *const levels[] = {"level", "lvl", NULL};
	static const char *const packages[] = {"package", "prefix", "topics", "module", NULL};
	size_t peeked;
	const char *message = dialect ? peek(line, length, &peeked) : NULL, *time, *text;
	int error;

	if (message && !dialect_knows(dialect, message, peeked))
		return -ENOMSG;
	error = entry_read_object(ret, line, length);
	if (error)
		return error;
	message = text_among(ret, messages);
	time = text_among(ret, times);
	if (!message || !time || moment_parse(&ret->time_ms, &ret->zoned, time))
		return -EINVAL;
	ret->message = message;
	text = text_among(ret, levels);
	ret->level = text ? text : "";
	ret->package = entry_last_part(text_among(ret, packages));
	return 0;
}

const struct form form_json = {.name = "json", .begins = begins_json, .read = read_json};
