/* SPDX-License-Identifier: BSD-2-Clause */
/* breaker: the state of the breaker in words. */
#ifndef CLI_BREAKER_H
#define CLI_BREAKER_H

#include "output.h"

/* One line; nothing of a daemon that has none. */
void breaker_tell(struct output *output, const json_t *breaker);

#endif
