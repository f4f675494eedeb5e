/* SPDX-License-Identifier: BSD-2-Clause */
#include <peergate/words.h>

#include <errno.h>
#include <string.h>

/* One table an enumeration, from the same list that made it. */
#define WORD_(NAME, word) #word,
#define WORDS(noun, LIST)                                                                       \
	static const char *const noun##_words[] = {LIST(WORD_)};                                \
	const char *noun##_word(unsigned int noun)                                              \
	{                                                                                       \
		return noun < sizeof(noun##_words) / sizeof(*noun##_words) ? noun##_words[noun] \
									   : "?";               \
	}

WORDS(standing, PEERGATE_STANDINGS)
WORDS(reason, PEERGATE_REASONS)
WORDS(cause, PEERGATE_CAUSES)
WORDS(verdict, PEERGATE_VERDICTS)
WORDS(door, PEERGATE_DOORS)
WORDS(family, PEERGATE_FAMILIES)
WORDS(mode, PEERGATE_MODES)
WORDS(transport, PEERGATE_TRANSPORTS)
WORDS(reach, PEERGATE_REACHES)

static int find(const char *const *words, unsigned int count, const char *word)
{
	for (unsigned int i = 0; word && i < count; i++)
		if (!strcmp(words[i], word))
			return (int)i;
	return -EINVAL;
}

int standing_of(const char *word)
{
	return find(standing_words, STANDINGS, word);
}

int reason_of(const char *word)
{
	return find(reason_words, REASONS, word);
}

int mode_of(const char *word)
{
	return find(mode_words, MODES, word);
}

int transport_of(const char *word)
{
	return find(transport_words, TRANSPORTS, word);
}

int reach_of(const char *word)
{
	return find(reach_words, REACHES, word);
}

enum { NEAR_MAX = 63 }; /* longer words are not compared: nobody mistypes those by a letter */

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to add, drop or change to make @a of @b (Levenshtein 1966), one row at a time. */
static unsigned int distance(const char *a, const char *b)
{
	size_t width = strlen(b);
	unsigned int row[NEAR_MAX + 1];

	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		unsigned int diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			unsigned int above = row[j + 1];

			row[j + 1] = least(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[width];
}

const char *nearest_word(const char *typed, const char *const *words, unsigned int count)
{
	const char *best = NULL;
	unsigned int best_distance = ~0U;
	size_t length = strlen(typed);

	if (length > NEAR_MAX)
		return NULL;
	for (unsigned int i = 0; i < count; i++) {
		size_t other = strlen(words[i]);
		unsigned int d;

		if (other > NEAR_MAX)
			continue;
		d = distance(typed, words[i]);
		/* A third of the longer one's letters, and one slip always. */
		if (d < best_distance && d <= 1 + (length > other ? length : other) / 3) {
			best = words[i];
			best_distance = d;
		}
	}
	return best;
}
