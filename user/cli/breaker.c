/* SPDX-License-Identifier: BSD-2-Clause */
#include "breaker.h"

#include <inttypes.h>

#include "answer.h"

void breaker_tell(struct output *output, const json_t *breaker)
{
	bool open = json_is_true(json_object_get(breaker, "open"));
	int64_t opened = answer_integer(breaker, "opened", 0);
	const char *why = answer_text(breaker, "why", "");
	char until[UNTIL_TEXT_MAX];

	if (!breaker)
		return;
	output_words(output, TONE_PLAIN, "The breaker is ");
	output_words(output, open ? TONE_WARNING : TONE_GOOD, open ? "open" : "closed");
	if (open)
		output_words(output, TONE_PLAIN, " %s", until_text(breaker, until));
	output_words(output, TONE_PLAIN,
		     "%s%s; opened %" PRId64 " time%s, %" PRId64 " reports counted for nothing.\n",
		     *why ? ": " : "", why, opened, opened == 1 ? "" : "s",
		     answer_integer(breaker, "voided", 0));
}
