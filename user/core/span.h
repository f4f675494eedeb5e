/* SPDX-License-Identifier: BSD-2-Clause */
/* span: a length of time in words, two units at most: "9 min 12 s". */
#ifndef SPAN_H
#define SPAN_H

#include <stdint.h>

enum { SPAN_MAX = 32 };

const char *span_text(uint64_t span_ns, char buffer[SPAN_MAX]);

/* "9 min": the larger unit alone. */
const char *span_short(uint64_t span_ns, char buffer[SPAN_MAX]);

/* "ends in 9 min 12 s", "has no end". @until_ns is later than @now_ns. */
const char *end_text(uint64_t until_ns, uint64_t now_ns, char buffer[SPAN_MAX + 16]);

#endif
