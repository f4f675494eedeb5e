/* SPDX-License-Identifier: BSD-2-Clause */
#include "moment.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* @count decimal digits at *@at, which moves behind them; -1 when there are fewer. */
static int digits(const char **at, int count)
{
	int value = 0;

	for (; count; count--, ++*at) {
		if (!isdigit((unsigned char)**at))
			return -1;
		value = value * 10 + **at - '0';
	}
	return value;
}

/* A number of two digits in @least .. @most behind the character @mark. */
static int part(const char **at, char mark, int least, int most)
{
	int value;

	if (*(*at)++ != mark)
		return -1;
	value = digits(at, 2);
	return value >= least && value <= most ? value : -1;
}

/* Any number of digits behind the point; what is finer than a millisecond is dropped. */
static int fraction_ms(const char **at)
{
	int scale = 100, ms = 0;

	if (**at != '.')
		return 0;
	for (++*at; isdigit((unsigned char)**at); ++*at, scale /= 10)
		ms += (**at - '0') * scale;
	return ms;
}

static int read_zone(const char *at, bool *ret_zoned, int64_t *ret_offset_s)
{
	int sign = *at == '-' ? -1 : 1, hours, minutes;

	*ret_zoned = *at != '\0';
	*ret_offset_s = 0;
	if (!*at || (*at == 'Z' && !at[1]))
		return 0;
	if (*at != '+' && *at != '-')
		return -EINVAL;
	hours = part(&at, *at, 0, 23);
	if (hours >= 0 && *at == ':')
		at++;
	minutes = hours < 0 ? -1 : digits(&at, 2);
	if (minutes > 59)
		return -EINVAL;
	if (minutes < 0 || *at)
		return -EINVAL;
	*ret_offset_s = sign * (hours * 3600 + minutes * 60);
	return 0;
}

/* "2026-11-22" or "Nov 22", and what stands between it and the hour. */
static int read_day(const char **at, struct tm *tm)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *month;

	if (isdigit((unsigned char)**at)) {
		tm->tm_year = digits(at, 4) - 1900;
		tm->tm_mon = tm->tm_year < 70 ? -1 : part(at, '-', 1, 12) - 1;
	} else {
		char name[4] = {0};

		tm->tm_year = 72; /* a leap year: the caller knows which it is */
		for (int i = 0; i < 3 && **at; i++)
			name[i] = *(*at)++;
		month = name[2] ? strstr(months, name) : NULL;
		tm->tm_mon = month && !((month - months) % 3) ? (int)(month - months) / 3 : -1;
	}
	if (tm->tm_mon < 0 || (**at != '-' && **at != ' '))
		return -EINVAL;
	tm->tm_mday = part(at, **at, 1, 31);
	return tm->tm_mday < 0 || (**at != 'T' && **at != ' ') ? -EINVAL : 0;
}

int moment_parse(int64_t *ret_ms, bool *ret_zoned, const char *text)
{
	struct tm tm = {0};
	int64_t offset_s;
	bool zoned;
	int ms;

	if (read_day(&text, &tm) || (tm.tm_hour = part(&text, *text, 0, 23)) < 0 ||
	    (tm.tm_min = part(&text, ':', 0, 59)) < 0 || (tm.tm_sec = part(&text, ':', 0, 60)) < 0)
		return -EINVAL;
	ms = fraction_ms(&text);
	if (read_zone(text, &zoned, &offset_s))
		return -EINVAL;
	*ret_ms = ((int64_t)timegm(&tm) - offset_s) * 1000 + ms;
	*ret_zoned = zoned;
	return 0;
}
