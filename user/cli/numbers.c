/* SPDX-License-Identifier: BSD-2-Clause */
#include "numbers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

int put_whole(json_t *params, const char *member, const char *text, uint64_t most, struct why *why)
{
	unsigned long long number;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || number > most)
		return why_fill(why, -EINVAL, "\"%.40s\" is no number from 0 to %" PRIu64, text,
				most);
	return json_object_set_new(params, member, json_integer((json_int_t)number));
}
