/* SPDX-License-Identifier: BSD-2-Clause */
/* last_moment: when a log that lies there ends, by its own clock. */
#ifndef LAST_MOMENT_H
#define LAST_MOMENT_H

#include "follower.h"

/* The time of the last entry of @file, looked for in its last half MiB; -ENOENT: there is none. */
int follower_last_moment(struct follower *follower, const char *file, int64_t *ret_ms);

#endif
