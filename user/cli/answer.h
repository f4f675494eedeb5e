/* SPDX-License-Identifier: BSD-2-Clause */
/* answer: members of the daemon's answers, read without trust: absent or of another type gives the default. */
#ifndef ANSWER_H
#define ANSWER_H

#include <jansson.h>
#include <stdint.h>

#include "output.h"

static inline const char *answer_text(const json_t *object, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : otherwise;
}

static inline int64_t answer_integer(const json_t *object, const char *name, int64_t otherwise)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_integer(value))
		return json_integer_value(value);
	return json_is_real(value) ? (int64_t)json_real_value(value) : otherwise;
}

static inline double answer_number(const json_t *object, const char *name, double otherwise)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

/*
 * How long a live verdict holds, from its member `until` (unix seconds; null: for good), in words: "until 14:03:10
 * (9 min 55 s)", "for good". Returns @buffer.
 */
enum { UNTIL_TEXT_MAX = 160 };
const char *until_text(const json_t *object, char buffer[UNTIL_TEXT_MAX]);

/* Whether a bare IPv6 address was taken for its /64, to be said. */
static inline const char *answer_widened(const json_t *object)
{
	return json_is_true(json_object_get(object, "widened"))
		       ? "\nAn IPv6 address alone means its /64."
		       : "";
}

/* What stands out of a standing. */
enum tone standing_tone(const char *standing);

#endif
