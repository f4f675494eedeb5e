/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * journal: what a unit of systemd writes to its standard output or error, as systemd's journal keeps it: each entry's MESSAGE is a
 * line. Read by libsystemd: the group systemd-journal (or adm) may, nothing else is needed.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "tail.h"

struct journal;

/*
 * Begins to follow @unit ("prysm" means prysm.service), of the system or of this user's manager, from the journal's start or from now
 * on. @folder: of journal files; NULL: the host's own. -EACCES: this user may not read it; -EINVAL: @unit is no name; the sentence in @why.
 * @output is copied; restarted() is never called: rotation is the journal's own affair.
 */
int journal_start(struct journal **ret, uv_loop_t *loop, const char *unit, const char *folder,
		  bool from_start, const struct tail_output *output, struct why *why);

/* Whether this user may read anything that @unit wrote there: 0; -ENOENT and the other errors of journal_start(), with the sentence. */
int journal_can_read(const char *unit, const char *folder, struct why *why);

/* Reads what is there now, to its end. For those who do not wait for more. */
void journal_drain(struct journal *self);

/* Closes its handles; the loop has to run once more, and frees it. NULL is welcome. */
void journal_stop(struct journal *self);

#endif
