/* SPDX-License-Identifier: BSD-2-Clause */
/* follow: the loop that carries a log's bytes to a follower and its news to the daemon, or to standard output. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <peergate/why.h>
#include <stdbool.h>
#include <stdint.h>

#include "dialect.h"
#include "source.h"

struct finder;

struct follow_settings {
	const struct dialect *dialect;
	enum source_kind kind;
	const char *name; /* the file, the unit, the container; "-": standard input, to its end */
	const char
		*api; /* the node's Beacon API, http://127.0.0.1:3500 say; NULL: it is not asked */
	const char *socket;  /* NULL: peergate_connect()'s order */
	const char *service; /* named in each report; NULL: none */
	unsigned int
		peers_max; /* how many peers the node wants: told with the API's count; 0: neither is */
	/* Its ports, when no service is named: the daemon's only service that has one of them is meant. 0: not known. */
	uint16_t tcp, quic;
	bool dry_run;	 /* reports to standard output as JSON lines; the daemon is not asked */
	bool from_start; /* the log's beginning, with its own times */
	struct finder *
		finder; /* who looks for the node while it is followed, and may change these settings; NULL: nobody */
};

/*
 * Runs until standard input ends, or SIGINT or SIGTERM; with dry_run and from_start until the log's present end.
 * Says on standard error what was counted: each minute when it has changed, and at the end. 0; an error that kept it
 * from beginning; -ECONNREFUSED: standard input has ended and its reports found no daemon.
 */
int follow_run(struct follow_settings *settings, struct why *why);

#endif
