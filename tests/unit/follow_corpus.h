/* SPDX-License-Identifier: BSD-2-Clause */
/* follow_corpus: the logs of tests/data through a follower: each scenario with what is expected of it. */
#ifndef FOLLOW_CORPUS_H
#define FOLLOW_CORPUS_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "follower.h"
#include "tap.h"

#define CORPUS "tests/data/prysm/"

typedef void tell_fn_t(void *context, const struct news *news);

/* Prysm's table, read once. */
static inline const struct dialect *prysm(void)
{
	static struct dialect *dialect;
	struct why why = {0};

	if (!dialect && dialect_load(&dialect, "prysm", &why))
		fail_msg("%s", why.sentence);
	return dialect;
}

static inline char *corpus_read(const char *path, size_t *ret_length)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (!file || !text)
		fail_msg("%s cannot be read: run from the top of the tree", path);
	*ret_length = fread(text, 1, (1 << 20) - 1, file);
	fclose(file);
	return text;
}

/* Feeds a text to a follower of its own, as a log from its start whose times are its own. */
static inline struct follower_counts corpus_follow(const char *text, size_t length, tell_fn_t *tell,
						   void *context)
{
	struct follower follower;
	struct follower_counts counts;

	assert_int_equal(follower_init(&follower, prysm(), TIMELINE_OWN, 256, tell, context), 0);
	follower_feed(&follower, text, length, 0);
	counts = follower.counts;
	follower_release(&follower);
	return counts;
}

static inline bool corpus_has(const char *scenario, const char *form)
{
	char path[256];

	snprintf(path, sizeof(path), CORPUS "%s.%s.log", scenario, form);
	return !access(path, R_OK);
}

static inline struct follower_counts corpus_replay(const char *scenario, const char *form,
						   tell_fn_t *tell, void *context)
{
	struct follower_counts counts;
	char path[256];
	size_t length;
	char *text;

	snprintf(path, sizeof(path), CORPUS "%s.%s.log", scenario, form);
	text = corpus_read(path, &length);
	counts = corpus_follow(text, length, tell, context);
	free(text);
	return counts;
}

#endif
