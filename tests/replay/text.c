/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPAN_MAX_S = 100 * 86400 };

/* One word from @at on, its end made a NUL. Returns where the next one may begin; NULL: a quote is open. */
static char *cut_word(char *at, char **ret)
{
	char end = ' ';

	if (*at == '"') {
		end = '"';
		at++;
	}
	*ret = at;
	while (*at && (end == '"' ? *at != '"' : !isspace((unsigned char)*at)))
		at++;
	if (end == '"' && !*at)
		return NULL;
	if (*at)
		*at++ = '\0';
	return at;
}

int words_split(struct words *ret, const char *text, struct why *why)
{
	char *at = ret->buffer;

	ret->count = 0;
	if (strlen(text) >= sizeof(ret->buffer))
		return why_fill(why, -EINVAL, "the line has more than %d letters", TEXT_MAX - 1);
	strcpy(ret->buffer, text);
	for (;;) {
		at += strspn(at, " \t\r\n\v\f");
		if (!*at || *at == '#')
			return 0;
		if (ret->count == WORDS_MAX)
			return why_fill(why, -EINVAL, "the line has more than %d words", WORDS_MAX);
		at = cut_word(at, &ret->at[ret->count++]);
		if (!at)
			return why_fill(why, -EINVAL, "a quote has no end");
	}
}

/* What stands between the braces, as a text. False: no counter. */
static bool counter_text(const char *inside, const unsigned int turns[LOOPS_MAX], char ret[16])
{
	unsigned int value, by = 0;
	int used = 0;

	if (inside[0] != 'i' && inside[0] != 'j')
		return false;
	value = turns[inside[0] - 'i'];
	if (inside[1] && sscanf(inside + 2, "%6u%n", &by, &used) == 1 && inside[2 + used])
		return false;
	switch (inside[1]) {
	case '\0':
		break;
	case ':':
		snprintf(ret, 16, "%x", value);
		return !strcmp(inside + 2, "x");
	case '+':
		value += by;
		break;
	case '/':
	case '%':
		if (!by)
			return false;
		value = inside[1] == '/' ? value / by : value % by;
		break;
	default:
		return false;
	}
	snprintf(ret, 16, "%u", value);
	return !inside[1] || used;
}

int text_expand(char ret[TEXT_MAX], const char *text, const unsigned int turns[LOOPS_MAX],
		struct why *why)
{
	size_t length = 0;

	while (*text) {
		char inside[16], piece[16] = {text[0]};
		size_t take = 1;

		if (*text == '{') {
			take = strcspn(text, "}");
			snprintf(inside, sizeof(inside), "%.*s", (int)(take - 1), text + 1);
			if (!text[take] || take > sizeof(inside) ||
			    !counter_text(inside, turns, piece))
				return why_fill(
					why, -EINVAL,
					"\"%.20s\": a counter is {i}, {i:x}, {i+9}, {i/8} or "
					"{i%%8}, or one of {j}",
					text);
			take++;
		}
		if (length + strlen(piece) >= TEXT_MAX)
			return why_fill(why, -EINVAL, "the line has more than %d letters",
					TEXT_MAX - 1);
		strcpy(ret + length, piece);
		length += strlen(piece);
		text += take;
	}
	ret[length] = '\0';
	return 0;
}

static uint64_t unit_ns(const char **at)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"ms", 1000000},
		{"s", UINT64_C(1000000000)},
		{"m", 60 * UINT64_C(1000000000)},
		{"h", 3600 * UINT64_C(1000000000)},
		{"d", 86400 * UINT64_C(1000000000)},
	};

	if (!**at)
		return units[1].ns;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!strncmp(*at, units[i].name, strlen(units[i].name))) {
			*at += strlen(units[i].name);
			return units[i].ns;
		}
	}
	return 0;
}

/* A decimal number times its unit, without floats: thousandths are enough. */
static int piece_parse(const char **at, uint64_t *ret_ns)
{
	uint64_t thousandths = 0, unit;
	unsigned int digits = 0, decimals = 0;

	for (; isdigit((unsigned char)**at) && digits < 9; (*at)++, digits++)
		thousandths = thousandths * 10 + (uint64_t)(**at - '0');
	if (digits && **at == '.') {
		for ((*at)++; isdigit((unsigned char)**at) && decimals < 3; (*at)++, decimals++)
			thousandths = thousandths * 10 + (uint64_t)(**at - '0');
	}
	for (; decimals < 3; decimals++)
		thousandths *= 10;
	unit = digits ? unit_ns(at) : 0;
	if (!unit || thousandths / 1000 > SPAN_MAX_S)
		return -EINVAL;
	*ret_ns = thousandths * (unit / 1000);
	return 0;
}

int span_parse(uint64_t *ret_ns, const char *text, struct why *why)
{
	const char *at = text;
	uint64_t total_ns = 0;

	do {
		uint64_t piece_ns;

		if (piece_parse(&at, &piece_ns) || piece_ns > SPAN_MAX_S * UINT64_C(1000000000) ||
		    (total_ns += piece_ns) > SPAN_MAX_S * UINT64_C(1000000000))
			return why_fill(
				why, -EINVAL,
				"\"%.40s\": a time is like 12.5s, 10ms, 1h30m or 2d, 100 days "
				"at most",
				text);
	} while (*at);
	*ret_ns = total_ns;
	return 0;
}

bool term_parse(struct term *ret, const char *word)
{
	size_t length = strcspn(word, "=<>");
	const char *at = word + length;

	if (!*at || !length || length >= sizeof(ret->name))
		return false;
	ret->compare = *at == '=' ? COMPARE_EQUAL : *at == '<' ? COMPARE_MOST : COMPARE_LEAST;
	if (*at != '=' && at[1] != '=')
		return false;
	memcpy(ret->name, word, length);
	ret->name[length] = '\0';
	ret->value = at + (*at == '=' ? 1 : 2);
	return true;
}

bool compare_holds(enum compare compare, int64_t value, int64_t bound)
{
	switch (compare) {
	case COMPARE_MOST:
		return value <= bound;
	case COMPARE_LEAST:
		return value >= bound;
	default:
		return value == bound;
	}
}

int number_parse(int64_t *ret, const char *text, const char *what, int64_t least, int64_t most,
		 struct why *why)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < least || value > most)
		return why_fill(why, -EINVAL,
				"%s: \"%.40s\" is no whole number from %" PRId64 " to %" PRId64,
				what, text, least, most);
	*ret = value;
	return 0;
}
