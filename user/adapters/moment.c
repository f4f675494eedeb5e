/* SPDX-License-Identifier: BSD-2-Clause */
#include "moment.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
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
	minutes = hours < 0 ? -1 : part(&at, ':', 0, 59);
	if (minutes < 0 || *at)
		return -EINVAL;
	*ret_offset_s = sign * (hours * 3600 + minutes * 60);
	return 0;
}

int moment_parse(int64_t *ret_ms, bool *ret_zoned, const char *text)
{
	struct tm tm = {0};
	int64_t offset_s;
	bool zoned;
	int year = digits(&text, 4), ms;

	if (year < 1970 || (tm.tm_mon = part(&text, '-', 1, 12)) < 0 ||
	    (tm.tm_mday = part(&text, '-', 1, 31)) < 0 || (*text != 'T' && *text != ' ') ||
	    (tm.tm_hour = part(&text, *text, 0, 23)) < 0 ||
	    (tm.tm_min = part(&text, ':', 0, 59)) < 0 || (tm.tm_sec = part(&text, ':', 0, 60)) < 0)
		return -EINVAL;
	ms = fraction_ms(&text);
	if (read_zone(text, &zoned, &offset_s))
		return -EINVAL;
	tm.tm_year = year - 1900;
	tm.tm_mon--;
	*ret_ms = ((int64_t)timegm(&tm) - offset_s) * 1000 + ms;
	*ret_zoned = zoned;
	return 0;
}
