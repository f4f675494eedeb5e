/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_frame.h"

#include <string.h>

/* What the grammar waits for. */
enum state {
	BETWEEN,    /* a value or the end of the stream */
	VALUE,	    /* a value */
	FIRST,	    /* a value or ']' */
	KEY_OR_END, /* a key or '}' */
	KEY,
	COLON,
	COMMA_OR_END,
	STRING, /* the rest of a string, then COLON or COMMA_OR_END */
	KEY_STRING,
	ESCAPE, /* one byte behind a backslash */
	KEY_ESCAPE,
	SCALAR, /* the rest of a number or literal */
	LINE,	/* after a fault: the next line */
};

enum step { GO, DONE, DONE_BEFORE, FAULT };

void json_frame_init(struct json_frame *self, size_t size_max, unsigned int depth_max)
{
	*self = (struct json_frame){
		.size_max = size_max,
		.depth_max = depth_max < JSON_FRAME_DEPTH_MAX ? depth_max : JSON_FRAME_DEPTH_MAX,
		.line_start = true,
	};
}

bool json_frame_is_between(const struct json_frame *self)
{
	return self->state == BETWEEN || self->skipping;
}

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_scalar(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '-' || c == '+' || c == '.' || c == '_';
}

static bool in_object(const struct json_frame *self)
{
	return self->depth && (self->objects >> (self->depth - 1) & 1);
}

static enum step value_ends(struct json_frame *self)
{
	self->state = self->depth ? COMMA_OR_END : BETWEEN;
	return self->depth ? GO : DONE;
}

static enum step open_bracket(struct json_frame *self, bool object)
{
	uint64_t bit;

	self->depth++;
	self->state = object ? KEY_OR_END : FIRST;
	if (self->depth > JSON_FRAME_DEPTH_MAX)
		return GO;
	bit = 1ULL << (self->depth - 1);
	self->objects = object ? self->objects | bit : self->objects & ~bit;
	return GO;
}

static enum step close_bracket(struct json_frame *self, bool object)
{
	if (!self->depth)
		return FAULT;
	if (object != in_object(self))
		return FAULT;
	self->depth--;
	return value_ends(self);
}

static enum step begin_value(struct json_frame *self, unsigned char c)
{
	if (c == '{' || c == '[')
		return open_bracket(self, c == '{');
	if (c == '"') {
		self->state = STRING;
		return GO;
	}
	if (!is_scalar(c))
		return FAULT;
	self->state = SCALAR;
	return GO;
}

static enum step take_string(struct json_frame *self, unsigned char c)
{
	bool key = self->state == KEY_STRING;

	if (c < ' ')
		return FAULT;
	if (c == '\\')
		self->state = key ? KEY_ESCAPE : ESCAPE;
	else if (c == '"' && key)
		self->state = COLON;
	else if (c == '"')
		return value_ends(self);
	return GO;
}

static enum step take_escaped(struct json_frame *self, unsigned char c)
{
	self->state = self->state == KEY_ESCAPE ? KEY_STRING : STRING;
	return c < ' ' ? FAULT : GO;
}

static enum step take_separator(struct json_frame *self, unsigned char c)
{
	if (c == '}' || c == ']')
		return close_bracket(self, c == '}');
	if (c != ',')
		return FAULT;
	self->state = in_object(self) ? KEY : VALUE;
	return GO;
}

static enum step take_key(struct json_frame *self, unsigned char c)
{
	if (c == '}' && self->state == KEY_OR_END)
		return close_bracket(self, true);
	if (c != '"')
		return FAULT;
	self->state = KEY_STRING;
	return GO;
}

/* Deeper than the kinds of brackets are kept, only for values that are refused: brackets and strings alone count. */
static enum step take_deep(struct json_frame *self, unsigned char c)
{
	if (c == '"')
		self->state = STRING;
	if (c == '{' || c == '[')
		self->depth++;
	else if (c == '}' || c == ']')
		self->depth--;
	if (self->depth == JSON_FRAME_DEPTH_MAX)
		self->state = COMMA_OR_END;
	return GO;
}

static enum step take_token(struct json_frame *self, unsigned char c)
{
	switch (self->state) {
	case COLON:
		self->state = VALUE;
		return c == ':' ? GO : FAULT;
	case KEY:
	case KEY_OR_END:
		return take_key(self, c);
	case COMMA_OR_END:
		return take_separator(self, c);
	case FIRST:
		if (c == ']')
			return close_bracket(self, false);
		break;
	}
	return begin_value(self, c);
}

static enum step take(struct json_frame *self, unsigned char c)
{
	switch (self->state) {
	case STRING:
	case KEY_STRING:
		return take_string(self, c);
	case ESCAPE:
	case KEY_ESCAPE:
		return take_escaped(self, c);
	case SCALAR:
		if (is_scalar(c))
			return GO;
		if (value_ends(self) == DONE)
			return DONE_BEFORE;
	}
	if (self->depth > JSON_FRAME_DEPTH_MAX)
		return take_deep(self, c);
	return is_blank(c) ? GO : take_token(self, c);
}

static void between(struct json_frame *self)
{
	self->state = BETWEEN;
	self->depth = 0;
	self->size = 0;
	self->skipping = false;
	self->many_lines = false;
}

/* A bracket that opens a line is most likely the next request of a peer that writes one a line. */
static bool is_fresh_start(const struct json_frame *self, unsigned char c)
{
	return self->line_start && self->state != BETWEEN && (c == '{' || c == '[');
}

static enum frame_event fault(struct json_frame *self, unsigned char c, size_t *at)
{
	bool fresh = is_fresh_start(self, c), told = self->skipping;

	between(self);
	if (fresh)
		return told ? FRAME_SKIPPED : FRAME_MALFORMED;
	++*at;
	if (c == '\n')
		self->line_start = true;
	else
		self->state = LINE;
	return told ? FRAME_SKIPPED : FRAME_MALFORMED;
}

static enum frame_event end_value(struct json_frame *self)
{
	bool told = self->skipping, too_long = self->size > self->size_max;

	between(self);
	if (told)
		return FRAME_SKIPPED;
	if (too_long)
		return FRAME_TOO_LONG;
	self->skipped = 0;
	return FRAME_VALUE;
}

static enum frame_event check_limits(struct json_frame *self)
{
	if (self->skipping)
		return FRAME_MORE;
	self->skipping = self->depth > self->depth_max || self->size > self->size_max;
	if (self->depth > self->depth_max)
		return FRAME_TOO_DEEP;
	return self->skipping ? FRAME_TOO_LONG : FRAME_MORE;
}

/* Within a value. */
static enum frame_event take_newline(struct json_frame *self)
{
	if (self->skipping && !self->many_lines) {
		between(self);
		return FRAME_SKIPPED;
	}
	self->many_lines = true;
	return check_limits(self);
}

static enum frame_event take_one(struct json_frame *self, unsigned char c, size_t *at)
{
	unsigned char before = self->state;

	switch (take(self, c)) {
	case FAULT:
		self->state = before;
		return fault(self, c, at);
	case DONE:
		++*at;
		self->size++;
		self->line_start = false;
		return end_value(self);
	case DONE_BEFORE:
		return end_value(self);
	case GO:
		break;
	}
	++*at;
	self->line_start = c == '\n' || (self->line_start && is_blank(c));
	if (self->state != BETWEEN)
		self->size++;
	self->skipped += self->skipping;
	if (c != '\n' || self->state == BETWEEN)
		return check_limits(self);
	return take_newline(self);
}

/* The plain letters of a string need no grammar, and most bytes are such. */
static size_t take_run(struct json_frame *self, const char *bytes, size_t length)
{
	size_t n = 0, room = self->size_max - self->size;

	if (self->state != STRING && self->state != KEY_STRING)
		return 0;
	if (!self->skipping && length > room)
		length = room;
	while (n < length && bytes[n] != '"' && bytes[n] != '\\' && (unsigned char)bytes[n] >= ' ')
		n++;
	self->size += self->skipping ? 0 : n;
	self->skipped += self->skipping ? n : 0;
	return n;
}

static enum frame_event take_line(struct json_frame *self, const char *bytes, size_t length,
				  size_t *ret_taken)
{
	const char *end = memchr(bytes, '\n', length);

	*ret_taken = end ? (size_t)(end - bytes) + 1 : length;
	self->skipped += *ret_taken;
	if (end) {
		between(self);
		self->line_start = true;
	}
	return FRAME_SKIPPED;
}

enum frame_event json_frame_next(struct json_frame *self, const char *bytes, size_t length,
				 size_t *ret_taken)
{
	enum frame_event event = FRAME_MORE;
	size_t at = 0;

	if (self->state == LINE)
		return take_line(self, bytes, length, ret_taken);
	while (at < length && event == FRAME_MORE) {
		at += take_run(self, bytes + at, length - at);
		if (at < length)
			event = take_one(self, bytes[at], &at);
	}
	*ret_taken = at;
	return event;
}
