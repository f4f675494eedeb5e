/* SPDX-License-Identifier: BSD-2-Clause */
#include "span.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct unit {
	char letter;
	uint32_t seconds;
	const char *name; /* NULL: read only */
} units[] = {
	{'w', 604800, NULL}, {'d', 86400, "d"}, {'h', 3600, "h"}, {'m', 60, "min"}, {'s', 1, "s"},
};

enum { UNITS = sizeof(units) / sizeof(*units) };
static const uint64_t longest_s = UINT64_C(100) * 366 * 86400;

static int find_unit(char letter)
{
	for (int i = 0; i < UNITS; i++)
		if (units[i].letter == letter)
			return i;
	return UNITS;
}

static int no_duration(const char *text, struct why *why)
{
	if (text[0] && strspn(text, "0123456789") == strlen(text))
		return why_fill(why, -EINVAL, "\"%.40s\" lacks a unit: did you mean %.40ss?", text,
				text);
	return why_fill(why, -EINVAL, "\"%.40s\" is no duration: write 90s, 10m, 2h, 1d or 1h30m",
			text);
}

/* One number and its unit, smaller than the unit before. */
static int read_part(uint64_t *total_s, int *last_unit, const char **at)
{
	uint64_t number = 0;
	const char *start = *at;
	int unit;

	for (; isdigit((unsigned char)**at); ++*at) {
		number = number * 10 + (uint64_t)(**at - '0');
		if (number > longest_s)
			return -ERANGE;
	}
	unit = find_unit(**at);
	if (*at == start || unit == UNITS || unit <= *last_unit)
		return -EINVAL;
	++*at;
	*last_unit = unit;
	*total_s += number * units[unit].seconds;
	return 0;
}

int span_parse(uint64_t *ret_s, const char *text, struct why *why)
{
	const char *at = text;
	int last_unit = -1, error = text[0] ? 0 : -EINVAL;
	uint64_t total_s = 0;

	while (!error && *at)
		error = read_part(&total_s, &last_unit, &at);
	if (error == -EINVAL)
		return no_duration(text, why);
	if (error || !total_s || total_s > longest_s)
		return why_fill(why, -EINVAL, "\"%.40s\": a duration is 1s to 100 years", text);
	*ret_s = total_s;
	return 0;
}

const char *span_text(uint64_t seconds, char buffer[SPAN_TEXT_MAX])
{
	size_t length = 0;
	int first = UNITS;

	for (int i = 1; i < UNITS && i <= first + 1; i++) {
		uint64_t number = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (!number)
			continue;
		if (first == UNITS)
			first = i;
		length += (size_t)snprintf(buffer + length, SPAN_TEXT_MAX - length,
					   "%s%" PRIu64 " %s", length ? " " : "", number,
					   units[i].name);
	}
	if (!length)
		snprintf(buffer, SPAN_TEXT_MAX, "0 s");
	return buffer;
}

const char *moment_text(int64_t unix_s, int64_t now_s, char buffer[SPAN_TEXT_MAX])
{
	int64_t away_s = unix_s > now_s ? unix_s - now_s : now_s - unix_s;
	time_t moment = (time_t)unix_s;
	struct tm local;

	if (!localtime_r(&moment, &local) ||
	    !strftime(buffer, SPAN_TEXT_MAX, away_s < 12 * 3600 ? "%H:%M:%S" : "%F %H:%M:%S",
		      &local))
		snprintf(buffer, SPAN_TEXT_MAX, "%" PRId64, unix_s);
	return buffer;
}
