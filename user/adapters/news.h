/* SPDX-License-Identifier: BSD-2-Clause */
/* news: what a follower has learnt of a peer from one line: a report, in the words of the wire. */
#ifndef NEWS_H
#define NEWS_H

#include <jansson.h>
#include <peergate/addr.h>
#include <stdbool.h>
#include <stdint.h>

enum { NEWS_PEER_MAX = 96 };
enum way { WAY_UNKNOWN, WAY_INBOUND, WAY_OUTBOUND };

struct news {
	const char *event;	  /* static words: see docs/WIRE.md */
	const char *result;	  /* NULL: none */
	const char *reason;	  /* NULL: none */
	int code;		  /* of a goodbye; 0: none */
	char peer[NEWS_PEER_MAX]; /* never "" */
	bool has_addr;
	struct endpoint addr; /* the remote end of the connection */
	enum way way;	      /* who opened the connection */
	enum way said;	      /* goodbye: inbound means that they said it */
	int64_t at_ms;	      /* unix */
};

/* As gate_report takes it, second hand; @service NULL: none is named. NULL: no memory. */
json_t *news_json(const struct news *self, const char *service);

#endif
