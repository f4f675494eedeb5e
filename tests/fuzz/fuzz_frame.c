/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the framing: the first byte says in which pieces the rest comes. In pieces and whole the same events are found; what is one
 * JSON value to the parser is one to the framing; no value is longer or deeper than allowed.
 */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "json_frame.h"

enum { SIZE = 4096, DEPTH = 8, EVENTS = 8192 };

struct events {
	uint8_t kinds[EVENTS];
	size_t count;
};

static void feed(struct json_frame *frame, const char *bytes, size_t length, struct events *ret)
{
	while (length) {
		size_t taken = length + 1;
		enum frame_event event = json_frame_next(frame, bytes, length, &taken);

		assert(taken <= length && (taken || event != FRAME_MORE));
		assert(frame->size <= SIZE + 1);
		if (event != FRAME_MORE && event != FRAME_SKIPPED && ret->count < EVENTS)
			ret->kinds[ret->count++] = (uint8_t)event;
		bytes += taken;
		length -= taken;
	}
}

static void check_value(const char *bytes, size_t length, const struct events *whole)
{
	json_t *value;

	/* The parser swallows a NUL behind a number; to the framing, as to the standard, it is an error everywhere. */
	if (memchr(bytes, '\0', length))
		return;
	value = json_loadb(bytes, length, 0, NULL);
	if (!value)
		return;
	/* One array or object and blanks; of a refused one a newline may be taken for the end. */
	assert(whole->count && whole->kinds[0] != FRAME_MALFORMED);
	assert(whole->count == 1 || whole->kinds[0] != FRAME_VALUE);
	json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct events whole, pieces;
	const char *bytes = (const char *)data + 1;
	struct json_frame frame;
	size_t piece;

	if (size < 2)
		return 0;
	whole.count = pieces.count = 0;
	piece = 1 + data[0] % 61;
	size--;
	json_frame_init(&frame, SIZE, DEPTH);
	feed(&frame, bytes, size, &whole);
	json_frame_init(&frame, SIZE, DEPTH);
	for (size_t at = 0; at < size; at += piece)
		feed(&frame, bytes + at, size - at < piece ? size - at : piece, &pieces);
	assert(whole.count == pieces.count);
	assert(!memcmp(whole.kinds, pieces.kinds, whole.count));
	check_value(bytes, size, &whole);
	return 0;
}
