/* SPDX-License-Identifier: BSD-2-Clause */
/* follow_state: what the files of the loop share: follow.c reads and sends, follow_api.c asks the node's API and says how full it is. */
#ifndef FOLLOW_STATE_H
#define FOLLOW_STATE_H

#include "api.h"
#include "follow.h"
#include "follower.h"
#include "sender.h"

struct follow {
	struct follow_settings *settings;
	struct follower follower;
	struct sender sender;
	struct source source;
	struct api *api;       /* NULL: not asked */
	bool gone;	       /* the daemon is away */
	bool capacity_refused; /* and it was said */
	bool advised;	       /* that the log is of a forgeable form */
	bool again;	       /* something else is to be followed */
	char service[64];      /* whose fullness is told; "": not known (yet) */
	bool service_asked;    /* the daemon, for it */
	uint64_t told;	       /* what the last line of counts said: lines and skipped */
	uv_loop_t loop;
	uv_signal_t interrupt, terminate;
	uv_timer_t counts, retry, tick, look;
};

int64_t follow_now_ms(void);

/* Sends what waits; while the daemon is away it is asked again each second. Said once when it goes and when it is back. */
void follow_flush(struct follow *self);

/* Begins to ask the API that the settings name, if they name one; in place of the one that was asked before. Errors as api_open()'s. */
int follow_open_api(struct follow *self, struct why *why);

#endif
