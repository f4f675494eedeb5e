/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api: a node's Beacon API, asked politely: every few seconds, sooner when somebody wants to know, never more than once a second,
 * and ever more rarely while it does not answer. The asking is done on a thread of the loop's pool: nobody waits for it.
 */
#ifndef API_H
#define API_H

#include <uv.h>

#include "api_peers.h"

enum {
	API_PERIOD_MS = 6000,	  /* half a slot */
	API_LEAST_MS = 1000,	  /* between two questions */
	API_RETRY_MAX_MS = 60000, /* while it does not answer: 1 s, 2 s, 4 s … */
	API_TIMEOUT_MS = 5000,	  /* for one answer */
	API_ANSWER_MAX =
		64 << 20, /* bytes; a hundred thousand peers with their records are 50 MB */
};

struct api_output {
	void *context;
	void (*peer)(void *context, const struct api_peer *peer);	 /* new or changed */
	void (*counted)(void *context, const struct api_counts *counts); /* after each answer */
	/* It does not answer any more, and why; NULL: it does again, after so many failures. Once for each turn of events. */
	void (*trouble)(void *context, const char *sentence, uint64_t failures);
};

struct api;

/*
 * Begins to ask @base ("http://127.0.0.1:3500"). -EINVAL: that is no http or https address. @output is copied. Calls come on @loop only.
 */
int api_open(struct api **ret, uv_loop_t *loop, const char *base, const struct api_output *output,
	     struct why *why);

/* Somebody needs an address: the next question comes as soon as politeness allows. */
void api_want(struct api *self);

/* Nothing is told any more; the memory goes once the loop has run on. NULL is welcome. */
void api_close(struct api *self);

#endif
