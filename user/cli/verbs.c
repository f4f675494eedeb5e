/* SPDX-License-Identifier: BSD-2-Clause */
#include <peergate/words.h>
#include <string.h>

#include "verb.h"

/* In the groups of `help`. */
/* clang-format off */
const struct verb *const verbs[] = {
	&verb_status, &verb_explain, &verb_top, &verb_watch, &verb_peers, &verb_witness,
	&verb_admit, &verb_rank, &verb_mesh, &verb_prune,
	&verb_ban, &verb_unban, &verb_allow, &verb_disallow,
	&verb_report, &verb_capacity, &verb_node,
	&verb_mode, &verb_breaker,
	&verb_export, &verb_import,
	&verb_follow, &verb_doctor,
	&verb_off, &verb_version, &verb_help,
	NULL,
};
/* clang-format on */

const struct verb *verb_find(const char *name)
{
	for (const struct verb *const *at = verbs; *at; at++)
		if (!strcmp((*at)->name, name))
			return *at;
	return NULL;
}

enum { VERBS = sizeof(verbs) / sizeof(*verbs) - 1 };

const struct verb *verb_find_or_tell(const char *name)
{
	const struct verb *found = verb_find(name);
	const char *names[VERBS], *nearest;

	if (found)
		return found;
	for (unsigned int i = 0; i < VERBS; i++)
		names[i] = verbs[i]->name;
	nearest = nearest_word(name, names, VERBS);
	if (nearest)
		cli_usage("there is no verb \"%s\": did you mean %s?", name, nearest);
	else
		cli_usage("there is no verb \"%s\": `peergate help` lists them", name);
	return NULL;
}
