/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer.h"

#include <string.h>
#include <time.h>

#include "span.h"

static double unix_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

const char *until_text(const json_t *object, char buffer[UNTIL_TEXT_MAX])
{
	double until_s = answer_number(object, "until", 0), now_s = unix_now();
	char moment[SPAN_TEXT_MAX], left[SPAN_TEXT_MAX];
	uint64_t left_s = until_s > now_s ? (uint64_t)(until_s - now_s + 0.5) : 0;

	if (until_s <= 0)
		snprintf(buffer, UNTIL_TEXT_MAX, "for good");
	else
		snprintf(buffer, UNTIL_TEXT_MAX, "until %s (%s)",
			 moment_text((int64_t)until_s, (int64_t)now_s, moment),
			 span_text(left_s, left));
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
