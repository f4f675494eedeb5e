/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include <peergate/words.h>

enum { FIELDS_MAX = 32 };

static const char *const kinds[] = {
	[FIELD_TEXT] = "a string",   [FIELD_FLAG] = "true or false",
	[FIELD_NUMBER] = "a number", [FIELD_WHOLE] = "a whole number",
	[FIELD_LIST] = "an array",
};

static const char *const types[] = {
	[JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
	[JSON_INTEGER] = "a number", [JSON_REAL] = "a number",	[JSON_TRUE] = "true",
	[JSON_FALSE] = "false",	     [JSON_NULL] = "null",
};

static const struct field *find(const struct field *fields, unsigned int count, const char *name)
{
	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

static int unknown(const struct field *fields, unsigned int count, const char *name,
		   struct why *why)
{
	const char *names[FIELDS_MAX], *near;

	for (unsigned int i = 0; i < count && i < FIELDS_MAX; i++)
		names[i] = fields[i].name;
	near = nearest_word(name, names, count < FIELDS_MAX ? count : FIELDS_MAX);
	return why_fill(why, -EINVAL, "%.40s: no such field%s%s%s", name,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static int put_number(struct field_number *ret, const struct field *field, const json_t *value,
		      struct why *why)
{
	double number = json_number_value(value);

	if (field->kind == FIELD_WHOLE && floor(number) != number)
		return why_fill(why, -EINVAL, "%s: %g is no whole number", field->name, number);
	if (!(number >= field->min && number <= field->max))
		return why_fill(why, -EINVAL, "%s: %.15g is outside %.15g .. %.15g", field->name,
				number, field->min, field->max);
	*ret = (struct field_number){.told = true, .value = number};
	return 0;
}

static int put(void *ret, const struct field *field, const json_t *value, struct why *why)
{
	void *member = (char *)ret + field->offset;

	if (field->kind == FIELD_TEXT && json_is_string(value)) {
		*(const char **)member = json_string_value(value);
		return 0;
	}
	if (field->kind == FIELD_FLAG && json_is_boolean(value)) {
		*(bool *)member = json_is_true(value);
		return 0;
	}
	if (field->kind == FIELD_LIST && json_is_array(value)) {
		*(const json_t **)member = value;
		return 0;
	}
	if ((field->kind == FIELD_NUMBER || field->kind == FIELD_WHOLE) && json_is_number(value))
		return put_number(member, field, value, why);
	return why_fill(why, -EINVAL, "%s: must be %s, not %s", field->name, kinds[field->kind],
			types[json_typeof(value)]);
}

int fields_read(void *ret, const struct field *fields, unsigned int count, const json_t *object,
		struct why *why)
{
	/* jansson's iterators want the object writable and do not write. */
	json_t *members = (json_t *)(uintptr_t)object, *value;
	uint32_t seen = 0;
	const char *name;

	json_object_foreach (members, name, value) {
		const struct field *field = find(fields, count, name);
		int error;

		if (!field)
			return unknown(fields, count, name, why);
		if (json_is_null(value))
			continue;
		error = put(ret, field, value, why);
		if (error)
			return error;
		seen |= 1U << (field - fields);
	}
	for (unsigned int i = 0; i < count; i++)
		if (fields[i].required && !(seen >> i & 1))
			return why_fill(why, -EINVAL, "%s: missing", fields[i].name);
	return 0;
}
