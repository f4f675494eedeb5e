/* SPDX-License-Identifier: BSD-2-Clause */
/* verb: a verb is a file with one of these; the table in verbs.c names them all. */
#ifndef VERB_H
#define VERB_H

#include "arguments.h"
#include "cli.h"

struct verb {
	const char *name;
	const char *words;		   /* as the usage line shows them: "ADDR" */
	const char *help;		   /* one line without a full stop */
	const char *more;		   /* sentences; NULL: the line says it all */
	const struct argp_option *options; /* ends with {0}; NULL: none. Keys: see arguments.h */
	unsigned int least, most;	   /* how many words, at most ARGUMENTS_MAX */
	int (*run)(struct cli *cli, const struct arguments *arguments);
};

/* All of them, in the order of `help`; ends with NULL. */
extern const struct verb *const verbs[];

/* NULL when there is none of that name. */
const struct verb *verb_find(const char *name);
const struct verb *verb_find_or_tell(const char *name); /* and says so, with the nearest one */

/* In groups, so that two that are added do not meet in one line. */
extern const struct verb verb_status, verb_explain, verb_top, verb_watch, verb_peers, verb_witness;
extern const struct verb verb_admit, verb_rank, verb_mesh, verb_prune;
extern const struct verb verb_ban, verb_unban, verb_allow, verb_disallow, verb_mode, verb_off;
extern const struct verb verb_report, verb_capacity, verb_node, verb_breaker;
extern const struct verb verb_follow, verb_doctor;
extern const struct verb verb_export, verb_import;
extern const struct verb verb_version, verb_help;

#endif
