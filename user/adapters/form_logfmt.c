/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * key=value in a row. Go's own loggers escape what they put in quotes, as Go writes strings (logfmt). Prysm's files look
 * the same and escape nothing (file): theirs is another way to write the time, with a blank.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "form.h"
#include "moment.h"

static const char head[] = "time=";

static bool begins_any(const char *line, size_t length)
{
	return length >= sizeof(head) - 1 && !memcmp(line, head, sizeof(head) - 1);
}

/* 2026-11-22T22:23:03Z, with or without quotes. */
static bool has_t(const char *line, size_t length)
{
	size_t at = sizeof(head) - 1 + sizeof("2026-11-22") - 1;

	at += length > sizeof(head) && line[sizeof(head) - 1] == '"';
	return length > at && line[at] == 'T';
}

static bool begins_logfmt(const char *line, size_t length)
{
	return begins_any(line, length) && has_t(line, length);
}

static bool begins_file(const char *line, size_t length)
{
	return begins_any(line, length) && !has_t(line, length);
}

/* --- escaped --- */

/* One letter of a quoted text; @out gets it. The escapes that strconv.Quote writes for ASCII; others make no address or ID. */
static int take_quoted(const char **at, const char *end, char *out)
{
	static const char marks[] = "\"\\abfnrtv", bytes[] = "\"\\\a\b\f\n\r\t\v";
	const char *mark;

	if (**at != '\\') {
		*out = *(*at)++;
		return 0;
	}
	if (end - *at < 2)
		return -EBADMSG;
	mark = (*at)[1] ? strchr(marks, (*at)[1]) : NULL;
	*out = mark ? bytes[mark - marks] : '?';
	*at += 2;
	return 0;
}

static int take_value(struct entry *entry, const char **at, const char *end, const char **ret)
{
	char *text = entry->room + entry->used, *out = text;
	bool quoted = *at < end && **at == '"';

	if (quoted)
		++*at;
	while (*at < end && **at != (quoted ? '"' : ' ')) {
		if (!quoted && **at == '"')
			return -EBADMSG;
		if (!quoted)
			*out++ = *(*at)++;
		else if (take_quoted(at, end, out++))
			return -EBADMSG;
	}
	if (quoted && *at == end)
		return -EBADMSG;
	*at += quoted;
	if (memchr(text, '\0', (size_t)(out - text)))
		return -EBADMSG;
	*out++ = '\0';
	entry->used += (size_t)(out - text);
	*ret = text;
	return 0;
}

static int take_field(struct entry *entry, const char **at, const char *end)
{
	const char *mark = memchr(*at, '=', (size_t)(end - *at)), *key, *value;

	if (!mark || mark == *at || memchr(*at, ' ', (size_t)(mark - *at)) ||
	    memchr(*at, '"', (size_t)(mark - *at)))
		return -EBADMSG;
	key = entry_keep(entry, *at, (size_t)(mark - *at));
	*at = mark + 1;
	if (key && !strcmp(key, "msg") && entry_word(entry, key))
		key = "msg_"; /* slog's own comes first: a second is a caller's field of that name */
	if (!key || entry_word(entry, key) || take_value(entry, at, end, &value) ||
	    (*at < end && **at != ' '))
		return -EBADMSG;
	entry_add(entry, key, value, false);
	*at += *at < end;
	return 0;
}

static int read_logfmt(struct entry *ret, const struct dialect *dialect, const char *line,
		       size_t length)
{
	const char *at = line, *end = line + length, *time, *text;

	entry_clear(ret);
	while (at < end)
		if (take_field(ret, &at, end))
			return -EBADMSG;
	text = entry_text(ret, "msg");
	time = entry_text(ret, "time");
	if (!text || !time || moment_parse(&ret->time_ms, &ret->zoned, time))
		return -EINVAL;
	if (dialect && !dialect_knows(dialect, text, strlen(text)))
		return -ENOMSG;
	ret->message = text;
	text = entry_text(ret, "level");
	ret->level = text ? text : "";
	text = entry_text(ret, "package");
	ret->package = entry_last_part(text ? text : entry_text(ret, "prefix"));
	return 0;
}

/* --- nothing escaped --- */

struct bare {
	const char *at, *end;
};

/* KEY=VALUE where the node writes nobody's words: the head of an entry. */
static int take_bare(struct entry *entry, struct bare *bare, const char *key, const char **ret)
{
	size_t length = strlen(key);
	const char *value = bare->at + length + 1, *end;
	bool quoted;

	if ((size_t)(bare->end - bare->at) < length + 2 || memcmp(bare->at, key, length) ||
	    bare->at[length] != '=')
		return -EBADMSG;
	quoted = *value == '"';
	value += quoted;
	end = memchr(value, quoted ? '"' : ' ', (size_t)(bare->end - value));
	if (!end && quoted)
		return -EBADMSG;
	if (!end)
		end = bare->end;
	*ret = entry_keep(entry, value, (size_t)(end - value));
	bare->at = end + quoted;
	return *ret ? 0 : -EBADMSG;
}

static bool take_blank(struct bare *bare)
{
	return bare->at < bare->end && *bare->at++ == ' ';
}

static bool is_of(const struct pattern *pattern, const struct entry *entry)
{
	return !pattern->is_template && !strcmp(pattern->message, entry->message) &&
	       (!pattern->level || !strcmp(pattern->level, entry->level));
}

static int read_file(struct entry *ret, const struct dialect *dialect, const char *line,
		     size_t length)
{
	struct bare bare = {line, line + length};
	const char *time, *package;
	size_t used;

	entry_clear(ret);
	if (take_bare(ret, &bare, "time", &time) || !take_blank(&bare) ||
	    take_bare(ret, &bare, "level", &ret->level) || !take_blank(&bare) ||
	    take_bare(ret, &bare, "msg", &ret->message))
		return -EBADMSG;
	used = ret->used;
	if (moment_parse(&ret->time_ms, &ret->zoned, time))
		return -EINVAL;
	if (!dialect)
		return 0;
	if (!dialect_knows(dialect, ret->message, strlen(ret->message)))
		return -ENOMSG;
	for (unsigned int i = 0; i < dialect->pattern_count; i++) {
		ret->count = 0;
		ret->used = used;
		if (!is_of(&dialect->patterns[i], ret) ||
		    form_take_keys(ret, &dialect->patterns[i], true, bare.at,
				   (size_t)(bare.end - bare.at)))
			continue;
		package = entry_text(ret, "package");
		ret->package = entry_last_part(package ? package : entry_text(ret, "prefix"));
		return 0;
	}
	return -EINVAL;
}

const struct form form_logfmt = {.name = "logfmt", .begins = begins_logfmt, .read = read_logfmt};
const struct form form_file = {
	.name = "file", .is_forgeable = true, .begins = begins_file, .read = read_file};
