/* SPDX-License-Identifier: BSD-2-Clause */
#include "fields.h"

#include <string.h>
#include <time.h>

#include "duration.h"

int64_t field_until(const json_t *object)
{
	const json_t *until = json_object_get(object, "until");

	if (json_is_string(until))
		return UNTIL_FOREVER;
	return field_integer(object, "until", 0);
}

const char *until_text(int64_t until_s, char buffer[UNTIL_TEXT_MAX])
{
	char moment[DURATION_TEXT_MAX], left[DURATION_TEXT_MAX];
	int64_t now_s = time(NULL);

	if (until_s == UNTIL_FOREVER)
		snprintf(buffer, UNTIL_TEXT_MAX, "without an end");
	else if (until_s <= 0)
		buffer[0] = '\0';
	else
		snprintf(buffer, UNTIL_TEXT_MAX, "until %s (%s)",
			 moment_text(until_s, now_s, moment),
			 duration_text(until_s > now_s ? (uint64_t)(until_s - now_s) : 0, left));
	return buffer;
}

enum tone standing_tone(const char *standing)
{
	static const struct {
		const char *standing;
		enum tone tone;
	} tones[] = {
		{"trusted", TONE_GOOD},	       {"good", TONE_GOOD},  {"poor", TONE_WARNING},
		{"discouraged", TONE_WARNING}, {"banned", TONE_BAD},
	};

	for (size_t i = 0; i < sizeof(tones) / sizeof(*tones); i++)
		if (!strcmp(tones[i].standing, standing))
			return tones[i].tone;
	return TONE_PLAIN;
}
