/* SPDX-License-Identifier: BSD-2-Clause */
#include "script.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The next word of @at, copied; returns what stands behind it. */
static const char *take_word(const char *at, char ret[64])
{
	size_t length;

	at += strspn(at, " \t\r\n");
	length = strcspn(at, " \t\r\n");
	snprintf(ret, 64, "%.*s", (int)length, at);
	return at + length;
}

static int time_parse(struct step *ret, const char **at, struct why *why)
{
	char word[64];
	const char *rest = take_word(*at, word);

	if (!isdigit((unsigned char)word[0]) && word[0] != '+')
		return 0;
	ret->has_time = true;
	ret->is_relative = word[0] == '+';
	*at = rest;
	return span_parse(&ret->time_ns, word + ret->is_relative, why);
}

static int range_parse(struct loop *ret, const char *word, struct why *why)
{
	int used = 0;

	if (sscanf(word, "%6u..%6u%n", &ret->from, &ret->to, &used) != 2 || word[used] ||
	    ret->from > ret->to || ret->to > LOOP_MAX)
		return why_fill(why, -EINVAL, "each: \"%.40s\" is no range like 1..64, up to %d",
				word, LOOP_MAX);
	return 0;
}

static int loop_parse(struct loop *ret, const char **at, struct why *why)
{
	char word[64];
	const char *rest = take_word(*at, word);
	int error = range_parse(ret, word, why);

	ret->every_ns = 0;
	if (error)
		return error;
	*at = rest;
	rest = take_word(*at, word);
	if (strcmp(word, "every"))
		return 0;
	*at = take_word(rest, word);
	return span_parse(&ret->every_ns, word, why);
}

static int loops_parse(struct step *ret, const char **at, struct why *why)
{
	for (;;) {
		char word[64];
		const char *rest = take_word(*at, word);
		int error;

		if (strcmp(word, "each"))
			return 0;
		if (ret->loop_count == LOOPS_MAX)
			return why_fill(why, -EINVAL, "each: more than %d in one line", LOOPS_MAX);
		*at = rest;
		error = loop_parse(&ret->loops[ret->loop_count++], at, why);
		if (error)
			return error;
	}
}

static bool is_blank(const char *text)
{
	text += strspn(text, " \t\r\n\v\f");
	return !*text || *text == '#';
}

int step_parse(struct step *ret, const char *line, struct why *why)
{
	const char *at = line;
	int error;

	*ret = (struct step){0};
	if (is_blank(line))
		return 0;
	if (strlen(line) >= TEXT_MAX)
		return why_fill(why, -EINVAL, "the line has more than %d letters", TEXT_MAX - 1);
	error = time_parse(ret, &at, why);
	if (!error)
		error = loops_parse(ret, &at, why);
	if (error)
		return error;
	if (is_blank(at))
		strcpy(ret->action, "wait");
	else
		snprintf(ret->action, sizeof(ret->action), "%s", at + strspn(at, " \t"));
	ret->action[strcspn(ret->action, "\r\n")] = '\0';
	return 1;
}
