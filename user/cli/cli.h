/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli: what every verb gets: where the daemon is, where the answer goes, and how to fail.
 * A verb's run() returns the exit status; the functions here that print a failure return it, to be handed on.
 */
#ifndef CLI_H
#define CLI_H

#include <jansson.h>
#include <peergate/client.h>
#include <peergate/why.h>

#include "output.h"

enum exit_status { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_NO_DAEMON };

struct cli {
	const char *socket; /* NULL: peergate_connect()'s order */
	struct output output;
};

/* "peergate: SENTENCE" on standard error. */
int cli_fail(
	int error,
	const struct why *why); /* EXIT_NO_DAEMON when peergate_is_gone(error), else EXIT_REFUSED */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2))); /* EXIT_USAGE */

/* Connects, or says why not. 0, or the exit status. */
int cli_connect(const struct cli *self, struct peergate **ret);

/*
 * Connects and calls @method with @params (taken over; NULL when memory ran out). 0 with the answer, a new reference, or the
 * exit status, and then why is told.
 */
int cli_call(const struct cli *self, const char *method, json_t *params, json_t **ret);

/* The life of a simple verb: cli_call(), shows the result with @tell. Returns the exit status. */
int cli_ask(struct cli *self, const char *method, json_t *params, tell_fn *tell);

/* The whole command line. Returns the exit status. */
int cli_main(int argc, char **argv);

#endif
