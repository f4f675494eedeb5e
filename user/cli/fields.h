/* SPDX-License-Identifier: BSD-2-Clause */
/* fields: members of the daemon's answers, read without trust: absent or of another type gives the default. */
#ifndef FIELDS_H
#define FIELDS_H

#include <jansson.h>
#include <stdint.h>

#include "output.h"

static inline const char *field_text(const json_t *object, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : otherwise;
}

static inline int64_t field_integer(const json_t *object, const char *name, int64_t otherwise)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_integer(value))
		return json_integer_value(value);
	return json_is_real(value) ? (int64_t)json_real_value(value) : otherwise;
}

static inline double field_number(const json_t *object, const char *name, double otherwise)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

/* Until when a verdict holds: unix seconds, 0 none, UNTIL_FOREVER. */
#define UNTIL_FOREVER INT64_MAX
int64_t field_until(const json_t *object);

/* "until 14:03:10 (9 min 55 s)", "without an end"; "" for 0. Returns @buffer. */
enum { UNTIL_TEXT_MAX = 160 };
const char *until_text(int64_t until_s, char buffer[UNTIL_TEXT_MAX]);

/* What stands out of a standing. */
enum tone standing_tone(const char *standing);

#endif
