/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_scan: walks through plain JSON without building anything: what a busy client sends again and again. Plain is: letters of
 * printable ASCII without escapes, numbers of up to fifteen digits without an exponent, true, false, null. Whatever is not plain,
 * or not JSON, stops the walk for good, and the caller takes the value to the library: so nothing is ever understood here that
 * jansson would understand otherwise (tests/fuzz/fuzz_scan.c compares the two).
 *
 * Each step skips blanks before it. After a step that failed every further one fails; ask json_scan_failed() once at the end.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct json_scan {
	const char *at, *end;
	bool failed;
	bool short_of; /* the walk failed because the bytes ended: it may be tried again with more */
};

/* A string as it stands there, not ended by a 0. */
struct json_text {
	const char *letters;
	size_t length;
};

struct json_scan json_scan_begin(const char *bytes, size_t length);

/* Takes @c, one of {}[]:, when it comes next; another byte, and the walk fails. */
bool json_scan_mark(struct json_scan *self, char c);

/* Whether @c comes next; takes it then. Another byte is left where it is. */
bool json_scan_maybe(struct json_scan *self, char c);

/* The next byte that is no blank; 0 when there is none, which is no failure. */
char json_scan_peek(struct json_scan *self);

bool json_scan_text(struct json_scan *self, struct json_text *ret);
bool json_scan_number(struct json_scan *self, double *ret);
bool json_scan_flag(struct json_scan *self, bool *ret);
bool json_scan_null(struct json_scan *self);

/* A key and its colon. */
bool json_scan_key(struct json_scan *self, struct json_text *ret);

/* Whether nothing but blanks is left. */
bool json_scan_is_over(struct json_scan *self);

bool json_text_is(const struct json_text *self, const char *word);

#endif
