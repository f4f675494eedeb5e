/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The follower on any bytes: it never crashes, and what it tells is always a report of the peer and the address that one
 * line of the known form names. The first byte says into how large pieces the stream is cut.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "follower.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(void *context, const struct news *news)
{
	json_t *report = news_json(news, NULL);

	(void)context;
	if (!report || !news->event || !news->peer[0])
		abort();
	for (const char *letter = news->peer; *letter; letter++)
		if (!isalnum((unsigned char)*letter))
			abort();
	json_decref(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dialect *prysm;
	struct follower follower;
	size_t piece;

	if (!prysm && dialect_load(&prysm, "prysm", NULL))
		abort();
	if (!size || follower_init(&follower, prysm, TIMELINE_OWN, 8, check, NULL))
		return 0;
	piece = data[0] ? data[0] : size;
	for (size_t at = 1; at < size; at += piece)
		follower_feed(&follower, (const char *)data + at,
			      size - at < piece ? size - at : piece, INT64_C(1795386183730));
	follower_restart(&follower);
	follower_release(&follower);
	return 0;
}
