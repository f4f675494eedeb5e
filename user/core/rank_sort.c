/* SPDX-License-Identifier: BSD-2-Clause */
/* rank_sort: an American flag sort (McIlroy, Bostic, McIlroy 1993): byte by byte, in place, without memory of its own. */
#include "rank.h"

enum {
	DIGITS = 12,
	BINS = 256,
	FEW = 64 /* below, walking the bins costs more than moving items */
};

/* The @level-th byte, the weightiest first: eight of the order, four of the number in the list. */
static unsigned int digit(const struct ranked *self, int level)
{
	if (level < 8)
		return self->order >> (56 - 8 * level) & 0xff;
	return self->candidate >> (24 - 8 * (level - 8)) & 0xff;
}

static bool is_before(const struct ranked *a, const struct ranked *b)
{
	return a->order != b->order ? a->order < b->order : a->candidate < b->candidate;
}

static void insert(struct ranked *ranked, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct ranked moving = ranked[i];
		size_t at = i;

		for (; at && is_before(&moving, &ranked[at - 1]); at--)
			ranked[at] = ranked[at - 1];
		ranked[at] = moving;
	}
}

/* Each goes to the next free place of its bin, and takes along who stands there, until the circle closes. */
static void deal(struct ranked *ranked, int level, size_t next[BINS], const size_t end[BINS])
{
	for (unsigned int bin = 0; bin < BINS; bin++) {
		while (next[bin] < end[bin]) {
			struct ranked moving = ranked[next[bin]];
			unsigned int home = digit(&moving, level);

			while (home != bin) {
				struct ranked other = ranked[next[home]];

				ranked[next[home]++] = moving;
				moving = other;
				home = digit(&moving, level);
			}
			ranked[next[bin]++] = moving;
		}
	}
}

static void sort(struct ranked *ranked, size_t count, int level)
{
	size_t next[BINS] = {0}, end[BINS], at = 0;

	if (count <= FEW || level == DIGITS) {
		insert(ranked, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		next[digit(&ranked[i], level)]++;
	for (unsigned int bin = 0; bin < BINS; bin++) {
		size_t bins = next[bin];

		next[bin] = at;
		at += bins;
		end[bin] = at;
	}
	deal(ranked, level, next, end);
	for (unsigned int bin = 0; bin < BINS; bin++) {
		size_t from = bin ? end[bin - 1] : 0;

		if (end[bin] - from > 1)
			sort(ranked + from, end[bin] - from, level + 1);
	}
}

void rank_sort(struct ranked *ranked, size_t count)
{
	sort(ranked, count, 0);
}
