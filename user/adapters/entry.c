/* SPDX-License-Identifier: BSD-2-Clause */
#include "entry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "moment.h"

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

/* A value as text: numbers as the logger wrote them; NULL for what is neither. */
static const char *text_of(const json_t *value, char number[ENTRY_NUMBER_MAX])
{
	if (json_is_string(value)) {
		const char *text = json_string_value(value);

		return strlen(text) == json_string_length(value) ? text : NULL;
	}
	if (!json_is_integer(value))
		return NULL;
	snprintf(number, ENTRY_NUMBER_MAX, "%lld", (long long)json_integer_value(value));
	return number;
}

static void take_fields(struct entry *self)
{
	const char *key, *text;
	json_t *value;

	json_object_foreach (self->owner, key, value) {
		if (self->count == ENTRY_FIELDS_MAX)
			return;
		text = text_of(value, self->numbers[self->count]);
		if (text)
			self->fields[self->count++] =
				(struct entry_field){key, text, !json_is_string(value)};
	}
}

static const char *last_part(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

/* The fields that every logger has; the package was called prefix before 2021. */
static int take_head(struct entry *self)
{
	const char *time = entry_text(self, "time"), *level = entry_text(self, "level");
	const char *package = entry_text(self, "package");

	self->message = entry_text(self, "msg");
	if (!self->message || !time || moment_parse(&self->time_ms, &self->zoned, time))
		return -EINVAL;
	self->level = level ? level : "";
	package = last_part(package ? package : entry_text(self, "prefix"));
	self->package = package ? package : "";
	return 0;
}

int entry_read_json(struct entry *ret, const char *line, size_t length)
{
	int error;

	ret->count = 0;
	ret->owner = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (!json_is_object(ret->owner)) {
		entry_release(ret);
		return -EBADMSG;
	}
	take_fields(ret);
	error = take_head(ret);
	if (error)
		entry_release(ret);
	return error;
}

void entry_release(struct entry *self)
{
	json_decref(self->owner);
	self->owner = NULL;
}

const char *entry_peek_json(const char *line, size_t length, size_t *ret_length)
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
