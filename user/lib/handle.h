/* SPDX-License-Identifier: BSD-2-Clause */
/* handle: what a struct peergate is made of; private to the library. */
#ifndef HANDLE_H
#define HANDLE_H

#include <peergate/client.h>

#include "channel.h"
#include "queue.h"

struct peergate {
	struct channel channel;
	char *path;
	unsigned int timeout_ms;
	int error_code;
	bool garbled; /* a line was no JSON object: nothing after it can be trusted */
	int64_t last_id;
	uint64_t missed;
	struct queue answers; /* to peergate_send()'s requests: for peergate_answer() */
	struct queue events;  /* `result`s of notifications: for peergate_next() */
};

/* The sentence for a channel's @error. Returns @error. */
int handle_explain(const struct peergate *self, int error, struct why *why);

#endif
