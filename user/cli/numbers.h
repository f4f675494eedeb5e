/* SPDX-License-Identifier: BSD-2-Clause */
/* numbers: whole numbers of options, as members of a question. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <jansson.h>
#include <stdint.h>

#include <peergate/why.h>

/* Puts @text's number, 0 .. @most, into @params; NULL: nothing. -EINVAL: @why names it. */
int put_whole(json_t *params, const char *member, const char *text, uint64_t most, struct why *why);

#endif
