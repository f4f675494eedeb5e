/* SPDX-License-Identifier: BSD-2-Clause */
#include "entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int entry_init(struct entry *ret)
{
	*ret = (struct entry){.room = malloc(ENTRY_ROOM)};
	entry_clear(ret);
	return ret->room ? 0 : -ENOMEM;
}

void entry_free(struct entry *self)
{
	free(self->room);
	self->room = NULL;
}

void entry_clear(struct entry *self)
{
	self->message = self->level = self->package = "";
	self->time_ms = 0;
	self->zoned = false;
	self->count = 0;
	self->used = 0;
}

const char *entry_keep(struct entry *self, const char *text, size_t length)
{
	char *kept = self->room + self->used;

	if (length >= ENTRY_ROOM - self->used || memchr(text, '\0', length))
		return NULL;
	memcpy(kept, text, length);
	kept[length] = '\0';
	self->used += length + 1;
	return kept;
}

void entry_add(struct entry *self, const char *key, const char *text, bool is_number)
{
	if (key && text && self->count < ENTRY_FIELDS_MAX)
		self->fields[self->count++] = (struct entry_field){key, text, is_number};
}

static const struct entry_field *field_of(const struct entry *self, const char *key)
{
	for (unsigned int i = 0; i < self->count; i++)
		if (!strcmp(self->fields[i].key, key))
			return &self->fields[i];
	return NULL;
}

const char *entry_text(const struct entry *self, const char *key)
{
	const struct entry_field *field = field_of(self, key);

	return field && !field->is_number ? field->text : NULL;
}

const char *entry_word(const struct entry *self, const char *key)
{
	const struct entry_field *field = field_of(self, key);

	return field ? field->text : NULL;
}

const char *entry_last_part(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "";
}
