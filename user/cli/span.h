/* SPDX-License-Identifier: BSD-2-Clause */
/* span: lengths of time and moments as people write and read them. */
#ifndef SPAN_H
#define SPAN_H

#include <peergate/why.h>
#include <stdint.h>

enum { SPAN_TEXT_MAX = 64 };

/*
 * Reads 90s, 10m, 2h, 1d, 1w or several of them, larger first (1h30m), into seconds; at least 1 s, at most 100 years.
 * -EINVAL with the sentence in @why for everything else; a bare number gets its unit suggested.
 */
int span_parse(uint64_t *ret_s, const char *text, struct why *why);

/* "9 min 55 s", "2 h", "3 d 4 h": the two largest units. Returns @buffer. */
const char *span_text(uint64_t seconds, char buffer[SPAN_TEXT_MAX]);

/*
 * "14:03:10" when @unix_s is within twelve hours of @now_s, else with its date: "2026-03-01 14:03:10"; local time. Returns
 * @buffer.
 */
const char *moment_text(int64_t unix_s, int64_t now_s, char buffer[SPAN_TEXT_MAX]);

#endif
