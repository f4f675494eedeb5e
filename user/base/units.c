/* SPDX-License-Identifier: BSD-2-Clause */
#include "units.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t longest_s = UINT64_C(100) * 366 * 86400;

static const struct {
	const char *word;
	uint64_t ns;
} units[] = {
	{"", NS_PER_S},		{"s", NS_PER_S},	 {"m", 60 * NS_PER_S},
	{"h", 3600 * NS_PER_S}, {"d", 86400 * NS_PER_S}, {"ms", NS_PER_S / 1000},
};

static bool unit_of(const char *word, uint64_t *ret_ns)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(word, units[i].word))
			continue;
		*ret_ns = units[i].ns;
		return true;
	}
	return false;
}

/* Digits alone; false when there are none or too many for a sane setting. */
static bool digits(const char *text, uint64_t *ret, const char **ret_rest)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	*ret_rest = end;
	return !errno;
}

int duration_parse(const char *text, uint64_t *ret_ns, struct why *why)
{
	uint64_t count, unit;
	const char *rest;

	if (!digits(text, &count, &rest) || !unit_of(rest, &unit))
		return why_fill(why, -EINVAL, "\"%.40s\" is no duration: write 90s, 10m, 2h or 1d",
				text);
	if (count > longest_s * NS_PER_S / unit)
		return why_fill(why, -EINVAL, "\"%.40s\" is longer than 100 years", text);
	*ret_ns = count * unit;
	return 0;
}

int rate_parse(const char *text, uint64_t *ret_interval_ns, struct why *why)
{
	uint64_t count, period = 0;
	const char *rest;
	bool fits;

	if (!strcmp(text, "off") || !strcmp(text, "0")) {
		*ret_interval_ns = 0;
		return 0;
	}
	fits = digits(text, &count, &rest) && count && rest[0] == '/';
	if (fits && isdigit((unsigned char)rest[1]))
		fits = !duration_parse(rest + 1, &period, NULL);
	else if (fits)
		fits = unit_of(rest + 1, &period);
	if (!fits || period / count == 0)
		return why_fill(why, -EINVAL,
				"\"%.40s\" is no rate: write 4/s, 1/60s, 10/m, or off for no limit",
				text);
	*ret_interval_ns = period / count;
	return 0;
}

static bool number(const char *text, double *ret, char **ret_rest)
{
	if (!isdigit((unsigned char)text[0]))
		return false;
	*ret = strtod(text, ret_rest);
	return true;
}

int share_parse(const char *text, uint32_t *ret_parts, struct why *why)
{
	double part = 0, whole = 1;
	char *rest = "";
	bool fits = number(text, &part, &rest);

	if (fits && rest[0] == '/')
		fits = number(rest + 1, &whole, &rest);
	/* Written so that what is not a number fails as well. */
	if (!fits || rest[0] || !(whole > 0) || !(part / whole <= 1))
		return why_fill(why, -EINVAL,
				"\"%.40s\" is no share: write 1/32, 0.05, or 0 for none", text);
	*ret_parts = (uint32_t)(part / whole * 65536);
	return 0;
}

int whole_parse(const char *text, uint64_t min, uint64_t max, uint64_t *ret, struct why *why)
{
	const char *rest = "";
	uint64_t value;

	if (!digits(text, &value, &rest) || rest[0])
		return why_fill(why, -EINVAL, "\"%.40s\" is no whole number", text);
	if (value < min || value > max)
		return why_fill(why, -ERANGE, "%.40s is outside %llu .. %llu", text,
				(unsigned long long)min, (unsigned long long)max);
	*ret = value;
	return 0;
}
