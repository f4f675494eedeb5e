/* SPDX-License-Identifier: BSD-2-Clause */
#include "choice.h"

#include <errno.h>
#include <string.h>

#include <peergate/words.h>

int choice_wrong(const char *field, const char *word, const char *const *words, unsigned int count,
		 struct why *why)
{
	const char *near = nearest_word(word, words, count);

	return why_fill(why, -EINVAL, "%s: \"%.40s\" is not known%s%s%s", field, word,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

int choice_pick(int *ret, const char *field, const char *word, const struct choice *choices,
		struct why *why)
{
	const char *names[CHOICES_MAX];
	unsigned int count = 0;

	for (; choices[count].word; count++) {
		if (!strcmp(choices[count].word, word)) {
			*ret = choices[count].value;
			return 0;
		}
		names[count] = choices[count].word;
	}
	return choice_wrong(field, word, names, count, why);
}
