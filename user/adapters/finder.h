/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * finder: fills in what nobody said on the command line, from the client's running node, and goes on looking: a node may not be up
 * yet, and it may come back with other arguments. What is given explicitly wins. Says on standard error what it found.
 */
#ifndef FINDER_H
#define FINDER_H

#include "discovery.h"
#include "follow.h"

/* How often /proc is looked at. */
enum { FINDER_LOOK_MS = 2000 };

/* What another look brought. */
enum finder_change {
	FINDER_NOTHING,
	FINDER_API,    /* the source is the same; the API, the ports or the wanted peers are not */
	FINDER_SOURCE, /* everything */
};

struct finder {
	const char *root;
	const struct dialect *dialect;
	int pid; /* this node and no other; 0: the only one that runs */
	bool pid_given;
	bool source_given; /* the settings' source is the user's, and so … */
	bool api_given, max_given;
	struct discovery *now, *next; /* what is followed, and room for another look */
	bool gone, told; /* its process has ended; what keeps us from the next was said */
	unsigned int looks;
	char source[PATH_MAX], api[API_URL_MAX]; /* what the settings point to */
};

/* -ENOMEM. The settings say what is given: a name with a source, api, peers_max. */
int finder_init(struct finder *ret, const struct follow_settings *settings, int pid,
		struct why *why);
void finder_release(struct finder *self);

/*
 * Looks for the node, and waits for it while there is no source without it. 0, and @settings are complete, or as they were when no
 * node is there or fits; their strings live in @self then. -EMLINK: several run; -ESRCH: @pid is none of them; -EACCES: nothing of its log may
 * be read. The sentence in @why.
 */
int finder_begin(struct finder *self, struct follow_settings *settings, struct why *why);

/* Each FINDER_LOOK_MS: what is to be followed from now on, in @settings when it has changed. */
enum finder_change finder_look(struct finder *self, struct follow_settings *settings);

#endif
