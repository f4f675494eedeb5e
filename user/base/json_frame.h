/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_frame: finds where one JSON value ends and the next begins in a stream that comes in pieces of any size, in
 * constant memory. It checks the grammar of brackets, commas, colons and strings, so that a fault is found at its first
 * byte; what numbers, literals and escapes mean is left to the parser.
 */
#ifndef JSON_FRAME_H
#define JSON_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kinds of the open brackets are bits of one word. */
enum { JSON_FRAME_DEPTH_MAX = 64 };

enum frame_event {
	FRAME_MORE,	 /* all bytes are taken, the value goes on */
	FRAME_VALUE,	 /* a value ended with the bytes taken */
	FRAME_MALFORMED, /* the value cannot become one; the stream goes on after it, see below */
	FRAME_TOO_LONG,	 /* more bytes than allowed; the rest of the value is skipped */
	FRAME_TOO_DEEP,	 /* more brackets than allowed; the rest of the value is skipped */
	FRAME_SKIPPED,	 /* the bytes taken were the rest of a refused value or line */
};

struct json_frame {
	size_t size_max;    /* bytes of one value */
	unsigned depth_max; /* open brackets, at most JSON_FRAME_DEPTH_MAX */
	size_t size;	    /* bytes of the value so far */
	uint64_t skipped;   /* bytes dropped since the last good value: how lost the stream is */
	uint64_t objects;   /* bit n: the bracket at depth n + 1 is a brace */
	uint64_t depth;
	unsigned char state;
	bool skipping;	 /* the value is refused: only its end is looked for */
	bool many_lines; /* it had a newline before it was refused, so a newline is not its end */
	bool line_start; /* only blanks since the last newline */
};

void json_frame_init(struct json_frame *self, size_t size_max, unsigned int depth_max);

/*
 * Takes bytes up to the end of the current value and says what was found; call it again with the rest. @ret_taken is how
 * many bytes were taken: 0 of a value that ended just before them (a number ends with what follows it).
 *
 * After FRAME_MALFORMED the stream is taken up again behind the line of the fault, or at the fault itself when that is a
 * bracket that opens a line. After FRAME_TOO_LONG and FRAME_TOO_DEEP the rest of that value comes as FRAME_MORE and at last FRAME_SKIPPED: at its last
 * bracket, or at a newline when the value had none before it was refused (its writer puts one value a line).
 */
enum frame_event json_frame_next(struct json_frame *self, const char *bytes, size_t length,
				 size_t *ret_taken);

/* Whether nothing of the bytes taken since the last event needs to be kept: between two values, or in a refused one. */
bool json_frame_is_between(const struct json_frame *self);

#endif
