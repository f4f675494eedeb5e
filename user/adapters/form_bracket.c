/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prysm's text: [TIME] LEVEL package: message key=value…, in colours or without. From 7.1.3 on control characters are taken
 * out of values: where keys are coloured, the marks are the node's own; where they are not, only the order of the fields
 * is. Before, when this form was for terminals alone, values stood as they were; those times have no hundredths.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "form.h"
#include "moment.h"

enum { TIME_LENGTH = sizeof("2026-11-22 22:23:03") - 1, LEVEL_MAX = 8 };

struct head {
	const char *time, *level, *package, *message; /* not ended by NULs */
	size_t time_length, level_length, package_length;
};

/* Behind the colour's escape at @at, if there is one: ESC [ digits and semicolons m. */
static const char *skip_colour(const char *at, const char *end)
{
	const char *mark = at + 2;

	if (end - at < 3 || at[0] != '\x1b' || at[1] != '[')
		return at;
	while (mark < end && (isdigit((unsigned char)*mark) || *mark == ';'))
		mark++;
	return mark < end && *mark == 'm' ? mark + 1 : at;
}

/* The text up to @mark, and @at behind it; NULL: the mark does not come. */
static const char *take_until(const char **at, const char *end, char mark, size_t *ret_length)
{
	const char *begin = *at, *found = memchr(begin, mark, (size_t)(end - begin));

	if (!found)
		return NULL;
	*ret_length = (size_t)(found - begin);
	*at = found + 1;
	return begin;
}

static bool take_mark(const char **at, const char *end, char mark)
{
	if (*at == end || **at != mark)
		return false;
	++*at;
	return true;
}

static bool take_level(struct head *head, const char **at, const char *end)
{
	*at = skip_colour(*at, end);
	while (take_mark(at, end, ' '))
		;
	head->level = *at;
	while (*at < end && isupper((unsigned char)**at))
		++*at;
	head->level_length = (size_t)(*at - head->level);
	*at = skip_colour(*at, end);
	return head->level_length && head->level_length <= LEVEL_MAX;
}

static int read_head(struct head *ret, const char *line, size_t length)
{
	const char *at = skip_colour(line, line + length), *end = line + length;

	if (!take_mark(&at, end, '['))
		return -EBADMSG;
	ret->time = take_until(&at, end, ']', &ret->time_length);
	if (!ret->time)
		return -EBADMSG;
	at = skip_colour(at, end);
	if (!take_mark(&at, end, ' ') || !take_level(ret, &at, end))
		return -EBADMSG;
	at = skip_colour(at, end);
	ret->package =
		take_mark(&at, end, ' ') ? take_until(&at, end, ':', &ret->package_length) : NULL;
	if (!ret->package)
		return -EBADMSG;
	at = skip_colour(at, end);
	if (!take_mark(&at, end, ' '))
		return -EBADMSG;
	ret->message = at;
	return 0;
}

/* The head's words as other forms have them; the time is left out of the fields. */
static int keep_head(struct entry *entry, const struct head *head)
{
	const char *time = entry_keep(entry, head->time, head->time_length);
	char level[LEVEL_MAX + 1];

	if (!time || moment_parse(&entry->time_ms, &entry->zoned, time))
		return -EINVAL;
	for (size_t i = 0; i < head->level_length; i++)
		level[i] = (char)tolower((unsigned char)head->level[i]);
	entry->level = head->level_length == 4 && !memcmp(level, "warn", 4)
			       ? "warning"
			       : entry_keep(entry, level, head->level_length);
	entry->package = entry_keep(entry, head->package, head->package_length);
	return entry->level && entry->package ? 0 : -EINVAL;
}

static int keep_message(struct entry *entry, const char *message, size_t length)
{
	entry->message = entry_keep(entry, message, length);
	return entry->message ? 0 : -EINVAL;
}

/* --- colours --- */

/* The fields from @at on: each is " ESC[…mKEYESC[…m=VALUE", and a value has no escape in it. */
static int take_coloured(struct entry *entry, const char *at, const char *end)
{
	while (at < end) {
		const char *key = *at == ' ' ? skip_colour(at + 1, end) : at, *value, *next;
		const char *key_end = memchr(key, '\x1b', (size_t)(end - key));

		if (key < at + 2 || !key_end || key_end == key)
			return -EBADMSG;
		value = skip_colour(key_end, end);
		if (value == key_end || !take_mark(&value, end, '='))
			return -EBADMSG;
		next = memchr(value, '\x1b', (size_t)(end - value));
		next = next ? next - 1 : end;
		if (next < value)
			return -EBADMSG;
		key = entry_keep(entry, key, (size_t)(key_end - key));
		if (key && entry_word(entry, key))
			return -EBADMSG;
		entry_add(entry, key, entry_keep(entry, value, (size_t)(next - value)), false);
		at = next;
	}
	return 0;
}

static int read_colour(struct entry *ret, const struct dialect *dialect, const char *line,
		       size_t length)
{
	const char *end = line + length, *mark;
	struct head head;
	size_t message;

	entry_clear(ret);
	if (read_head(&head, line, length))
		return -EBADMSG;
	mark = memchr(head.message, '\x1b', (size_t)(end - head.message));
	mark = mark ? mark - 1 : end;
	message = (size_t)(mark - head.message);
	if (mark < head.message)
		return -EBADMSG;
	if (dialect && !dialect_knows(dialect, head.message, message))
		return -ENOMSG;
	if (keep_head(ret, &head) || keep_message(ret, head.message, message))
		return -EINVAL;
	return take_coloured(ret, mark, end);
}

/* --- without --- */

static bool is_of(const struct pattern *pattern, const struct entry *entry, const struct head *head,
		  size_t left)
{
	size_t length = pattern->message_length;

	return !pattern->is_template && left >= length &&
	       !memcmp(head->message, pattern->message, length) &&
	       (left == length || head->message[length] == ' ') &&
	       (!pattern->level || !strcmp(pattern->level, entry->level)) &&
	       (!pattern->package || !strcmp(pattern->package, entry->package));
}

static bool may_be_known(const struct dialect *dialect, const char *text, size_t length)
{
	for (unsigned int i = 0; i < dialect->pattern_count; i++) {
		const struct pattern *pattern = &dialect->patterns[i];

		if (length >= pattern->message_length && *text == *pattern->message &&
		    !memcmp(text, pattern->message, pattern->message_length))
			return true;
	}
	return false;
}

static int read_plain(struct entry *ret, const struct dialect *dialect, const char *line,
		      size_t length)
{
	struct head head;
	size_t left, used;
	bool known = !dialect;

	entry_clear(ret);
	if (read_head(&head, line, length))
		return -EBADMSG;
	left = (size_t)(line + length - head.message);
	if (dialect && !may_be_known(dialect, head.message, left))
		return -ENOMSG;
	if (keep_head(ret, &head))
		return -EINVAL;
	used = ret->used;
	for (unsigned int i = 0; dialect && i < dialect->pattern_count; i++) {
		const struct pattern *pattern = &dialect->patterns[i];

		ret->count = 0;
		ret->used = used;
		if (!is_of(pattern, ret, &head, left))
			continue;
		known = true;
		if (!form_take_keys(ret, pattern, false, head.message + pattern->message_length,
				    left - pattern->message_length))
			return keep_message(ret, pattern->message, pattern->message_length);
	}
	return !dialect ? 0 : known ? -EINVAL : -ENOMSG;
}

/* --- which of them --- */

/* Whether the time, behind the bracket, has hundredths: control characters are taken out then. */
static bool is_cleaned(const char *line, size_t length)
{
	const char *time = skip_colour(line, line + length) + 1;

	return line + length - time > TIME_LENGTH && time[TIME_LENGTH] == '.';
}

/* "[2026-": "[34m" is a piece of a colour. */
static bool is_bracket(const char *line, size_t length)
{
	return length > 5 && line[0] == '[' && isdigit((unsigned char)line[1]) && line[5] == '-';
}

static bool is_escape(const char *line, size_t length)
{
	return length > 1 && line[0] == '\x1b' && line[1] == '[';
}

static bool begins_colour(const char *line, size_t length)
{
	return is_escape(line, length) && is_cleaned(line, length);
}

static bool begins_plain(const char *line, size_t length)
{
	return is_bracket(line, length) && is_cleaned(line, length);
}

static bool begins_terminal(const char *line, size_t length)
{
	const char *time = skip_colour(line, line + length);

	/* A piece of a coloured line begins with an escape, too, but not with a time. */
	return is_bracket(time, length - (size_t)(time - line)) && !is_cleaned(line, length);
}

static int read_terminal(struct entry *ret, const struct dialect *dialect, const char *line,
			 size_t length)
{
	return (*line == '[' ? read_plain : read_colour)(ret, dialect, line, length);
}

const struct form form_colour = {.name = "colour", .begins = begins_colour, .read = read_colour};
const struct form form_plain = {.name = "plain", .begins = begins_plain, .read = read_plain};
const struct form form_terminal = {
	.name = "terminal", .is_forgeable = true, .begins = begins_terminal, .read = read_terminal};
