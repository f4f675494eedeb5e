/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listeners: on which ports of which namespaces the gated nodes listen. In this host's own namespace by the published port
 * (a container's proxy has it), in those of `netns` by the port inside the container.
 */
#ifndef LISTENERS_H
#define LISTENERS_H

#include "config.h"
#include "namespaces.h"

enum { NAMESPACE_OWN = -1 };

/* The service that listens on @port in namespace @n (NAMESPACE_OWN, or an index into `netns`); NULL: none. */
const struct config_port *listeners_port(const struct config *config, int n,
					 const struct port_key *port);

/* Tells the gate all of them. -E2BIG and the like when there are too many, in @why. */
int listeners_put(struct gate *gate, const struct config *config,
		  const struct namespaces *namespaces, struct why *why);

#endif
