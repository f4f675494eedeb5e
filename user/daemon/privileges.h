/* SPDX-License-Identifier: BSD-2-Clause */
/* privileges: gives up for good whatever a network daemon does not need: capabilities, user, system calls. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdint.h>
#include <sys/types.h>

#include <peergate/why.h>

/*
 * Becomes @user:@group without supplementary groups and keeps only the capabilities in @keep (a mask of 1 << CAP_x; 0: none), with
 * an empty bounding set but for @keep. @user 0 stays root by name, without its powers. Every thread changes its user, but
 * capabilities belong to threads: others have CAP_SETUID and CAP_SETGID until then (else the C library ends the process) and
 * give up theirs by privileges_shrink().
 *
 * To be called once, then privileges_seal(). On failure the process is in between and should exit; @why says at which step.
 */
int privileges_drop(uid_t user, gid_t group, uint64_t keep, struct why *why);

/* No new privileges, and a filter of system calls, for all threads that there are and will be. */
int privileges_seal(struct why *why);

/* The calling thread keeps only the capabilities in @keep, and an empty bounding set. */
int privileges_shrink(uint64_t keep, struct why *why);

#endif
