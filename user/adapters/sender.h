/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sender: reports to the daemon, in order, many a call. When the daemon is away they wait in a bounded queue, and it is
 * asked again now and then; nobody waits for it. What the daemon will not take is counted.
 */
#ifndef SENDER_H
#define SENDER_H

#include <jansson.h>
#include <peergate/client.h>
#include <stdbool.h>
#include <stdint.h>

/* What may wait: half a minute of a storm of thousands of lines a second would be 4 MB of it. The oldest leaves. */
enum { SENDER_WAITING_MAX = 16384, SENDER_BATCH_MAX = 256, SENDER_ANSWER_MS = 2000 };

struct sender {
	const char *socket; /* borrowed; NULL: peergate_connect()'s order */
	struct peergate *peergate;
	json_t *waiting; /* an array, the oldest first */
	uint64_t sent, dropped, refused;
	struct why why; /* of the last thing that went wrong; "" */
};

int sender_init(struct sender *ret, const char *socket); /* -ENOMEM */
void sender_release(struct sender *self);

/* Takes @report over (NULL: there was no memory for it, counted as dropped). */
void sender_put(struct sender *self, json_t *report);

/*
 * Sends what waits. 0: all was handed over; else the daemon is away or hangs (peergate_is_gone() and the like): call again
 * later. self->why tells what went wrong, also when the daemon refused a report and the rest went through.
 */
int sender_flush(struct sender *self);

/*
 * One call beside the reports, whose @params are borrowed. Nothing of it waits: the next one says the same anew. 0, or what
 * sender_flush() would return; -EREMOTE: the daemon will not take it, and self->why tells.
 */
int sender_call(struct sender *self, const char *method, json_t *params);

/* The same, with the answer: a new reference in @ret_result, which stays untouched on failure. */
int sender_ask(struct sender *self, const char *method, json_t *params, json_t **ret_result);

#endif
