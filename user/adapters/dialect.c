/* SPDX-License-Identifier: BSD-2-Clause */
#include "dialect.h"

#include <string.h>

const struct dialect *const dialects[] = {&dialect_prysm, NULL};

const struct dialect *dialect_find(const char *name)
{
	for (const struct dialect *const *at = dialects; *at; at++)
		if (!strcmp((*at)->name, name))
			return *at;
	return NULL;
}

bool dialect_knows(const struct dialect *self, const char *message, size_t length)
{
	for (size_t i = 0; i < self->count; i++) {
		const char *known = self->patterns[i].message;

		if (*known == *message && strlen(known) == length &&
		    !memcmp(known, message, length))
			return true;
	}
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && !strcmp(text + length - tail, end);
}

static bool holds(const struct condition *condition, const struct entry *entry)
{
	const char *text;

	if (condition->match == MATCH_ALWAYS)
		return true;
	text = entry_text(entry, condition->field);
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
	default:
		return false;
	}
}

static bool fits(const struct pattern *pattern, const struct entry *entry)
{
	if (strcmp(pattern->message, entry->message) || strcmp(pattern->level, entry->level) ||
	    strcmp(pattern->package, entry->package))
		return false;
	if ((pattern->peer && !entry_text(entry, pattern->peer)) ||
	    (pattern->address && !entry_text(entry, pattern->address)))
		return false;
	for (size_t i = 0; i < CONDITIONS_MAX; i++)
		if (!holds(&pattern->conditions[i], entry))
			return false;
	return true;
}

const struct pattern *dialect_match(const struct dialect *self, const struct entry *entry)
{
	for (size_t i = 0; i < self->count; i++)
		if (fits(&self->patterns[i], entry))
			return &self->patterns[i];
	return NULL;
}

static bool among(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

enum way dialect_way(const struct dialect *self, const struct entry *entry)
{
	const char *word = entry_word(entry, self->direction);

	if (!word)
		return WAY_UNKNOWN;
	if (among(word, self->inbound))
		return WAY_INBOUND;
	return among(word, self->outbound) ? WAY_OUTBOUND : WAY_UNKNOWN;
}
