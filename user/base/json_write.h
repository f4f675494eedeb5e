/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_write: a jansson value as compact text at the end of a buffer. jansson's own writer looks for loops by printing each
 * container's pointer into a table, which costs more than the text; values that we made or that were parsed have no loops.
 */
#ifndef JSON_WRITE_H
#define JSON_WRITE_H

#include <jansson.h>

#include "buffer.h"

/* Appends @value; members in their order. Reals with as many digits as they need to be read back the same, whole ones as integers. */
void json_write(struct buffer *out, const json_t *value);

/*
 * The same without a value, for answers that are asked for so often that making one costs more than the rest: a text
 * (UTF-8) with its quotes, a whole number.
 */
void json_write_text(struct buffer *out, const char *text);
void json_write_letters(struct buffer *out, const char *letters, size_t length);
void json_write_integer(struct buffer *out, json_int_t integer);

#endif
