/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * closing: ends live connections when a ban says so: at once for an operator's, and for bans that follow from reports as a list
 * that is worked off together, since each walk over the host's sockets takes a microsecond a socket.
 */
#ifndef CLOSING_H
#define CLOSING_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/abi.h>
#include <peergate/why.h>

struct decision;
struct engine;
struct prefix;

enum { CLOSING_MAX = 256 };

struct closing {
	struct source_key sources[CLOSING_MAX]; /* banned, and perhaps with live connections */
	unsigned int count;
	uint64_t next_ns; /* not before: walks take a tenth of the time at most */
	uint64_t left;	  /* sources that found no place in the list, not told yet */
};

/* -EPERM, with the reason: the gate only observes, somebody trusted or good is there. To be asked before the ban is made. */
int closing_check(const struct engine *engine, const struct prefix *prefix, struct why *why);

/* Closes what lives of @prefix, as gate_kill(). */
int closing_now(struct engine *engine, const struct prefix *prefix, uint32_t *ret_closed,
		struct why *why);

/* A decision is in the kernel: a ban that followed from reports is put on the list, whoever is refused no more comes off. */
void closing_note(struct engine *engine, const struct decision *decision);

/* Works off the list, when it is time. Never fails: what cannot be closed is logged, and new connections are refused all the same. */
void closing_run(struct engine *engine);

#endif
