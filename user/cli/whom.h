/* SPDX-License-Identifier: BSD-2-Clause */
/* whom: a word that names an address or a peer ID, as params of a question. */
#ifndef WHOM_H
#define WHOM_H

#include <jansson.h>

#include <peergate/why.h>

/* {"peer": text} or {"addr": text}, a new reference; NULL with the sentence in @why when it is neither. */
json_t *whom_params(const char *text, struct why *why);

#endif
