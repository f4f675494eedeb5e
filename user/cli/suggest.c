/* SPDX-License-Identifier: BSD-2-Clause */
#include "suggest.h"

#include <errno.h>
#include <peergate/words.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copies @text without blanks and with dots for commas. */
static void tidy(char out[ADDR_TEXT_MAX], const char *text)
{
	size_t length = 0;

	for (; *text && length < ADDR_TEXT_MAX - 1; text++)
		if (*text != ' ' && *text != '\t' && *text != '"' && *text != '\'')
			out[length++] = *text == ',' ? '.' : *text;
	out[length] = '\0';
}

/* A number of an IPv4 address: leading zeros go, and of one that is too large its last digits. */
static unsigned int repair_number(unsigned long number)
{
	while (number > 255)
		number /= 10;
	return (unsigned int)number;
}

/* Four numbers with dots, whatever their size. */
static bool repair_ipv4(char out[ADDR_TEXT_MAX], const char *text)
{
	unsigned int numbers[4];
	const char *at = text;
	char *end;

	for (unsigned int i = 0; i < 4; i++) {
		if (*at < '0' || *at > '9')
			return false;
		numbers[i] = repair_number(strtoul(at, &end, 10));
		if (i < 3 && *end != '.')
			return false;
		at = i < 3 ? end + 1 : end;
	}
	if (*at == '/' && strtoul(at + 1, &end, 10) <= 32 && end != at + 1 && !*end)
		snprintf(out, ADDR_TEXT_MAX, "%u.%u.%u.%u%s", numbers[0], numbers[1], numbers[2],
			 numbers[3], at);
	else
		snprintf(out, ADDR_TEXT_MAX, "%u.%u.%u.%u", numbers[0], numbers[1], numbers[2],
			 numbers[3]);
	return true;
}

/* An IPv6 address whose length is none, or with ":::" */
static bool repair_ipv6(char out[ADDR_TEXT_MAX], const char *text)
{
	const char *triple = strstr(text, ":::");
	size_t length = strcspn(text, "/");

	if (!strchr(text, ':'))
		return false;
	if (triple)
		snprintf(out, ADDR_TEXT_MAX, "%.*s%s", (int)(triple - text), text, triple + 1);
	else
		snprintf(out, ADDR_TEXT_MAX, "%.*s", (int)length, text);
	return true;
}

static bool is_address(const char *text)
{
	struct prefix prefix;
	bool widened;

	return !prefix_parse(&prefix, &widened, text, NULL);
}

bool suggest_address(const char *text, char ret_meant[ADDR_TEXT_MAX])
{
	char tidied[ADDR_TEXT_MAX], repaired[ADDR_TEXT_MAX];

	if (strlen(text) >= ADDR_TEXT_MAX)
		return false;
	tidy(tidied, text);
	if (is_address(tidied))
		strcpy(repaired, tidied);
	else if (!repair_ipv4(repaired, tidied) && !repair_ipv6(repaired, tidied))
		return false;
	if (!is_address(repaired))
		return false;
	strcpy(ret_meant, repaired);
	return true;
}

int address_parse(struct prefix *ret, const char *text, struct why *why)
{
	char meant[ADDR_TEXT_MAX];
	struct why own = {0};
	bool widened;

	if (!prefix_parse(ret, &widened, text, &own))
		return 0;
	if (!strstr(own.sentence, "did you mean") && suggest_address(text, meant))
		return why_fill(why, -EINVAL, "\"%.80s\" is no address: did you mean %s?", text,
				meant);
	return why_fill(why, -EINVAL, "%s", own.sentence);
}

int suggest_word(const char *kind, const char *typed, const char *(*word_of)(unsigned int),
		 unsigned int first, unsigned int count, struct why *why)
{
	enum { WORDS_MAX = 32 };
	const char *words[WORDS_MAX], *nearest;
	char all[WHY_MAX / 2] = "";

	for (unsigned int i = 0; first + i < count && i < WORDS_MAX; i++) {
		words[i] = word_of(first + i);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "",
			 words[i]);
	}
	nearest = nearest_word(typed, words, count - first);
	if (nearest)
		return why_fill(why, -EINVAL, "\"%.40s\" is no %s: did you mean %s?", typed, kind,
				nearest);
	return why_fill(why, -EINVAL, "\"%.40s\" is no %s: choose of %s", typed, kind, all);
}
