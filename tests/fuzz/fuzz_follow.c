/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The follower on any bytes: it never crashes, and what it tells is always a report of the peer and the address that one
 * line of the known form names. The first byte says whose log it is, and into how large pieces the
 * stream is cut.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "forgery.h"

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

static const char *const clients[] = {"prysm",	  "lighthouse", "teku",	    "nimbus",
				      "lodestar", "grandine",	"go-libp2p"};

enum { CLIENTS = sizeof(clients) / sizeof(*clients) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct follower followers[CLIENTS];
	struct follower *follower;
	size_t piece;

	if (!size)
		return 0;
	follower = &followers[data[0] % CLIENTS];
	follower_once(follower, clients[data[0] % CLIENTS], check, NULL);
	follower_renew(follower, false);
	piece = data[0] / CLIENTS ? data[0] / CLIENTS : size;
	for (size_t at = 1; at < size; at += piece)
		follower_feed(follower, (const char *)data + at,
			      size - at < piece ? size - at : piece, INT64_C(1795386183730));
	follower_restart(follower);
	lines_fed += follower->counts.lines;
	news_told += follower->counts.news;
	return 0;
}
