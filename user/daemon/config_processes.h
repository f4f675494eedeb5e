/* SPDX-License-Identifier: BSD-2-Clause */
/* config_processes: the keys that say which processes are the nodes: their cgroups and their network namespaces. */
#ifndef CONFIG_PROCESSES_H
#define CONFIG_PROCESSES_H

#include "config_set.h"

/* "auto", "none", or one more of "/PATH", "unit:NAME", "container:ID". */
CONFIG_SETTER(cgroup);

/* "/run/netns/NAME", "pid:N", "container:ID"; with "SERVICE=" before it that one's ports only. */
CONFIG_SETTER(netns);

/* What only the whole can tell: a service that is not there, a port in a container that nobody looks into, or that two services claim. */
int config_processes_check(const struct config *self, struct why *why);

#endif
