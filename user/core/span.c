/* SPDX-License-Identifier: BSD-2-Clause */
#include "span.h"

#include <inttypes.h>
#include <stdio.h>

#include "book.h"

const char *span_text(uint64_t span_ns, char buffer[SPAN_MAX])
{
	uint64_t s = span_ns / NS_PER_S;

	if (s < MINUTE_S)
		snprintf(buffer, SPAN_MAX, "%" PRIu64 " s", s);
	else if (s < HOUR_S)
		snprintf(buffer, SPAN_MAX, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	else if (s < DAY_S)
		snprintf(buffer, SPAN_MAX, "%" PRIu64 " h %" PRIu64 " min", s / HOUR_S,
			 s / 60 % 60);
	else
		snprintf(buffer, SPAN_MAX, "%" PRIu64 " d %" PRIu64 " h", s / DAY_S,
			 s / HOUR_S % 24);
	return buffer;
}

const char *span_short(uint64_t span_ns, char buffer[SPAN_MAX])
{
	static const struct {
		uint32_t seconds;
		const char *unit;
	} units[] = {{DAY_S, "d"}, {HOUR_S, "h"}, {MINUTE_S, "min"}, {1, "s"}};
	uint64_t s = span_ns / NS_PER_S;
	size_t i = 0;

	while (units[i].seconds > 1 && s < units[i].seconds)
		i++;
	snprintf(buffer, SPAN_MAX, "%" PRIu64 " %s", s / units[i].seconds, units[i].unit);
	return buffer;
}

const char *end_text(uint64_t until_ns, uint64_t now_ns, char buffer[SPAN_MAX + 16])
{
	char span[SPAN_MAX];

	if (until_ns == FOREVER_NS)
		snprintf(buffer, SPAN_MAX + 16, "has no end");
	else
		snprintf(buffer, SPAN_MAX + 16, "ends in %s", span_text(until_ns - now_ns, span));
	return buffer;
}
