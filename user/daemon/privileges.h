/* SPDX-License-Identifier: BSD-2-Clause */
/* privileges: gives up for good whatever a network daemon does not need: capabilities, user, system calls. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdint.h>
#include <sys/types.h>

#include <peergate/why.h>

/*
 * Becomes @user:@group without supplementary groups and keeps only the capabilities in @keep (a mask of 1 << CAP_x; 0: none), with
 * no_new_privs, an empty bounding set but for @keep, and a filter of system calls. @user 0 stays root by name, without its powers.
 *
 * To be called once, before the first thread: capabilities belong to threads. On failure the process is in between and
 * should exit; @why says at which step.
 */
int privileges_drop(uid_t user, gid_t group, uint64_t keep, struct why *why);

#endif
