/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client: libpeergate, the C client of the daemon. One blocking connection a handle; not shared between threads.
 * JSON values are jansson's; a json_t argument is borrowed, a json_t result is the caller's to json_decref().
 */
#ifndef PEERGATE_CLIENT_H
#define PEERGATE_CLIENT_H

#include <jansson.h>

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

/* How long a call waits for its answer, ms; default 5,000; 0 waits for ever. -ETIMEDOUT then. */
void peergate_timeout(struct peergate *self, unsigned int timeout_ms);

/*
 * Calls @method with @params (an object, or NULL) and waits for the result.
 * -EREMOTE: the daemon answered with an error; @why holds its sentence, peergate_error_code() its JSON-RPC code.
 */
int peergate_call(struct peergate *self, const char *method, json_t *params, json_t **ret_result,
		  struct why *why);
int peergate_error_code(const struct peergate *self);

/* Sends @method without waiting for an answer (a JSON-RPC notification). Buffered: see peergate_flush(). */
int peergate_notify(struct peergate *self, const char *method, json_t *params, struct why *why);
int peergate_flush(struct peergate *self, struct why *why);

/* The next gate_subscription notification's `result`, waiting up to the timeout; after a gate_subscribe call. */
int peergate_next(struct peergate *self, json_t **ret_event, struct why *why);

/* The descriptor, to poll. */
int peergate_fd(const struct peergate *self);

#ifdef __cplusplus
}
#endif

#endif
