/* SPDX-License-Identifier: BSD-2-Clause */
/* status_processes: the part of gate_status that tells who listens on the gated ports, and whether the doors see them. */
#ifndef STATUS_PROCESSES_H
#define STATUS_PROCESSES_H

#include <jansson.h>

#include "processes.h"

/* Each listener, as the last look found it. */
json_t *status_listeners(const struct processes *processes);

/* Adds a sentence for whatever keeps a door from a node: cgroups, namespaces, ports on which nobody listens. */
void status_processes_warn(const struct processes *processes, json_t *warnings);

#endif
