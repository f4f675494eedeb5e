/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_write.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c != '"' && c != '\\';
}

static void write_escaped(struct buffer *out, unsigned char c)
{
	char text[8];

	if (c == '"' || c == '\\')
		snprintf(text, sizeof(text), "\\%c", c);
	else
		snprintf(text, sizeof(text), "\\u%04x", c);
	buffer_text(out, text);
}

void json_write_letters(struct buffer *out, const char *letters, size_t length)
{
	size_t begin = 0;

	buffer_append(out, "\"", 1);
	for (size_t i = 0; i < length; i++) {
		if (is_plain((unsigned char)letters[i]))
			continue;
		buffer_append(out, letters + begin, i - begin);
		write_escaped(out, (unsigned char)letters[i]);
		begin = i + 1;
	}
	buffer_append(out, letters + begin, length - begin);
	buffer_append(out, "\"", 1);
}

void json_write_integer(struct buffer *out, json_int_t integer)
{
	char text[24], *at = text + sizeof(text);
	uint64_t rest = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;

	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (integer < 0)
		*--at = '-';
	buffer_append(out, at, (size_t)(text + sizeof(text) - at));
}

static void write_real(struct buffer *out, double real)
{
	char text[40];

	/* 2^53: up to there every whole number is exact. */
	if (real == floor(real) && fabs(real) <= 9007199254740992.0) {
		json_write_integer(out, (json_int_t)real);
		return;
	}
	snprintf(text, sizeof(text), "%.15g", real);
	if (strtod(text, NULL) != real)
		snprintf(text, sizeof(text), "%.17g", real);
	buffer_text(out, text);
}

void json_write_text(struct buffer *out, const char *text)
{
	json_write_letters(out, text, strlen(text));
}

static void write_array(struct buffer *out, const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		buffer_append(out, i ? "," : "[", 1);
		json_write(out, json_array_get(array, i));
	}
	buffer_text(out, json_array_size(array) ? "]" : "[]");
}

static void write_object(struct buffer *out, const json_t *object)
{
	/* jansson's iterators want the object writable and do not write. */
	json_t *members = (json_t *)(uintptr_t)object, *value;
	const char *name, *before = "{";

	json_object_foreach (members, name, value) {
		buffer_append(out, before, 1);
		json_write_letters(out, name, strlen(name));
		buffer_append(out, ":", 1);
		json_write(out, value);
		before = ",";
	}
	buffer_text(out, before[0] == ',' ? "}" : "{}");
}

void json_write(struct buffer *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		write_object(out, value);
		break;
	case JSON_ARRAY:
		write_array(out, value);
		break;
	case JSON_STRING:
		json_write_letters(out, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		json_write_integer(out, json_integer_value(value));
		break;
	case JSON_REAL:
		write_real(out, json_real_value(value));
		break;
	case JSON_TRUE:
		buffer_text(out, "true");
		break;
	case JSON_FALSE:
		buffer_text(out, "false");
		break;
	case JSON_NULL:
		buffer_text(out, "null");
		break;
	}
}
