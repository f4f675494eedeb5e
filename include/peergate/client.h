/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client: libpeergate, the C client of the daemon. One blocking connection a handle; not shared between threads.
 * JSON values are jansson's; a json_t argument is borrowed, a json_t result is the caller's to json_decref().
 */
#ifndef PEERGATE_CLIENT_H
#define PEERGATE_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "why.h"

#ifdef __cplusplus
extern "C" {
#endif

struct peergate;

#define PEERGATE_SOCKET "/run/peergate/peergate.ipc"
#define PEERGATE_ADMIN_SOCKET "/run/peergate/admin.ipc"

/*
 * Connects to the socket at @path. NULL: $PEERGATE_SOCKET, else the admin socket, else (when that may not be opened) the
 * common one. -ECONNREFUSED or -ENOENT: no daemon there; -EACCES: not allowed; the sentence in @why (may be NULL).
 */
int peergate_connect(struct peergate **ret, const char *path, struct why *why);
void peergate_close(struct peergate *self); /* NULL is welcome */

/* Whether @error (of any function here) means that no daemon is there, or that it went away. */
bool peergate_is_gone(int error);

/* The path that was connected to; valid as long as the handle. */
const char *peergate_path(const struct peergate *self);

/* How long each wait lasts at most, ms; default 5,000; 0 waits for ever. -ETIMEDOUT then. */
void peergate_timeout(struct peergate *self, unsigned int timeout_ms);

/*
 * Calls @method with @params (an object, an array, or NULL) and waits for the result.
 * -EREMOTE: the daemon answered with an error; @why holds its sentence, peergate_error_code() its JSON-RPC code.
 * -ECONNRESET: the daemon hung up; -EPROTO: it speaks no JSON-RPC; -EMSGSIZE: its answer exceeds 64 MiB.
 */
int peergate_call(struct peergate *self, const char *method, json_t *params, json_t **ret_result,
		  struct why *why);
int peergate_error_code(const struct peergate *self);

/*
 * The same in two halves, to keep many requests under way. Sent requests are buffered: see peergate_flush(). Ids count
 * from 1. peergate_answer() gives the next answer, in the daemon's order, and its id; with -EREMOTE the id is told too
 * (0: the daemon could not tell whose fault it was). Answers that arrive during a peergate_call() are kept for it.
 */
int peergate_send(struct peergate *self, const char *method, json_t *params, int64_t *ret_id,
		  struct why *why);
int peergate_answer(struct peergate *self, int64_t *ret_id, json_t **ret_result, struct why *why);

/* Sends @method without asking for an answer (a JSON-RPC notification). Buffered too. */
int peergate_notify(struct peergate *self, const char *method, json_t *params, struct why *why);
int peergate_flush(struct peergate *self, struct why *why);

/*
 * The next gate_subscription notification's `result`, waiting up to the timeout; after a gate_subscribe call. Those that
 * arrive during other calls are kept, the latest 16,384; peergate_missed() counts the older ones that had to go.
 */
int peergate_next(struct peergate *self, json_t **ret_event, struct why *why);
uint64_t peergate_missed(const struct peergate *self);

/*
 * The descriptor, to poll for POLLIN. Something may have been read already: while one of peergate_has_…() holds, the
 * function it is named after does not wait. Neither waits; both take in what the descriptor has.
 */
int peergate_fd(const struct peergate *self);
bool peergate_has_answer(struct peergate *self);
bool peergate_has_event(struct peergate *self);

#ifdef __cplusplus
}
#endif

#endif
