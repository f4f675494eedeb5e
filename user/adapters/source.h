/* SPDX-License-Identifier: BSD-2-Clause */
/* source: where a log's bytes come from: a file, standard input, systemd's journal, a container of Docker's. */
#ifndef SOURCE_H
#define SOURCE_H

#include "docker.h"
#include "journal.h"
#include "tail.h"

enum source_kind { SOURCE_FILE, SOURCE_INPUT, SOURCE_JOURNAL, SOURCE_DOCKER };

struct source {
	enum source_kind kind;
	const char *name; /* borrowed: the file, the unit, the container; "-" */
	struct tail_output output;
	void (*ended)(void *context); /* standard input has */
	uv_loop_t *loop;
	struct tail tail;
	struct journal *journal;
	struct unwrapper unwrapper;
	bool tailing, looking_back;
	char path[DOCKER_PATH_MAX]; /* of the container's log */
	uv_timer_t search;	    /* for the container, when it was made anew */
	uv_fs_t reading;
	char input[TAIL_CHUNK];
};

/* Which file holds the log: NULL when it is none. A container's is looked for: -ENOENT and so on, with the sentence in @why. */
int source_init(struct source *ret, enum source_kind kind, const char *name, struct why *why);
const char *source_file(const struct source *self);

/*
 * Begins to read, from the start or from now on; a journal or a file is there or is waited for. @output is copied.
 * Errors as tail_start()'s and journal_start()'s.
 */
int source_start(struct source *self, uv_loop_t *loop, bool from_start,
		 const struct tail_output *output, void (*ended)(void *context), struct why *why);

/* Takes what is there now, for those who do not wait for more. */
void source_drain(struct source *self);

/* Closes its handles; the loop has to run once more. False: a read of standard input cannot be taken back, its memory stays in use. */
bool source_stop(struct source *self);

#endif
