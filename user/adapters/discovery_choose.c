/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of the running nodes is meant. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "discovery.h"

static bool is_meant(const struct discovery *found, const char *root,
		     const struct discovery_wish *wish)
{
	if (wish->name && !discovery_writes(found, root, wish->kind, wish->name))
		return false;
	return !wish->like || (found->has_source && found->kind == wish->like->kind &&
			       !strcmp(found->source, wish->like->source));
}

static int choose(struct discovery *ret, const char *root, const struct dialect *dialect,
		  const struct discovery_wish *wish, struct node_process *nodes, struct why *why)
{
	size_t count = discovery_nodes(root, &dialect->node, nodes, DISCOVERY_NODES_MAX);
	char pids[DISCOVERY_NODES_MAX * 12] = "";
	size_t length = 0, chosen = 0, fits = 0;

	for (size_t i = 0; i < count; i++) {
		if (wish->pid && nodes[i].pid != wish->pid)
			continue;
		discovery_read(ret, root, dialect, &nodes[i]);
		if (!is_meant(ret, root, wish))
			continue;
		length += (size_t)snprintf(pids + length, sizeof(pids) - length, "%s%d",
					   fits ? ", " : "", nodes[i].pid);
		chosen = i;
		fits++;
	}
	if (fits > 1)
		return why_fill(why, -EMLINK,
				"%zu nodes of %s run here, as processes %s: say which with --pid, "
				"or name its log",
				fits, dialect->node.title, pids);
	if (!fits && wish->pid)
		return why_fill(why, -ESRCH, "process %d is no running %s%s", wish->pid,
				dialect->node.title, wish->name ? " that writes this log" : "");
	if (!fits)
		return -ENOENT;
	discovery_read(ret, root, dialect, &nodes[chosen]);
	return 0;
}

int discovery_choose(struct discovery *ret, const char *root, const struct dialect *dialect,
		     const struct discovery_wish *wish, struct why *why)
{
	struct node_process *nodes = calloc(DISCOVERY_NODES_MAX, sizeof(*nodes));
	int error;

	if (!nodes)
		return why_fill(why, -ENOMEM, "no memory to look for a node");
	error = choose(ret, root, dialect, wish, nodes, why);
	free(nodes);
	return error;
}
