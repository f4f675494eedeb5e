/* SPDX-License-Identifier: BSD-2-Clause */
#include "dialect.h"

#include <string.h>

/*
 * The message's words between the fixed parts of the template, as fields. A word ends where the template goes on; it has no
 * blank in it, so that a peer's words do not reach over into the next.
 */
static bool take_template(struct entry *entry, const char *pattern, const char *message)
{
	while (*pattern) {
		const char *close = *pattern == '{' ? strchr(pattern, '}') : NULL;
		size_t length;

		if (!close) {
			if (*pattern++ != *message++)
				return false;
			continue;
		}
		length = close[1] ? strcspn(message, (char[]){' ', close[1], '\0'})
				  : strcspn(message, " ");
		if (!length)
			return false;
		entry_add(entry, entry_keep(entry, pattern + 1, (size_t)(close - pattern) - 1),
			  entry_keep(entry, message, length), false);
		message += length;
		pattern = close + 1;
	}
	return !*message;
}

static bool is_message(const struct pattern *pattern, const char *message, size_t length)
{
	size_t fixed = pattern->message_length;

	if (pattern->is_template) {
		fixed = (size_t)(strchr(pattern->message, '{') - pattern->message);
		return length > fixed && !memcmp(pattern->message, message, fixed);
	}
	return length == fixed && !memcmp(pattern->message, message, fixed);
}

bool dialect_knows(const struct dialect *self, const char *message, size_t length)
{
	for (unsigned int i = 0; i < self->pattern_count; i++)
		if (is_message(&self->patterns[i], message, length))
			return true;
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && !strcmp(text + length - tail, end);
}

static bool holds(const struct condition *condition, const struct entry *entry)
{
	const char *text = entry_text(entry, condition->field);

	if (!text)
		return false;
	switch (condition->match) {
	case MATCH_IS:
		return !strcmp(text, condition->text);
	case MATCH_BEGINS:
		return !strncmp(text, condition->text, strlen(condition->text));
	case MATCH_ENDS:
		return ends_with(text, condition->text);
	case MATCH_HAS:
		return strstr(text, condition->text);
	}
	return false;
}

static bool is_same(const char *wanted, const char *text)
{
	return !wanted || !strcmp(wanted, text);
}

/* Whether the line is of this pattern; what a template found and did not need is taken back. */
static bool fits(const struct pattern *pattern, struct entry *entry)
{
	unsigned int count = entry->count;

	if (!is_message(pattern, entry->message, strlen(entry->message)) ||
	    !is_same(pattern->level, entry->level) || !is_same(pattern->package, entry->package))
		return false;
	if ((pattern->is_template && !take_template(entry, pattern->message, entry->message)) ||
	    (pattern->peer && !entry_text(entry, pattern->peer)) ||
	    (pattern->address && !entry_text(entry, pattern->address))) {
		entry->count = count;
		return false;
	}
	return true;
}

static const struct meaning *meaning_of(const struct pattern *pattern, const struct entry *entry)
{
	for (unsigned int i = 0; i < pattern->meaning_count; i++) {
		const struct meaning *meaning = &pattern->meanings[i];
		unsigned int held = 0;

		while (held < meaning->condition_count && holds(&meaning->conditions[held], entry))
			held++;
		if (held == meaning->condition_count)
			return meaning;
	}
	return NULL;
}

const struct meaning *dialect_match(const struct dialect *self, struct entry *entry,
				    const struct pattern **ret_pattern)
{
	for (unsigned int i = 0; i < self->pattern_count; i++) {
		const struct meaning *meaning = fits(&self->patterns[i], entry)
							? meaning_of(&self->patterns[i], entry)
							: NULL;

		if (!meaning)
			continue;
		*ret_pattern = &self->patterns[i];
		return meaning;
	}
	return NULL;
}

static bool among(const char *word, const char *const words[WAY_WORDS_MAX])
{
	for (unsigned int i = 0; i < WAY_WORDS_MAX && words[i]; i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

enum way dialect_way(const struct dialect *self, const struct entry *entry)
{
	const char *word = self->direction ? entry_word(entry, self->direction) : NULL;

	if (!word)
		return WAY_UNKNOWN;
	if (among(word, self->inbound))
		return WAY_INBOUND;
	return among(word, self->outbound) ? WAY_OUTBOUND : WAY_UNKNOWN;
}
