/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_scan.h"

#include <stdint.h>
#include <string.h>

/* Digits that a double holds exactly, so that one division gives what strtod gives. */
enum { DIGITS_MAX = 15 };

static const double tens[DIGITS_MAX + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,	1e5,  1e6,  1e7,
					    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

struct json_scan json_scan_begin(const char *bytes, size_t length)
{
	return (struct json_scan){.at = bytes, .end = bytes + length};
}

static bool fail(struct json_scan *self)
{
	self->failed = true;
	return false;
}

static bool fail_short(struct json_scan *self)
{
	self->short_of = !self->failed;
	return fail(self);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char json_scan_peek(struct json_scan *self)
{
	while (self->at < self->end && is_blank(*self->at))
		self->at++;
	return self->failed || self->at == self->end ? '\0' : *self->at;
}

bool json_scan_mark(struct json_scan *self, char c)
{
	char next = json_scan_peek(self);

	if (next == c && !self->failed) {
		self->at++;
		return true;
	}
	return self->at == self->end ? fail_short(self) : fail(self);
}

bool json_scan_maybe(struct json_scan *self, char c)
{
	if (json_scan_peek(self) != c || self->failed)
		return false;
	self->at++;
	return true;
}

/* Printable ASCII but the quote and the backslash; 0x7f is left to the library with the rest. */
static bool is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

bool json_scan_text(struct json_scan *self, struct json_text *ret)
{
	const char *from;

	if (!json_scan_mark(self, '"'))
		return false;
	from = self->at;
	while (self->at < self->end && is_plain((unsigned char)*self->at))
		self->at++;
	if (self->at == self->end)
		return fail_short(self);
	if (*self->at != '"')
		return fail(self);
	*ret = (struct json_text){from, (size_t)(self->at - from)};
	self->at++;
	return true;
}

/* Digits from here on, added to @value; how many there were. */
static unsigned int take_digits(struct json_scan *self, uint64_t *value)
{
	const char *from = self->at;

	while (self->at < self->end && *self->at >= '0' && *self->at <= '9' &&
	       self->at - from <= DIGITS_MAX)
		*value = *value * 10 + (uint64_t)(*self->at++ - '0');
	return (unsigned int)(self->at - from);
}

static bool ends_number(const struct json_scan *self)
{
	char c = *self->at;

	return is_blank(c) || c == ',' || c == '}' || c == ']';
}

bool json_scan_number(struct json_scan *self, double *ret)
{
	unsigned int whole, part = 0;
	uint64_t value = 0;
	bool minus = json_scan_maybe(self, '-');
	const char *from;

	/* A blank behind the sign is not JSON. */
	if (self->failed || (!minus && json_scan_peek(self) == '\0'))
		return self->at == self->end ? fail_short(self) : fail(self);
	from = self->at;
	whole = take_digits(self, &value);
	if (!whole && self->at < self->end)
		return fail(self);
	if (whole > 1 && *from == '0')
		return fail(self);
	if (self->at < self->end && *self->at == '.') {
		self->at++;
		part = take_digits(self, &value);
		if (!part && self->at < self->end)
			return fail(self);
	}
	if (self->at == self->end)
		return fail_short(self);
	/* Minus nothing is a matter of opinion. */
	if (whole + part > DIGITS_MAX || !ends_number(self) || (minus && !value))
		return fail(self);
	*ret = (double)value / tens[part];
	if (minus)
		*ret = -*ret;
	return true;
}

static bool take_word(struct json_scan *self, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(self->end - self->at) <= length)
		return fail_short(self);
	if (memcmp(self->at, word, length))
		return fail(self);
	self->at += length;
	return ends_number(self) || fail(self);
}

bool json_scan_flag(struct json_scan *self, bool *ret)
{
	char next = json_scan_peek(self);
	bool taken = take_word(self, next == 't' ? "true" : "false");

	if (taken)
		*ret = next == 't';
	return taken;
}

bool json_scan_null(struct json_scan *self)
{
	json_scan_peek(self);
	return take_word(self, "null");
}

bool json_scan_key(struct json_scan *self, struct json_text *ret)
{
	return json_scan_text(self, ret) && json_scan_mark(self, ':');
}

bool json_scan_is_over(struct json_scan *self)
{
	return json_scan_peek(self) == '\0' && !self->failed && self->at == self->end;
}

bool json_text_is(const struct json_text *self, const char *word)
{
	return !strncmp(self->letters, word, self->length) && !word[self->length];
}
