/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * namespaces: the network namespaces of containers, in each of which a thread of ours stays.
 *
 * Entering one needs CAP_SYS_ADMIN, so the threads are made before privileges go, and give up their own: capabilities belong
 * to threads. From then on a thread serves one purpose: what it makes (a socket, an iterator) belongs to its namespace for
 * good, and any thread may then use the descriptor.
 *
 * Order: namespaces_open(), the change of user, namespaces_surrender(), the filter of system calls, then the rest at will,
 * namespaces_close(). All of it is for the main thread only.
 */
#ifndef NAMESPACES_H
#define NAMESPACES_H

#include <stdbool.h>
#include <stdint.h>

#include <peergate/why.h>

#include "config.h"

struct namespaces;

struct namespace_view {
	const char *name; /* as configured */
	uint64_t cookie;  /* SO_NETNS_COOKIE; 0: it could not be entered */
	int sockets;	  /* a sock_diag socket of it; -1: it could not be entered, or is gone */
	bool here;	  /* entered, and not gone since */
	const char *note; /* why it is not here, and what to do: a sentence or "" */
};

/* Enters each `netns` of @config. One that cannot be entered is told by its view and keeps nobody from starting. */
int namespaces_open(struct namespaces **ret, const struct config *config, struct why *why);

/* Each thread gives up what capabilities it has left. To be called once, when the user has changed. */
int namespaces_surrender(struct namespaces *self, struct why *why);

/* Leaves them all. NULL is welcome. */
void namespaces_close(struct namespaces *self);

/* As many as the configuration names, in its order; 0 for NULL. */
unsigned int namespaces_count(const struct namespaces *self);
void namespaces_view(const struct namespaces *self, unsigned int n, struct namespace_view *ret);

/*
 * Runs @make in namespace @n and returns what it returned: a descriptor or a negative errno. The caller waits, so @make
 * should take microseconds: create an iterator there, read it here. An open descriptor keeps a namespace from going, so it should
 * be closed soon. -ENONET: the namespace is not here.
 */
int namespaces_make(struct namespaces *self, unsigned int n, int (*make)(void *context),
		    void *context);

/*
 * Once a second: leaves those that were removed or made anew, so that they can go. True when one was left: then the ports that
 * were listened on there are to be told anew (engine_listeners()).
 */
bool namespaces_check(struct namespaces *self);

#endif
