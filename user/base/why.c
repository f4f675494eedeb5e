/* SPDX-License-Identifier: BSD-2-Clause */
#include <peergate/why.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int why_fill(struct why *why, int error, const char *format, ...)
{
	va_list args;

	if (!why || why->sentence[0])
		return error;
	va_start(args, format);
	vsnprintf(why->sentence, sizeof(why->sentence), format, args);
	va_end(args);
	return error;
}

int why_lead(struct why *why, int error, const char *format, ...)
{
	char lead[WHY_MAX], tail[WHY_MAX];
	va_list args;

	if (!why)
		return error;
	va_start(args, format);
	vsnprintf(lead, sizeof(lead), format, args);
	va_end(args);
	memcpy(tail, why->sentence, sizeof(tail));
	/* A sentence too long for the room is cut at its end: what comes first tells most. */
	snprintf(why->sentence, sizeof(why->sentence), "%.240s%s%.240s", lead, tail[0] ? ": " : "",
		 tail);
	return error;
}
