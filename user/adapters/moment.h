/* SPDX-License-Identifier: BSD-2-Clause */
/* moment: a log's time in words as unix milliseconds. */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads "Nov 22 22:23:03.73" and "Nov-22 …", too, as of a leap year long ago; and zones without a colon. Reads "2019-12-13T02:16:23+01:00", "…Z" or "2026-11-22 22:23:03.73". Without a zone the text is read as UTC and
 * @ret_zoned is false: the caller knows better. -EINVAL: not a time between 1970 and 9999.
 */
int moment_parse(int64_t *ret_ms, bool *ret_zoned, const char *text);

#endif
